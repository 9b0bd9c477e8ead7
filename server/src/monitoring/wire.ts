import { type AnyRoute, type Ground, type OutboxDeps, type Texts, type Tx } from '../platform/index.ts'
import type { StationReport } from '../stations/index.ts'
import { alertView } from './alert-view.ts'
import { alertRoutes } from './http.ts'
import { alertsOfReport } from './rules/alerts-of-report.ts'
import { clearAlerts, type Cleared, insertAlerts, loadAlerts, type NewAlert } from './store.ts'

export interface Monitoring {
  raiseAlert(tx: Tx, alert: NewAlert): Promise<void>
  clearAlert(tx: Tx, cleared: Cleared): Promise<void>
  /** Faults and security events of a batch, within its transaction. */
  takeReports(tx: Tx, reports: readonly StationReport[]): Promise<void>
  /** Something could not be handed on, such as a session data record: nobody else would tell. */
  effectSetAside: NonNullable<OutboxDeps['onSetAside']>
  readonly routes: readonly AnyRoute[]
}

export function wireMonitoring({ ground, texts }: { readonly ground: Ground; readonly texts: Texts }): Monitoring {
  const tell = (tx: Tx, ids: readonly string[]): Promise<void> => publishLater(ground, texts, tx, ids)
  const raiseAlert = async (tx: Tx, alert: NewAlert): Promise<void> => {
    await tell(tx, await insertAlerts(tx, [alert]))
  }
  return {
    raiseAlert,
    async effectSetAside(tx, { type, key, payload }, at) {
      const { sessionId } = payload as { readonly sessionId?: string }
      const subject = `${type}/${key}`
      const evidence = { type, key }
      const { tenantId } = tx
      await raiseAlert(tx, {
        tenantId,
        kind: 'effect-set-aside',
        severity: 'critical',
        subject,
        sessionId,
        evidence,
        at,
      })
    },
    async clearAlert(tx, cleared) {
      await tell(tx, await clearAlerts(tx, [cleared]))
    },
    async takeReports(tx, reports) {
      const raise: NewAlert[] = []
      const clear: Cleared[] = []
      for (const { tenantId, stationId, receivedAt: at, body } of reports) {
        const wanted = alertsOfReport(stationId, body)
        raise.push(...wanted.raise.map((one) => ({ ...one, tenantId, stationId, at })))
        clear.push(...wanted.clear.map((one) => ({ ...one, tenantId, at })))
      }
      const cleared = clear.length === 0 ? [] : await clearAlerts(tx, clear)
      const raised = raise.length === 0 ? [] : await insertAlerts(tx, raise)
      await tell(tx, [...cleared, ...raised])
    },
    routes: alertRoutes(texts),
  }
}

/** Those who watch are told after the commit, in English; a page fetches its own language. */
async function publishLater({ bus }: Ground, texts: Texts, tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const rows = await loadAlerts(tx, ids)
  tx.afterCommit(() => {
    for (const row of rows) {
      const site = row.siteId === null ? {} : { siteId: row.siteId }
      bus.publish(row.tenantId, { type: 'alert.changed', version: 1, alert: alertView(row, texts, 'en'), ...site })
    }
  })
}
