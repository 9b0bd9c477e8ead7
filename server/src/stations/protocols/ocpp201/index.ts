import type { Protocol } from '../contract.ts'
import { answererFor, smallAnswers201, tokenAnswer2 } from './answers.ts'
import { answerFrom2, commanderFor, tokenTypes201 } from './commands.ts'
import { reportFrom2 } from './reports.ts'

export { answererFor, smallAnswers201 } from './answers.ts'
export type { SmallAnswers } from './answers.ts'
export { commanderFor, tokenTypes201 } from './commands.ts'

export const ocpp201: Protocol = {
  version: 'ocpp2.0.1',
  tokenLength: 36,
  reportFrom: reportFrom2,
  answerFor: answererFor(smallAnswers201),
  tokenAnswerFor: tokenAnswer2,
  commandTo: commanderFor(tokenTypes201),
  answerFrom: answerFrom2,
}
