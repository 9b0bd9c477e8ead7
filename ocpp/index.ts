export { type Action, actionOf, actionsOf } from './actions.ts'
export { type BasicCredential, basicAuthHeader, parseBasicAuth } from './basic-auth.ts'
export { codeOf, type ErrorCode, errorCodes, type Violation } from './codes.ts'
export { callText, errorText, type Frame, parseFrame, resultText, sendText } from './frames.ts'
export { checkPayload, type Intake, type JsonObject, type Mark, takePayload } from './intake.ts'
export { openPeer } from './peer.ts'
export type {
  Answer,
  CallOutcome,
  Fault,
  FaultKind,
  FrameMeta,
  IncomingCall,
  Peer,
  PeerOptions,
  PeerSocket,
} from './peer-types.ts'
export type { ActionName, Payloads, Request, Response } from './types.ts'
export { type OcppVersion, ocppVersions, subprotocolFor } from './versions.ts'
