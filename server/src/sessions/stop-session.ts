import { must, ok, refuse, type Result, type Tx } from '../platform/index.ts'
import type { CommandBy } from '../stations/index.ts'
import type { SessionsDeps } from './deps.ts'
import { learn } from './learn.ts'
import { loadSessions } from './load-session.ts'
import { isClosed, type SessionState } from './rules/index.ts'
import { saveSessions } from './save-sessions.ts'
import { openSessionsOfStations } from './store-validity.ts'

export interface Stopping {
  readonly sessionId: string
  /** Absent where nothing had begun: then there is nothing to tell the station. */
  readonly commandId?: string
}

type NothingToStop = 'session-over' | 'session-has-stopped' | 'session-never-began'

/** Why a session cannot be stopped, if so (END-NONE). */
function nothingToStop(state: SessionState): NothingToStop | undefined {
  if (state === 'waiting-for-meter') return 'session-has-stopped'
  if (state === 'refused' || state === 'abandoned') return 'session-never-began'
  return state === 'ended' ? 'session-over' : undefined
}

/** Stops a session: the station is told, or the wish is taken back when nothing has begun yet. */
export async function stopSession(
  tx: Tx,
  deps: SessionsDeps,
  wish: { readonly sessionId: string; readonly by: CommandBy },
  at: Temporal.Instant,
): Promise<Result<Stopping, 'no-such-session' | NothingToStop>> {
  const { sessionId, by } = wish
  const { sessions, stations } = await loadSessions(tx, [sessionId])
  const [session] = sessions
  if (session === undefined) return refuse('no-such-session')
  const { state } = session.row.machine
  const nothing = nothingToStop(state)
  if (nothing !== undefined) return refuse(nothing)
  learn(session, { kind: 'stop-asked' }, at)
  // The person's name goes with the command.
  const commands = session.effects.filter((effect) => effect.kind === 'command')
  session.effects = session.effects.filter((effect) => effect.kind !== 'command')
  if (isClosed(session.row.machine.state)) {
    session.row = { ...session.row, closedWhy: 'stopped-by-staff' }
    // A start that still waits for its station must not go out later.
    await deps.takeBackCommands(tx, sessionId, at)
  }
  await saveSessions(tx, deps, { sessions: [session], stations }, at)
  const { stationId } = session.row
  const ids: string[] = []
  for (const { command } of commands) {
    ids.push(must(await deps.sendToStation(tx, { stationId, sessionId, command, by }), 'command of a stop'))
  }
  const [commandId] = ids
  return ok({ sessionId, ...(commandId === undefined ? {} : { commandId }) })
}

/** All that go on at a station. */
export async function stopSessionsAt(
  tx: Tx,
  deps: SessionsDeps,
  { stationId, by }: { readonly stationId: string; readonly by: CommandBy },
  at: Temporal.Instant,
): Promise<void> {
  for (const { sessionId } of await openSessionsOfStations(tx, [tx.tenantId], [stationId])) {
    await stopSession(tx, deps, { sessionId, by }, at)
  }
}
