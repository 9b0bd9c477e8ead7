export { checkValidity, type ValidityAnswer, type ValidityQuestion } from './check-validity.ts'
export type { RaisedAlert, SessionsDeps } from './deps.ts'
export { drawMachine, listTransitions } from './rules/index.ts'
export {
  type Authoriser,
  closedStates,
  sessionFromText,
  type SessionFlag,
  sessionFlags,
  type SessionState,
  sessionStates,
} from './rules/index.ts'
export { type Started, startSession, type StartWish } from './start-session.ts'
export { stopSession } from './stop-session.ts'
export { openUsageLog, type UsageLog } from './usage/error-log.ts'
export { type Sessions, wireSessions } from './wire.ts'
export { tariffHasSessions } from './store-lists.ts'
