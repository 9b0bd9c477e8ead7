import type { Notice } from '../../platform/index.ts'
import { requestView } from './body.ts'
import type { CommandRow, CommandState } from './store.ts'

/** A command as API and live events show it. */
export interface CommandView {
  readonly id: string
  readonly stationId: string
  readonly sessionId?: string
  readonly kind: string
  readonly request: Record<string, unknown>
  readonly state: CommandState
  readonly steps: { readonly state: CommandState; readonly at: string }[]
  readonly answer?: Record<string, unknown>
  readonly effect?: { readonly what: string; readonly at: string }
  readonly expectedEffect?: string
  readonly failure?: string
  readonly by: { readonly kind: string; readonly name?: string }
  readonly createdAt: string
  readonly dueAt?: string
  readonly exact?: unknown
}

export function commandView(row: CommandRow): CommandView {
  const { answer } = row
  return {
    id: row.id,
    stationId: row.stationId,
    ...(row.sessionId === null ? {} : { sessionId: row.sessionId }),
    kind: row.kind,
    request: requestView(row.request as object),
    state: row.state,
    steps: stepsOf(row),
    ...(answer === null ? {} : { answer: { ...answer } }),
    ...(row.effect === null ? {} : { effect: { what: row.effect.what, at: instantText(row.effectAt) } }),
    ...(row.expectedEffect === null ? {} : { expectedEffect: row.expectedEffect }),
    ...(row.failure === null ? {} : { failure: row.failure }),
    by: { kind: row.byKind, ...(row.byName === null ? {} : { name: row.byName }) },
    createdAt: instantText(row.createdAt),
    ...(row.dueAt === null ? {} : { dueAt: instantText(row.dueAt) }),
    ...(row.exact === null ? {} : { exact: row.exact }),
  }
}

/** Tells those who watch how far a command has come. */
export function commandChanged(row: CommandRow): Notice {
  const site = row.siteId === null ? {} : { siteId: row.siteId }
  return { type: 'command.changed', version: 1, ...site, command: commandView(row) }
}

/** What happened so far, in the order in which it did; an effect may come before the answer. */
function stepsOf(row: CommandRow): { state: CommandState; at: string }[] {
  const last: CommandState = row.state === 'timed-out' ? 'timed-out' : 'failed'
  const steps: [CommandState, Temporal.Instant | null][] = [
    ['queued', row.createdAt],
    ['sent', row.sentAt],
    ['answered', row.answeredAt],
    ['effect-seen', row.effectAt],
    [last, row.failedAt],
  ]
  return steps
    .flatMap(([state, at]) => (at === null ? [] : [{ state, at }]))
    .toSorted((a, b) => Temporal.Instant.compare(a.at, b.at))
    .map(({ state, at }) => ({ state, at: instantText(at) }))
}

function instantText(at: Temporal.Instant | null): string {
  return at === null ? '' : at.toString({ smallestUnit: 'millisecond' })
}
