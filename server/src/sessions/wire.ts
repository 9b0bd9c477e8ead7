import {
  type AnyRoute,
  type DeadlineTable,
  type EffectHandler,
  ok,
  refuse,
  type Result,
  type Tx,
} from '../platform/index.ts'
import type { HandedIn } from '../stations/index.ts'
import { byOf } from './answer-session.ts'
import { openAtHand } from './at-hand.ts'
import { judgeTokens } from './check-validity.ts'
import { commandSettled } from './command-settled.ts'
import { sessionDeadlines } from './deadlines.ts'
import type { SessionsDeps } from './deps.ts'
import { sessionEffects } from './effects.ts'
import { sessionRoutes } from './http.ts'
import { openMadeRecords } from './made-records.ts'
import { openNumbers } from './numbers.ts'
import { startSession } from './start-session.ts'
import { stopSessionsAt } from './stop-session.ts'
import { takeReports } from './station-reports.ts'
import { usageRoutes } from './usage/http.ts'

export interface Sessions extends Required<HandedIn> {
  readonly routes: readonly AnyRoute[]
  /** For the worker: what was left in the outbox, by type. */
  readonly effects: Readonly<Record<string, EffectHandler>>
  readonly deadlines: DeadlineTable
}

/** The feature, put together: what stations are handed, what the worker does, what programs may ask. */
export function wireSessions(given: SessionsDeps): Sessions {
  const atHand = openAtHand(given)
  const deps = { ...given, atHand, numbers: openNumbers(), madeRecords: openMadeRecords() }
  return {
    shortWay: atHand,
    takeReports: (tx, reports, isCurrent) => takeReports(tx, deps, reports, isCurrent),
    judgeTokens: (questions) => judgeTokens(deps, questions),
    commandSettled: (tx, ended) => commandSettled(tx, deps, ended),
    startForStaff: (tx, wanted) => startForStaff(tx, deps, wanted),
    stopForStaff: (tx, { stationId, caller, at }) => stopSessionsAt(tx, deps, { stationId, by: byOf(caller) }, at),
    routes: [...sessionRoutes(deps), ...usageRoutes(deps)],
    effects: sessionEffects(deps),
    deadlines: sessionDeadlines(deps),
  }
}

async function startForStaff(
  tx: Tx,
  deps: SessionsDeps,
  { stationId, evse, connector, idToken, caller, at }: Parameters<Required<HandedIn>['startForStaff']>[1],
): Promise<Result<string, 'start-refused'>> {
  const by = { kind: caller.kind, id: caller.actorId, name: caller.actorName }
  const wish = {
    stationId,
    evseId: evse,
    by,
    ...(connector === undefined ? {} : { connectorId: connector }),
    ...(idToken === undefined ? {} : { idToken }),
  }
  const started = await startSession(tx, deps, wish, at)
  if (started.ok) return ok(started.value.commandId)
  return refuse('start-refused', { values: { reason: deps.texts.ofCode(caller.language, 'refusal', started.code) } })
}
