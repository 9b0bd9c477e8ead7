import type { CommandAnswer } from '../model.ts'
import type { Payload } from './contract.ts'

/** The statuses of all versions that are neither a plain yes nor a plain no. */
const outcomes: Readonly<Record<string, CommandAnswer['outcome']>> = {
  Accepted: 'accepted',
  RebootRequired: 'accepted',
  Unlocked: 'accepted',
  AcceptedCanceled: 'accepted',
  EmptyResultSet: 'accepted',
  Scheduled: 'scheduled',
  NotSupported: 'not-supported',
  NotImplemented: 'not-supported',
  UnknownVendorId: 'not-supported',
  UnknownMessageId: 'not-supported',
}

export function outcomeOfStatus(status: string): CommandAnswer['outcome'] {
  return outcomes[status] ?? 'rejected'
}

/** Reads `status` where the answer has one; an answer without is a yes. */
export function outcomeOf(payload: Payload): CommandAnswer {
  const status = payload['status']
  if (typeof status !== 'string') return { outcome: 'accepted', raw: payload }
  return { outcome: outcomeOfStatus(status), status, raw: payload }
}

export function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content)
}
