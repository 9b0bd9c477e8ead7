import type { CommandAnswer } from '../model.ts'
import type { Payload } from './contract.ts'

/** The statuses of all versions that are neither a plain yes nor a plain no. */
const outcomes: Readonly<Record<string, CommandAnswer['outcome']>> = {
  Accepted: 'accepted',
  RebootRequired: 'accepted',
  Unlocked: 'accepted',
  AcceptedCanceled: 'accepted',
  Unpublished: 'accepted',
  EmptyResultSet: 'accepted',
  Scheduled: 'scheduled',
  NotSupported: 'not-supported',
  NotImplemented: 'not-supported',
  UnknownVendorId: 'not-supported',
  UnknownMessageId: 'not-supported',
}

function outcomeOfStatus(status: string): CommandAnswer['outcome'] {
  return outcomes[status] ?? 'rejected'
}

/** Reads `status` where the answer has one, else those of its items (2.x); an answer without is a yes. */
export function outcomeOf(payload: Payload): CommandAnswer {
  const { status } = payload
  const said = typeof status === 'string' ? status : statusOfItems(payload)
  if (said === undefined) return { outcome: 'accepted', raw: payload }
  return { outcome: outcomeOfStatus(said), status: said, raw: payload }
}

/** Accepted only where each was; the first other status speaks for all. */
function statusOfItems(payload: Payload): string | undefined {
  const items = Object.values(payload).flatMap((member): unknown[] => (Array.isArray(member) ? member : []))
  const statuses = items.flatMap((item) => {
    const { attributeStatus, status = attributeStatus } = (item ?? {}) as Payload
    return typeof status === 'string' ? [status] : []
  })
  return statuses.find((status) => outcomeOfStatus(status) !== 'accepted') ?? statuses[0]
}

export function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content)
}
