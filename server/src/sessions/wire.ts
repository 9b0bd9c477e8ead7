import type { AnyRoute, DeadlineTable, EffectHandler } from '../platform/index.ts'
import type { HandedIn } from '../stations/index.ts'
import { judgeToken } from './check-validity.ts'
import { commandSettled } from './command-settled.ts'
import { sessionDeadlines } from './deadlines.ts'
import type { SessionsDeps } from './deps.ts'
import { sessionEffects } from './effects.ts'
import { sessionRoutes } from './http.ts'
import { takeReports } from './station-reports.ts'

export interface Sessions extends HandedIn {
  readonly routes: readonly AnyRoute[]
  /** For the worker: what was left in the outbox, by type. */
  readonly effects: Readonly<Record<string, EffectHandler>>
  readonly deadlines: DeadlineTable
}

/** The feature, put together: what stations are handed, what the worker does, what programs may ask. */
export function wireSessions(deps: SessionsDeps): Sessions {
  return {
    takeReports: (tx, reports) => takeReports(tx, deps, reports),
    judgeToken: (question) => judgeToken(deps, question),
    commandSettled: (tx, ended) => commandSettled(tx, deps, ended),
    routes: sessionRoutes(deps),
    effects: sessionEffects(deps),
    deadlines: sessionDeadlines(deps),
  }
}
