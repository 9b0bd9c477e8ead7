import { isBefore } from '../../../units/index.ts'
import type { DeadlineTable } from '../platform/index.ts'
import type { SessionsDeps } from './deps.ts'
import type { HeldSession } from './held.ts'
import { learn } from './learn.ts'
import { loadSessions } from './load-session.ts'
import { type Deadlines, dueAt } from './rules/index.ts'
import { saveSessions } from './save-sessions.ts'
import { putOffLooks } from './store.ts'
import type { StationFacts } from './store-validity.ts'

/** Sessions whose next deadline is over: the machine decides what that means. */
export function sessionDeadlines(deps: SessionsDeps): DeadlineTable {
  return {
    table: 'sessions',
    async take(tx, ids, at) {
      const { sessions, stations } = await loadSessions(tx, ids, { skipLocked: true })
      const due = sessions.filter((session) => isDue(session, at))
      await putOffLooks(
        tx,
        sessions.filter((session) => !due.includes(session)).map(({ row }) => row),
      )
      for (const session of due) {
        learn(session, { kind: 'deadline', ...lineOf(stations.get(session.row.stationId), at) }, at)
        if (isDue(session, at) && session.row.machine === session.before) dropOverdue(session, at, deps)
      }
      await saveSessions(tx, deps, { sessions: due, stations }, at)
      return sessions.length
    },
  }
}

/** Back for less than this, what waited at the station may still be on its way. */
const RETURNING_SECONDS = 60

function lineOf(station: StationFacts | undefined, at: Temporal.Instant) {
  const since = station?.connectedAt ?? null
  if (since === null) return { isOnline: false }
  return { isOnline: true, hasJustReturned: isBefore(at, since.add({ seconds: RETURNING_SECONDS })) }
}

function isDue({ row }: HeldSession, at: Temporal.Instant): boolean {
  const due = dueAt(row.machine)
  return due !== undefined && Temporal.Instant.compare(due, at) <= 0
}

/** A deadline that means nothing in its state must not be found due for ever. */
function dropOverdue(session: HeldSession, at: Temporal.Instant, { log }: SessionsDeps): void {
  const { machine, tenantId, id } = session.row
  log.error('a session deadline meant nothing and was dropped', { tenantId, sessionId: id, state: machine.state })
  const deadlines = Object.fromEntries(
    Object.entries(machine.deadlines).filter(([, due]) => Temporal.Instant.compare(due, at) > 0),
  ) as Deadlines
  session.row = { ...session.row, machine: { ...machine, deadlines } }
  session.isTouched = true
}
