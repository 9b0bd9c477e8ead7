import { type DataKey, must, together, type Tx } from '../platform/index.ts'
import type { ReportBody, StationReport, TransactionReport } from '../stations/index.ts'
import { hashOfUid, type JudgedTokenRow, tokensByHash } from '../subscribers/index.ts'
import type { SessionsDeps } from './deps.ts'
import { type HeldSession, held, type SessionRow, type TransactionRow } from './held.ts'
import { isClosed, toMilliseconds } from './rules/index.ts'
import { currentTransaction, lockOpenSessions, lockSessions, lockSessionsOfNumbers } from './store.ts'
import { lockPlaces, type PlaceRow } from './store-places.ts'
import { transactionsByStartKey, transactionsOfSessions } from './store-transactions.ts'
import type { MeterRow } from './store-meter.ts'
import {
  distinct,
  lockLimits,
  type OpenCount,
  openSessionsOfTokens,
  type Owned,
  type StationFacts,
  stationsById,
} from './store-validity.ts'

/** A report with the keyed hashes by which it is found. */
export interface Prepared {
  readonly report: StationReport
  readonly key: DataKey
  readonly tokenHash?: Buffer
  readonly startKey?: Buffer
}

/** A transaction under a number that is none of its station's, or that an older one bears. */
export interface Stranger {
  readonly report: StationReport
  readonly number: string
  readonly sessionId: string
  readonly isReused?: boolean
}

/** Everything a batch of reports needs, loaded with one query per table; decisions change it in memory. */
export interface Batch {
  readonly prepared: readonly Prepared[]
  readonly sessions: Map<string, HeldSession>
  /** The same by station. */
  readonly ofStations: Map<string, HeldSession[]>
  /** By station and number, and by station and start key. */
  readonly transactions: Map<string, TransactionRow>
  /** The transaction that bears a session's meter values. */
  readonly bearers: Map<string, TransactionRow>
  readonly places: ReadonlyMap<string, PlaceRow>
  readonly tokens: ReadonlyMap<string, JudgedTokenRow>
  readonly tokenSessions: OpenCount[]
  readonly stations: ReadonlyMap<string, StationFacts>
  readonly newTransactions: TransactionRow[]
  readonly meterRows: Map<string, MeterRow>
  /** The database transaction that this is: what it writes bears it. */
  readonly writtenBy: string
  /** By place: the session that now holds it. */
  readonly opened: Map<string, HeldSession>
  readonly strangers: Stranger[]
}

export const placeKey = (stationId: string, evseId: number): string => `${stationId}/${evseId}`
const numberKey = (stationId: string, number: string): string => `${stationId}#${number}`
const startKeyKey = (stationId: string, startKey: Buffer): string => `${stationId}=${startKey.toString('hex')}`
export const tokenKey = (tenantId: string, hash: Buffer): string => `${tenantId}/${hash.toString('hex')}`

export async function loadBatch(tx: Tx, deps: SessionsDeps, reports: readonly StationReport[]): Promise<Batch> {
  const tenantIds = [...new Set(reports.map((report) => report.tenantId))]
  const keys = new Map<string, DataKey>()
  for (const tenantId of tenantIds) keys.set(tenantId, await deps.keys.tenant(tenantId))
  const prepared = reports.map((report) => prepare(report, must(keys.get(report.tenantId), 'tenant key')))

  // In one turn all that these reports surely need, EVSEs before sessions; then what turns out to be missing.
  const places = new Map<string, PlaceRow>()
  const starting = stationsOf(prepared.filter(({ report }) => report.body.kind === 'transaction-started'))
  const asking = stationsOf(prepared.filter(needsStation))
  const [, known, started, open, tokens, stationRows, writtenBy] = await together([
    addPlaces(tx, places, prepared.filter(opensOrCloses)),
    lockSessionsOfNumbers(tx, prepared.flatMap(nameOf)),
    transactionsByStartKey(tx, prepared.flatMap(startKeyOf)),
    lockOpenSessions(tx, starting),
    loadTokens(tx, prepared),
    stationsById(tx, distinct([...starting, ...asking])),
    currentTransaction(tx),
  ])
  const transactions = new Map<string, TransactionRow>()
  for (const { session: _, ...row } of known) addTransaction(transactions, row)
  for (const row of started) addTransaction(transactions, row)
  const sessions = new Map(known.map(({ session }) => [session.id, held(session)]))
  const addSessions = (rows: readonly SessionRow[]): void => {
    for (const row of rows) if (!sessions.has(row.id)) sessions.set(row.id, held(row))
  }
  addSessions(open)

  const loaded = { tenantIds, prepared, places, transactions, sessions, tokens, starting, asking }
  const rest = await loadRest(tx, loaded)
  addSessions(rest.sessions)
  const stations = new Map([...stationRows, ...rest.stations].map((row) => [row.id, row]))
  return {
    prepared,
    sessions,
    ofStations: Map.groupBy(sessions.values(), ({ row }) => row.stationId),
    transactions,
    bearers: await loadBearers(tx, tenantIds, prepared, sessions, transactions),
    places,
    tokens,
    tokenSessions: [...rest.tokenSessions],
    stations,
    newTransactions: [],
    meterRows: new Map(),
    writtenBy,
    opened: new Map(),
    strangers: [],
  }
}

interface Loaded {
  readonly tenantIds: readonly string[]
  readonly prepared: readonly Prepared[]
  readonly places: Map<string, PlaceRow>
  readonly transactions: Map<string, TransactionRow>
  readonly sessions: ReadonlyMap<string, HeldSession>
  readonly tokens: ReadonlyMap<string, JudgedTokenRow>
  /** Stations whose open sessions are there, and whose facts are. */
  readonly starting: readonly Owned[]
  readonly asking: readonly Owned[]
}

/** What the first turn showed to be missing: mostly nothing. */
async function loadRest(tx: Tx, loaded: Loaded) {
  const { tenantIds, prepared, places, transactions, sessions, tokens, starting, asking } = loaded
  const isKnown = (one: Prepared): boolean => transactionOf({ transactions }, one) !== undefined
  await addPlaces(
    tx,
    places,
    prepared.filter((one) => needsPlace(one) && !isKnown(one)),
  )
  const begins = prepared.filter((one) => begin(one.report.body, isKnown(one)))
  const openOf = without(stationsOf(begins), starting)
  const named = prepared.flatMap((one) => {
    const row = transactionOf({ transactions }, one)
    return row === undefined ? [] : [{ tenantId: row.tenantId, id: row.sessionId }]
  })
  const holding = [...places.values()].flatMap(({ tenantId, openSessionId }) =>
    openSessionId === null ? [] : [{ tenantId, id: openSessionId }],
  )
  const missing = distinct([...named, ...holding]).filter(({ id }) => !sessions.has(id))
  const limited = [...tokens.values()].flatMap(limitedToken)
  const [locked, open, , tokenSessions, stations] = await together([
    lockSessions(tx, missing),
    lockOpenSessions(tx, openOf),
    lockLimits(tx, limited),
    openSessionsOfTokens(tx, tenantIds, limited),
    stationsById(tx, without(openOf, asking)),
  ])
  return { sessions: [...locked, ...open], tokenSessions, stations }
}

export function isTransaction(body: ReportBody): body is TransactionReport {
  return body.kind === 'transaction-started' || body.kind === 'transaction-updated' || body.kind === 'transaction-ended'
}

export function sessionsAt(batch: Pick<Batch, 'ofStations'>, stationId: string): readonly HeldSession[] {
  return batch.ofStations.get(stationId) ?? []
}

export function addSession(batch: Pick<Batch, 'sessions' | 'ofStations'>, session: HeldSession): void {
  const { id, stationId } = session.row
  batch.sessions.set(id, session)
  batch.ofStations.set(stationId, [...(batch.ofStations.get(stationId) ?? []), session])
}

/** A transaction that is named but cannot be: 1.6 stations whose start never reached us say -1 or 0. */
export function isNoNumber(number: string): boolean {
  return !/^[1-9]/.test(number)
}

export function transactionOf(
  batch: Pick<Batch, 'transactions'>,
  { report, startKey }: Prepared,
): TransactionRow | undefined {
  const { body, stationId } = report
  if (startKey !== undefined) return batch.transactions.get(startKeyKey(stationId, startKey))
  const number = numberIn(body)
  return number === undefined ? undefined : batch.transactions.get(numberKey(stationId, number))
}

function numberIn(body: ReportBody): string | undefined {
  if (isTransaction(body)) return 'number' in body.transaction ? body.transaction.number : undefined
  return body.kind === 'meter-read' ? body.transactionNumber : undefined
}

function prepare(given: StationReport, key: DataKey): Prepared {
  const report = inMilliseconds(given)
  const { body } = report
  if (!isTransaction(body)) return { report, key }
  const { transaction, idToken } = body
  const startKey = 'startKey' in transaction ? transaction.startKey : orphanKey(body)
  return {
    report,
    key,
    ...(idToken === undefined ? {} : { tokenHash: hashOfUid(key, idToken.uid) }),
    ...(startKey === undefined ? {} : { startKey: key.hash('start-key', startKey) }),
  }
}

/** Else a reading would lie before the start that it was told with. */
function inMilliseconds(report: StationReport): StationReport {
  const { body } = report
  if (!('readings' in body)) return report
  const readings = toMilliseconds(body.readings)
  if ('reportedAt' in body && body.reportedAt.epochNanoseconds % 1_000_000n !== 0n) {
    const reportedAt = Temporal.Instant.fromEpochMilliseconds(body.reportedAt.epochMilliseconds)
    return { ...report, body: { ...body, readings, reportedAt } }
  }
  return readings === body.readings ? report : { ...report, body: { ...body, readings } }
}

/** The natural key of a stop that names no transaction (1.6: -1, 0): what it says is all there is. */
function orphanKey(body: TransactionReport): string | undefined {
  const { transaction, seqNo, reportedAt, readings } = body
  if (seqNo !== undefined || !('number' in transaction) || !isNoNumber(transaction.number)) return undefined
  return `${transaction.number}|${body.kind}|${reportedAt.toString()}|${readings.at(-1)?.registerWh ?? ''}`
}

function nameOf({ report, startKey }: Prepared) {
  const { tenantId, stationId, body } = report
  const number = numberIn(body)
  return number === undefined || startKey !== undefined ? [] : [{ tenantId, stationId, number }]
}

function startKeyOf({ report: { tenantId, stationId }, startKey }: Prepared) {
  return startKey === undefined ? [] : [{ tenantId, stationId, startKey }]
}

export function addTransaction(known: Map<string, TransactionRow>, row: TransactionRow): void {
  known.set(numberKey(row.stationId, row.number), row)
  if (row.startKey !== null) known.set(startKeyKey(row.stationId, row.startKey), row)
}

/** What may open, move or close the session that an EVSE holds: all but meter values. */
function opensOrCloses({ report: { body } }: Prepared): boolean {
  if (body.kind === 'transaction-updated') return body.trigger !== 'meter-value'
  return body.kind === 'transaction-started' || body.kind === 'transaction-ended' || body.kind === 'evse-status'
}

/** What does so when it names no transaction that is known. */
function needsPlace({ report: { body } }: Prepared): boolean {
  return body.kind === 'transaction-updated' || body.kind === 'meter-read'
}

async function addPlaces(tx: Tx, places: Map<string, PlaceRow>, prepared: readonly Prepared[]): Promise<void> {
  const wanted = distinctPlaces(prepared).filter((place) => !places.has(placeKey(place.stationId, place.evseId)))
  for (const place of await lockPlaces(tx, wanted)) places.set(placeKey(place.stationId, place.evseId), place)
}

function begin(body: ReportBody, isKnown: boolean): boolean {
  if (isTransaction(body)) return !isKnown || (body.idToken !== undefined && body.kind !== 'transaction-ended')
  return body.kind === 'meter-read' && !isKnown && body.transactionNumber !== undefined
}

function needsStation({ report: { body } }: Prepared): boolean {
  return isTransaction(body) && body.idToken !== undefined && body.kind !== 'transaction-ended'
}

function stationsOf(prepared: readonly Prepared[]): readonly Owned[] {
  return distinct(prepared.map(({ report: { tenantId, stationId } }) => ({ tenantId, id: stationId })))
}

function without(all: readonly Owned[], some: readonly Owned[]): readonly Owned[] {
  const ids = new Set(some.map(({ id }) => id))
  return all.filter(({ id }) => !ids.has(id))
}

function distinctPlaces(prepared: readonly Prepared[]) {
  const places = prepared.flatMap(({ report: { tenantId, stationId, body } }) =>
    'evse' in body && body.evse !== undefined && body.evse >= 0 && body.evse <= 255
      ? [{ tenantId, stationId, evseId: body.evse }]
      : [],
  )
  return [...new Map(places.map((place) => [placeKey(place.stationId, place.evseId), place])).values()]
}

async function loadTokens(tx: Tx, prepared: readonly Prepared[]): Promise<Map<string, JudgedTokenRow>> {
  const wanted = prepared.flatMap(({ report, tokenHash }) =>
    tokenHash === undefined ? [] : [{ tenantId: report.tenantId, hash: tokenHash }],
  )
  const rows = await tokensByHash(tx, wanted)
  return new Map(rows.map((row) => [tokenKey(row.tenantId, row.uidHash), row]))
}

/** A token whose open sessions are counted. */
export const limitedToken = (token: JudgedTokenRow): string[] => (token.maxSessions === null ? [] : [token.id])

/** Reports that name no transaction may still bear readings for the session that is open at their EVSE. */
async function loadBearers(
  tx: Tx,
  tenantIds: readonly string[],
  prepared: readonly Prepared[],
  sessions: ReadonlyMap<string, HeldSession>,
  transactions: ReadonlyMap<string, TransactionRow>,
): Promise<Map<string, TransactionRow>> {
  const bearers = new Map<string, TransactionRow>()
  for (const row of transactions.values()) if (!bearers.has(row.sessionId)) bearers.set(row.sessionId, row)
  const isNeeded = prepared.some(({ report }) => report.body.kind === 'meter-read')
  const missing = [...sessions.values()].filter(
    ({ row }) => !bearers.has(row.id) && row.machine.transaction !== undefined && !isClosed(row.machine.state),
  )
  if (!isNeeded || missing.length === 0) return bearers
  const ids = missing.map(({ row }) => row.id)
  for (const row of await transactionsOfSessions(tx, tenantIds, ids)) {
    if (!bearers.has(row.sessionId)) bearers.set(row.sessionId, row)
  }
  return bearers
}
