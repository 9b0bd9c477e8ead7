import { tariffVersions } from '../billing/index.ts'
import { type Effect, leaveInOutbox, together, type Tx } from '../platform/index.ts'
import type { HeldSession } from './held.ts'
import { type MadeRecord, makeRecord } from './rules/index.ts'
import { readingsOf } from './store-meter.ts'
import { insertRecords, type RecordRow } from './store-records.ts'
import { type StationFacts, stationsById } from './store-validity.ts'

/** The effect that hands a record on; its key makes it one for each session and revision (END-SDR). */
export const RECORD_MADE = 'session-record.made'

/** Makes the records that sessions asked for, and leaves them for handing on, in the transaction that ended them. */
export async function makeRecords(tx: Tx, sessions: readonly HeldSession[], at: Temporal.Instant): Promise<void> {
  const due = sessions.filter((session) => session.records.length > 0)
  if (due.length === 0) return
  const tenantIds = [...new Set(due.map(({ row }) => row.tenantId))]
  const priced = due.filter(({ row }) => row.tariffId !== null)
  const [allReadings, allStations, versions] = await together([
    readingsOf(
      tx,
      due.map(({ row }) => row),
    ),
    stationsById(tx, tenantIds, [...new Set(due.map(({ row }) => row.stationId))]),
    tariffVersions(
      tx,
      priced.map(({ row }) => ({
        tenantId: row.tenantId,
        tariffId: row.tariffId ?? '',
        version: row.tariffVersion ?? 0,
      })),
    ),
  ])
  const readings = Map.groupBy(allReadings, (reading) => reading.sessionId)
  const stations = new Map<string, StationFacts>(allStations.map((row) => [row.id, row]))
  const tariffs = new Map(priced.map(({ row }, index) => [row.id, versions[index]]))
  const rows = due.flatMap(({ row, records }) =>
    records.map(({ revision, reason }): RecordRow => {
      const tariff = tariffs.get(row.id)
      const station = stations.get(row.stationId)
      const made: MadeRecord = makeRecord({
        sessionId: row.id,
        sessionNumber: row.number,
        stationId: row.stationId,
        stationNumber: station?.number ?? '',
        evseId: row.evseId,
        machine: row.machine,
        readings: readings.get(row.id) ?? [],
        tokenId: row.idTokenId,
        tokenLast4: row.tokenLast4,
        tariff:
          tariff === undefined ? undefined : { id: tariff.tariffId, version: tariff.version, tariff: tariff.tariff },
        timeZone: station?.timeZone ?? 'UTC',
        revision,
        reason,
        createdAt: at,
      })
      return { tenantId: row.tenantId, sessionId: row.id, revision, createdAt: at, reason, record: made.json }
    }),
  )
  await together([insertRecords(tx, rows), leaveInOutbox(tx, rows.map(effectOf), at)])
}

function effectOf({ tenantId, sessionId, revision }: RecordRow): Effect {
  return {
    type: RECORD_MADE,
    version: 1,
    key: `${sessionId}/${revision}`,
    payload: { sessionId, revision },
    tenantId,
  }
}
