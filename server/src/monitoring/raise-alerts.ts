import type { Tx } from '../platform/index.ts'
import { begun, causeGone, continues, raisedAgain, RETURNS_WITHIN, takenIn, withSeverity } from './rules/grouping.ts'
import { type AlertName, insertAlerts, lockNewest, lockOpen, type NewAlert, updateAlerts } from './store.ts'

export interface Cleared extends AlertName {
  readonly at: Temporal.Instant
  /** Another alert tells of its cause now. */
  readonly isTakenIn?: true
}

const nameOf = ({ tenantId, kind, subject }: AlertName): string => `${tenantId} ${kind} ${subject}`

/** Opens alerts, or lets those that are open, or were a moment ago, count up. Answers the ids of all. */
export async function raiseAlerts(tx: Tx, alerts: readonly NewAlert[]): Promise<readonly string[]> {
  const [first] = alerts
  if (first === undefined) return []
  // One row per name: what one batch says twice is one cause.
  const latest = new Map(alerts.map((alert) => [nameOf(alert), alert]))
  const from = first.at.subtract(RETURNS_WITHIN)
  const known = new Map((await lockNewest(tx, [...latest.values()], from)).map((row) => [nameOf(row), row]))
  const made = []
  const moved = []
  for (const [name, alert] of latest) {
    const { severity, at, evidence, tenantId, sessionId } = alert
    const row = known.get(name)
    if (row === undefined || !continues(row, at)) {
      made.push({ alert, kept: begun(severity, alert.since ?? at) })
    } else {
      const isOpen = row.clearedAt === null && row.calmAt === null
      const kept = alert.explains === true && isOpen ? withSeverity(row, severity, at) : raisedAgain(row, severity, at)
      moved.push({ tenantId, id: row.id, kept, evidence, sessionId })
    }
  }
  return [...(await insertAlerts(tx, made)), ...(await updateAlerts(tx, moved))]
}

/** The causes are gone. Answers the ids of those that were open. */
export async function clearAlerts(tx: Tx, cleared: readonly Cleared[]): Promise<readonly string[]> {
  const causes = new Map(cleared.map((one) => [nameOf(one), one]))
  const open = await lockOpen(tx, cleared)
  return updateAlerts(
    tx,
    open.flatMap((row) => {
      const gone = causes.get(nameOf(row))
      if (gone === undefined || (row.calmAt !== null && gone.isTakenIn !== true)) return []
      const kept = gone.isTakenIn === true ? takenIn(row, gone.at) : causeGone(row, gone.at)
      return [{ tenantId: row.tenantId, id: row.id, kept, evidence: row.evidence }]
    }),
  )
}
