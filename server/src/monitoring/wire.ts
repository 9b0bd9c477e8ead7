import {
  type AnyRoute,
  type DeadlineTable,
  type EffectHandler,
  type Ground,
  monotonicMs,
  type OutboxDeps,
  takeDue,
  type Texts,
  type Tx,
} from '../platform/index.ts'
import type { StationReport } from '../stations/index.ts'
import { alertView, type VendorText } from './alert-view.ts'
import { diskOf } from './disk.ts'
import { alertRoutes } from './http.ts'
import { alertSettingRoutes } from './http-settings.ts'
import { clearAlerts, type Cleared, raiseAlerts } from './raise-alerts.ts'
import { alertsOfReport } from './rules/alerts-of-report.ts'
import { oneFaultEach, type SaidAlert } from './rules/one-fault.ts'
import type { Disk } from './rules/watched.ts'
import { type NewAlert, openFaults } from './store.ts'
import { loadAlerts } from './store-lists.ts'
import { leaveForPrograms, tellingEffects } from './tell-programs.ts'
import { watchNewTenants, watchTable } from './watch.ts'

export interface Monitoring {
  raiseAlert(tx: Tx, alert: NewAlert): Promise<void>
  clearAlert(tx: Tx, cleared: Cleared): Promise<void>
  /** Many at once, of whatever tenants the transaction has. */
  raiseAlerts(tx: Tx, alerts: readonly NewAlert[]): Promise<void>
  clearAlerts(tx: Tx, cleared: readonly Cleared[]): Promise<void>
  /** Faults and security events of a batch, within its transaction. */
  takeReports(tx: Tx, reports: readonly StationReport[]): Promise<void>
  /** Something could not be handed on, such as a session data record: nobody else would tell. */
  effectSetAside: NonNullable<OutboxDeps['onSetAside']>
  /** For the worker: what the watchers look at, tenant by tenant. */
  readonly watches: DeadlineTable
  /** Begins to watch tenants that are new. */
  watchNewTenants(): Promise<void>
  /** For the worker, every few seconds: looks at whoever is to be looked at now. */
  watchDue(): Promise<number>
  /** For the worker: what programs outside are told of alerts. */
  readonly effects: Readonly<Record<string, EffectHandler>>
  readonly routes: readonly AnyRoute[]
}

export interface MonitoringDeps {
  readonly ground: Ground
  readonly texts: Texts
  /** Where data lies: how much room is left there is watched. */
  readonly folders?: readonly string[] | undefined
  /** Instead of the machine's own answer, for tests. */
  readonly disk?: () => Promise<Disk | undefined>
  /** What a vendor's own error code means, in the words of a language. */
  readonly vendorText?: VendorText
}

/** A new tenant is watched after this time at the latest. */
const NEW_TENANTS_MS = 60_000

export function wireMonitoring(deps: MonitoringDeps): Monitoring {
  const { ground, folders } = deps
  const disk = deps.disk ?? (folders === undefined ? undefined : diskOf(folders, monotonicMs))
  const tell = (tx: Tx, ids: readonly string[]): Promise<void> => publishLater(deps, tx, ids)
  const raise = async (tx: Tx, alerts: readonly NewAlert[]): Promise<void> => tell(tx, await raiseAlerts(tx, alerts))
  const clear = async (tx: Tx, gone: readonly Cleared[]): Promise<void> => {
    if (gone.length > 0) await tell(tx, await clearAlerts(tx, gone))
  }
  const raiseAlert = (tx: Tx, alert: NewAlert): Promise<void> => raise(tx, [alert])
  const watches = watchTable({ tell, disk })
  let newSoughtAt = -NEW_TENANTS_MS
  return {
    raiseAlert,
    async effectSetAside(tx, { type, key, payload }, at) {
      const { sessionId } = payload as { readonly sessionId?: string }
      // One alert for all that is set aside of a type; the latest is named.
      const evidence = { type, key }
      const alert = { kind: 'effect-set-aside', severity: 'critical', subject: type } as const
      await raiseAlert(tx, { ...alert, tenantId: tx.tenantId, sessionId, evidence, at })
    },
    raiseAlerts: raise,
    clearAlert: (tx, cleared) => clear(tx, [cleared]),
    clearAlerts: clear,
    async takeReports(tx, reports) {
      const begun: SaidAlert[] = []
      const gone: Cleared[] = []
      for (const { tenantId, stationId, receivedAt: at, body } of reports) {
        const wanted = alertsOfReport(stationId, body)
        begun.push(...wanted.raise.map((one) => ({ ...one, tenantId, stationId, at })))
        gone.push(...wanted.clear.map((one) => ({ ...one, tenantId, at })))
      }
      const mayBeTwice = begun.filter(({ kind }) => kind === 'station-faulted' || kind === 'station-problem')
      const { raise: raised, clear: inFaults } = oneFaultEach(
        begun,
        mayBeTwice.length === 0 ? [] : await openFaults(tx, mayBeTwice),
      )
      const over = [...gone, ...inFaults.map((one) => ({ ...one, isTakenIn: true as const }))]
      const cleared = over.length === 0 ? [] : await clearAlerts(tx, over)
      await tell(tx, [...cleared, ...(await raiseAlerts(tx, raised))])
    },
    watches,
    watchNewTenants: () => watchNewTenants(ground),
    async watchDue() {
      if (monotonicMs() - newSoughtAt >= NEW_TENANTS_MS) {
        newSoughtAt = monotonicMs()
        await watchNewTenants(ground)
      }
      return takeDue(ground, watches)
    },
    effects: tellingEffects(() => ground.clock.now()),
    routes: [...alertRoutes({ ...deps, tell }), ...alertSettingRoutes],
  }
}

/**
 * Programs that listen are told surely, by way of the outbox; those who watch after the commit, in English: a page fetches its
 * own language. Parts of an incident are not told one by one.
 */
async function publishLater(deps: MonitoringDeps, tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const { bus, clock } = deps.ground
  const loaded = await loadAlerts(tx, ids)
  await leaveForPrograms(tx, loaded, deps, clock.now())
  const rows = loaded.filter(({ incidentId }) => incidentId === null)
  tx.afterCommit(() => {
    for (const row of rows) {
      const site = row.siteId === null ? {} : { siteId: row.siteId }
      bus.publish(row.tenantId, { type: 'alert.changed', version: 1, alert: alertView(row, deps, 'en'), ...site })
    }
  })
}
