import { leaveInOutbox, type Tx } from '../../platform/index.ts'
import type { SessionsDeps } from '../deps.ts'
import type { SessionRecordJson } from '../rules/index.ts'
import { foundLine, logEffect } from './error-log.ts'
import { type FoundError, lockHeldAt, stationsWithoutHeld } from './store.ts'

/** Open alerts of this kind are one per station: usage data of it waits for somebody. */
const USAGE_HELD = 'usage-held'

/** A usage error, and the record that it was found in. */
export interface Found {
  readonly error: FoundError
  readonly record: SessionRecordJson
}

/** People hear of what waits: an alert per station, a line each in the log file. */
export async function tellErrors(
  tx: Tx,
  deps: SessionsDeps,
  found: readonly Found[],
  freed: readonly string[],
  at: Temporal.Instant,
): Promise<void> {
  await leaveInOutbox(
    tx,
    found.map(({ error, record }) => logEffect(error.id, 'found', foundLine(error, record))),
    at,
  )
  const held = found.filter(({ error }) => error.state === 'held')
  const newest = new Map(held.map((one) => [one.error.stationId, one]))
  await lockHeldAt(tx, [...newest.keys()])
  await deps.raiseAlerts(
    tx,
    Array.from(newest, ([stationId, { error, record }]) => ({
      tenantId: tx.tenantId,
      kind: USAGE_HELD,
      severity: 'minor',
      subject: stationId,
      stationId,
      sessionId: error.sessionId,
      evidence: {
        sessionNumber: record.sessionNumber,
        checks: error.findings.map(({ check }) => check).join(', '),
      },
      at,
    })),
  )
  await clearHeld(tx, deps, freed, at)
}

/** The alert of a station goes when nothing of it waits any more. */
export async function clearHeld(
  tx: Tx,
  deps: Pick<SessionsDeps, 'clearAlerts'>,
  stationIds: readonly string[],
  at: Temporal.Instant,
): Promise<void> {
  const { tenantId } = tx
  await lockHeldAt(tx, stationIds)
  const free = await stationsWithoutHeld(tx, stationIds)
  await deps.clearAlerts(
    tx,
    free.map((subject) => ({ tenantId, kind: USAGE_HELD, subject, at })),
  )
}
