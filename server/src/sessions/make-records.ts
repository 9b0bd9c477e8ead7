import { type TariffVersion, tariffVersions } from '../billing/index.ts'
import { type Effect, leaveInOutbox, together, type Tx } from '../platform/index.ts'
import type { HeldSession } from './held.ts'
import { type MadeRecord, makeRecord } from './rules/index.ts'
import { type KeptReading, readingsOf } from './store-meter.ts'
import { insertRecords, type RecordRow } from './store-records.ts'
import { type StationFacts, stationsById } from './store-validity.ts'

/** The effect that hands a record on; its key makes it one for each session and revision (END-SDR). */
export const RECORD_MADE = 'session-record.made'

export interface ForRecords {
  readonly due: readonly HeldSession[]
  readonly readings: readonly KeptReading[]
  readonly stations: readonly StationFacts[]
  /** By session. */
  readonly tariffs: ReadonlyMap<string, TariffVersion | undefined>
}

/** What the records are made of that sessions asked for; undefined: none did. Readings that were sent before are among it. */
export async function loadForRecords(tx: Tx, sessions: readonly HeldSession[]): Promise<ForRecords | undefined> {
  const due = sessions.filter((session) => session.records.length > 0)
  if (due.length === 0) return undefined
  const tenantIds = [...new Set(due.map(({ row }) => row.tenantId))]
  const priced = due.filter(({ row }) => row.tariffId !== null)
  const [readings, stations, versions] = await together([
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
  return { due, readings, stations, tariffs: new Map(priced.map(({ row }, index) => [row.id, versions[index]])) }
}

/** Makes the records, and leaves them for handing on, in the transaction that ended their sessions: all is sent at once. */
export async function makeRecords(tx: Tx, loaded: ForRecords | undefined, at: Temporal.Instant): Promise<void> {
  if (loaded === undefined) return
  const { due, tariffs } = loaded
  const readings = Map.groupBy(loaded.readings, (reading) => reading.sessionId)
  const stations = new Map(loaded.stations.map((row) => [row.id, row]))
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
