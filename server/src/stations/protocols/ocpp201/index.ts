import type { LimitSettings, Protocol } from '../contract.ts'
import { answererFor, smallAnswers201, tokenAnswer2 } from './answers.ts'
import { answerFrom2, commanderFor, tokenTypes201 } from './commands.ts'
import { reportFrom2 } from './reports.ts'

export { answererFor, smallAnswers201 } from './answers.ts'
export type { SmallAnswers } from './answers.ts'
export { commanderFor, tokenTypes201 } from './commands.ts'

export const ocpp201: Protocol = {
  version: 'ocpp2.0.1',
  tokenLength: 36,
  limitSettings: { 'read-settings': limitsOf('GetVariables'), 'write-settings': limitsOf('SetVariables') },
  reportFrom: reportFrom2,
  answerFor: answererFor(smallAnswers201),
  tokenAnswerFor: tokenAnswer2,
  commandTo: commanderFor(tokenTypes201),
  answerFrom: answerFrom2,
}

/** OCPP 2.0.1 part 2, DeviceDataCtrlr. */
function limitsOf(action: string): LimitSettings {
  return { items: `DeviceDataCtrlr.ItemsPerMessage[${action}]`, bytes: `DeviceDataCtrlr.BytesPerMessage[${action}]` }
}
