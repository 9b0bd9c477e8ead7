import { type TariffVersion, tariffVersions } from '../billing/index.ts'
import { type Effect, leaveInOutbox, must, together, type Tx } from '../platform/index.ts'
import type { SessionsDeps } from './deps.ts'
import type { HeldSession } from './held.ts'
import { makeRecord, type RecordInput } from './rules/index.ts'
import { type KeptReading, readingsOf } from './store-meter.ts'
import { insertRecords, type RecordRow } from './store-records.ts'
import { type StationFacts, stationsEver, stationsOf } from './store-validity.ts'

/** The effect that hands a record on; its key makes it one for each session and revision (END-SDR). */
export const RECORD_MADE = 'session-record.made'

export interface ForRecords {
  readonly due: readonly HeldSession[]
  readonly readings: readonly KeptReading[]
  readonly stations: readonly StationFacts[]
  /** By session. */
  readonly tariffs: ReadonlyMap<string, TariffVersion | undefined>
}

/**
 * What the records are made of that sessions asked for; undefined: none did. Readings that were sent before are among it.
 * `known`: stations that were read already.
 */
export async function loadForRecords(
  tx: Tx,
  sessions: readonly HeldSession[],
  known: ReadonlyMap<string, StationFacts>,
): Promise<ForRecords | undefined> {
  const due = sessions.filter((session) => session.records.length > 0)
  return due.length === 0 ? undefined : loadFacts(tx, due, known)
}

async function loadFacts(
  tx: Tx,
  due: readonly HeldSession[],
  known: ReadonlyMap<string, StationFacts>,
): Promise<ForRecords> {
  const priced = due.filter(({ row }) => row.tariffId !== null)
  const [readings, stations, versions] = await together([
    readingsOf(
      tx,
      due.map(({ row }) => row),
    ),
    stationsEver(tx, stationsOf(due.filter(({ row }) => !known.has(row.stationId)))),
    tariffVersions(
      tx,
      priced.map(({ row }) => ({
        tenantId: row.tenantId,
        tariffId: row.tariffId ?? '',
        version: row.tariffVersion ?? 0,
      })),
    ),
  ])
  return {
    due,
    readings,
    stations: [...known.values(), ...stations],
    tariffs: new Map(priced.map(({ row }, index) => [row.id, versions[index]])),
  }
}

/** Makes the records, and leaves them for handing on, in the transaction that ended their sessions: all is sent at once. */
export async function makeRecords(
  tx: Tx,
  { madeRecords }: Pick<SessionsDeps, 'madeRecords'>,
  loaded: ForRecords | undefined,
  at: Temporal.Instant,
): Promise<void> {
  if (loaded === undefined) return
  const inputs = factsOf(loaded)
  const rows = loaded.due.flatMap(({ row: { tenantId, id: sessionId }, records }) =>
    records.map(({ revision, reason }): RecordRow => {
      const facts = must(inputs.get(sessionId), 'facts of a session record')
      const { json } = makeRecord({ ...facts, revision, reason, createdAt: at })
      return { tenantId, sessionId, revision, createdAt: at, reason, record: json }
    }),
  )
  tx.afterCommit(() => madeRecords?.keep(rows))
  await together([insertRecords(tx, rows), leaveInOutbox(tx, rows.map(effectOf), at)])
}

/** All that a record of a session is made of, but for which revision it is and why. */
export type RecordFacts = Omit<RecordInput, 'revision' | 'reason' | 'createdAt'>

/** The same for sessions that asked for none now. */
export async function recordInputs(
  tx: Tx,
  sessions: readonly HeldSession[],
): Promise<ReadonlyMap<string, RecordFacts>> {
  return factsOf(await loadFacts(tx, sessions, new Map()))
}

function factsOf({ due, tariffs, ...loaded }: ForRecords): ReadonlyMap<string, RecordFacts> {
  const readings = Map.groupBy(loaded.readings, (reading) => reading.sessionId)
  const stations = new Map(loaded.stations.map((row) => [row.id, row]))
  return new Map(
    due.map(({ row }): readonly [string, RecordFacts] => {
      const tariff = tariffs.get(row.id)
      const station = stations.get(row.stationId)
      const facts: RecordFacts = {
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
      }
      return [row.id, facts]
    }),
  )
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
