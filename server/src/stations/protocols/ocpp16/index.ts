import type { Protocol } from '../contract.ts'
import { answerFor16, tokenAnswer16 } from './answers.ts'
import { answerFrom16, commandTo16 } from './commands.ts'
import { reportFrom16 } from './reports.ts'

export const ocpp16: Protocol = {
  version: 'ocpp1.6',
  tokenLength: 20,
  limitSettings: { 'read-settings': { items: 'GetConfigurationMaxKeys' } },
  reportFrom: reportFrom16,
  answerFor: answerFor16,
  tokenAnswerFor: tokenAnswer16,
  commandTo: commandTo16,
  answerFrom: answerFrom16,
}
