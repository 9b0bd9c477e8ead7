import { z } from 'zod'
import { recordChange } from '../audit/index.ts'
import { type AnyRoute, ok, refuse, type Result, type StaffOrKey, tenantRoute, type Tx } from '../platform/index.ts'
import { byOf, maySeeStation, oneSession } from './answer-session.ts'
import type { SessionsDeps } from './deps.ts'
import { startedShape } from './shapes.ts'
import { stopSession } from './stop-session.ts'
import { listSessions } from './store-lists.ts'
import { openSessionsOfStations } from './store-validity.ts'

const params = z.strictObject({ id: z.uuid() })
/** Why there may be nothing to stop, each with its own words (END-NONE). */
const NOTHING = { 'session-over': 409, 'session-has-stopped': 409, 'session-never-began': 409 } as const

type Answer = Result<z.input<typeof startedShape>>

export function stopRoutes(deps: SessionsDeps): readonly AnyRoute[] {
  return [stopping(deps), stoppingAt(deps)]
}

const stopping = (deps: SessionsDeps) =>
  tenantRoute({
    method: 'POST',
    path: '/v1/sessions/:id/stop',
    tag: 'sessions',
    summary: 'Stop a session: the station is told, or the wish is taken back when nothing has begun',
    right: 'sessions.write',
    params,
    answer: startedShape,
    status: 202,
    refusals: { 'no-such-session': 404, ...NOTHING },
    handle: async (tx, { params: { id }, caller, at }): Promise<Answer> => {
      const [row] = await listSessions(tx, { sites: caller.sites, id }, { limit: 1 })
      return row === undefined ? refuse('no-such-session') : stop(tx, deps, id, caller, at)
    },
  })

const stoppingAt = (deps: SessionsDeps) =>
  tenantRoute({
    method: 'POST',
    path: '/v1/stations/:id/stop',
    tag: 'sessions',
    summary: 'Stop what charges at a station, or at one EVSE of it',
    right: 'sessions.write',
    params,
    body: z.strictObject({ evseId: z.int().min(1).max(255).optional() }),
    answer: startedShape,
    status: 202,
    refusals: {
      'no-such-station': 404,
      'nobody-charges-at-station': 409,
      'nobody-charges-at-evse': 409,
      'several-charge': 409,
      ...NOTHING,
    },
    handle: async (tx, { params: { id }, body: { evseId }, caller, at }): Promise<Answer> => {
      if (!(await maySeeStation(tx, caller, id))) return refuse('no-such-station')
      const open = await openSessionsOfStations(tx, [tx.tenantId], [id])
      const here = open.filter((session) => evseId === undefined || session.evseId === evseId)
      const [session, another] = here
      if (session === undefined && evseId !== undefined) {
        return refuse('nobody-charges-at-evse', { values: { evse: evseId } })
      }
      if (session === undefined) return refuse('nobody-charges-at-station')
      if (another !== undefined) {
        return refuse('several-charge', { values: { evses: here.map((one) => one.evseId).join(', ') } })
      }
      return stop(tx, deps, session.sessionId, caller, at)
    },
  })

async function stop(
  tx: Tx,
  deps: SessionsDeps,
  sessionId: string,
  caller: StaffOrKey,
  at: Temporal.Instant,
): Promise<Answer> {
  const stopped = await stopSession(tx, deps, { sessionId, by: byOf(caller) }, at)
  if (!stopped.ok) return stopped
  const { commandId } = stopped.value
  await recordChange(tx, { caller, at, action: 'session.stopped', objectKind: 'session', objectId: sessionId })
  return ok({ ...(await oneSession(tx, sessionId, at)), ...(commandId === undefined ? {} : { commandId }) })
}
