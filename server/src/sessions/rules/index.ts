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
export { instantOfReport, type ReportInstant, type ReportTimes } from './instant-of-report.ts'
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
} from './session.ts'
export { dueAt, energyOfSession, stopReasonOf } from './settle.ts'
export { flowChanges } from './transaction.ts'
