import type { AnyRoute, DeadlineTable, EffectHandler, Tx } from '../platform/index.ts'
import type { SettledCommand, StationReport } from '../stations/index.ts'
import { CLEAR_CACHE, clearCacheHandler, clearingSettled } from './clear-caches.ts'
import { subscriberRoutes } from './http.ts'
import { listRoutes } from './local-lists/http.ts'
import { type ListDeps, openLocalLists } from './local-lists/keep-lists.ts'

export interface Subscribers {
  readonly routes: readonly AnyRoute[]
  /** For the worker. */
  readonly effects: Readonly<Record<string, EffectHandler>>
  readonly deadlines: DeadlineTable
  takeReports(tx: Tx, reports: readonly StationReport[]): Promise<void>
  commandSettled(tx: Tx, ended: SettledCommand): Promise<void>
}

/** The feature, put together. */
export function wireSubscribers(deps: ListDeps): Subscribers {
  const lists = openLocalLists(deps)
  return {
    routes: [...subscriberRoutes(deps), ...listRoutes(deps)],
    effects: { [CLEAR_CACHE]: clearCacheHandler(deps.sendToStation), ...lists.effects },
    deadlines: lists.deadlines,
    takeReports: lists.takeReports,
    async commandSettled(tx, ended) {
      await clearingSettled(tx, deps.sendToStation, ended)
      await lists.commandSettled(tx, ended)
    },
  }
}
