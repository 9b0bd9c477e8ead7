export { drawMachine, listTransitions } from './diagram.ts'
export type {
  AlertKind,
  Change,
  Decision,
  Fact,
  FactKind,
  FactOf,
  SessionEffect,
  TransactionFact,
} from './facts.ts'
export { instantOfReport, SAME_CLOCK_MS, type ReportInstant, type ReportTimes } from './instant-of-report.ts'
export { decide, type Transition, transitions } from './machine.ts'
export {
  closedStates,
  type Deadlines,
  isClosed,
  type Limits,
  type Session,
  sessionFlags,
  type SessionFlag,
  sessionOfTransaction,
  sessionOfWish,
  type SessionState,
  sessionStates,
  withFlag,
  withLimits,
  withoutFlags,
} from './session.ts'
export { isAligned } from './early-stamps.ts'
export { energyOfRunning, movedOn, type Onward, type Running, runningFrom, textFromRunning } from './running.ts'
export { dueAt, energyOfSession, stopReasonOf } from './settle.ts'
export { saysOtherwise, toMilliseconds } from './meter.ts'
export { type NamelessStop, sessionOfNamelessStop, type StopCandidate } from './nameless-stop.ts'
export { flowChanges } from './transaction.ts'
export { isProgressOnly, sessionFromText, textFromMachine, textFromProgress, textToSave } from './session-json.ts'
export {
  type Authoriser,
  authorisers,
  type KnownToken,
  reasonsAgainst,
  type ValidityFacts,
  type ValidityPurpose,
  verdictOf,
} from './validity.ts'
export { type KeptRegister, type PricedSession, type Pricing, priceSession } from './price-session.ts'
export {
  type CorrectionJson,
  type MadeRecord,
  makeRecord,
  type RecordInput,
  type RecordReading,
  type SessionRecordJson,
} from './session-record.ts'
export { type FormerTariff, tariffAt } from './tariff-at.ts'
export { isRepeat, isWhole } from './transaction.ts'
export * from './usage/index.ts'
