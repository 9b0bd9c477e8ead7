import { tariffsThatApply, type TariffVersion } from '../billing/index.ts'
import { must, together, type Tx } from '../platform/index.ts'
import type { ClearedAlert, RaisedAlert, SessionsDeps } from './deps.ts'
import type { HeldSession, TransactionRow } from './held.ts'
import { type ForRecords, loadForRecords, makeRecords } from './make-records.ts'
import { tellChanges } from './notices.ts'
import { openNumbers } from './numbers.ts'
import { type AlertKind, isClosed, isProgressOnly, tariffAt, withFlag, withoutFlags } from './rules/index.ts'
import { type ChangeRow, insertChanges, insertSessions, saveTariffs, updateSessions } from './store.ts'
import { type SessionPlace, showOpenSessions } from './store-places.ts'
import { insertTransactions } from './store-transactions.ts'
import { type StationFacts, stationsById, stationsOf } from './store-validity.ts'
import { saveWishes } from './store-wishes.ts'

export interface ToSave {
  readonly sessions: readonly HeldSession[]
  readonly transactions?: readonly TransactionRow[]
  /** Sessions that take a place now. */
  readonly opened?: readonly HeldSession[]
  readonly stations: ReadonlyMap<string, StationFacts>
  /** Readings that are being kept, and may change what is saved. Then nothing follows, and the writes go out with the commit. */
  readonly readings?: Promise<void>
}

/** Saves what was decided with one statement per table, and leaves what must be done; all in the caller's transaction. */
export async function saveSessions(tx: Tx, deps: SessionsDeps, saved: ToSave, at: Temporal.Instant): Promise<void> {
  const made = saved.sessions.filter((session) => session.isNew)
  const earlier = saved.sessions.filter(beganEarlier)
  const records = await prepare(tx, deps, saved, { made, earlier })
  const touched = saved.sessions.filter((session) => session.isTouched)
  const histories = touched.flatMap(historyOf)
  const changed = touched.filter((session) => !session.isNew && !session.isSaved)
  // None needs another's answer; they are sent in this order, and arrive in it.
  const sent = together([
    insertSessions(
      tx,
      made.map(({ row }) => row),
      at,
    ),
    insertTransactions(tx, saved.transactions ?? [], at),
    updateSessions(
      tx,
      changed.map(({ row }) => row),
      at,
    ),
    saveTariffs(
      tx,
      earlier.map(({ row }) => row),
    ),
    saveWishes(
      tx,
      touched.filter(hasOtherWish).map(({ row }) => row),
    ),
    insertChanges(tx, histories),
    showPlaces(tx, saved, touched),
    makeRecords(tx, deps, records, at),
  ])
  if (saved.readings === undefined) await sent
  else tx.later(sent)
  await carryOut(tx, deps, touched, at)
  tx.afterCommit(() => touched.forEach(({ row }) => deps.atHand?.forget(row.id)))
  tellChanges(tx, deps, touched, at)
}

function hasOtherWish({ isNew, loaded, row }: HeldSession): boolean {
  return !isNew && (loaded.remoteStartId !== row.remoteStartId || loaded.wishUidHash !== row.wishUidHash)
}

/** In one turn what the rows still lack, and what records are made of. */
async function prepare(
  tx: Tx,
  { numbers }: SessionsDeps,
  { sessions, stations, readings }: ToSave,
  { made, earlier }: { readonly made: readonly HeldSession[]; readonly earlier: readonly HeldSession[] },
): Promise<ForRecords | undefined> {
  const unpriced = [...made, ...earlier]
  // What ends as it begins is priced by the version that is found only now.
  const isFresh = unpriced.some((session) => session.records.length > 0)
  const prepared = [
    fixTariffs(tx, unpriced, stations),
    numberSessions(tx, made, numbers),
    readings ?? Promise.resolve(),
  ] as const
  if (isFresh) await together(prepared)
  const [records] = await together([loadForRecords(tx, sessions, stations), ...prepared])
  return records
}

/** The version that holds at the start stays with the session; where there is none, staff see it. */
async function fixTariffs(
  tx: Tx,
  sessions: readonly HeldSession[],
  known: ReadonlyMap<string, StationFacts>,
): Promise<void> {
  if (sessions.length === 0) return
  const missing = sessions.filter(({ row }) => !known.has(row.stationId))
  const found = await stationsById(tx, stationsOf(missing))
  const stations = new Map([...known, ...found.map((station) => [station.id, station] as const)])
  const questions = sessions.map(({ row }) => ({
    tenantId: row.tenantId,
    // One that began by a tariff keeps it, whatever its station was given since.
    stationTariffId: row.tariffId ?? tariffAt(stations.get(row.stationId), row.machine.startedAt),
    at: row.machine.startedAt,
  }))
  const versions = await tariffsThatApply(tx, questions)
  sessions.forEach((session, index) => setTariff(session, versions[index]))
}

function setTariff(session: HeldSession, version: TariffVersion | undefined): void {
  const { row } = session
  if (version !== undefined) {
    const { tariffId, version: tariffVersion } = version
    session.row = { ...row, tariffId, tariffVersion, machine: withoutFlags(row.machine, 'no-tariff') }
    return
  }
  session.row = { ...row, tariffId: null, tariffVersion: null, machine: withFlag(row.machine, 'no-tariff') }
  session.effects.push({ kind: 'alert', alert: 'no-tariff', severity: 'major', evidence: { evse: row.evseId } })
}

/** Its end, say, was told before its start: now an earlier price list may be the one that held. */
function beganEarlier({ before, row, isNew }: HeldSession): boolean {
  const { machine } = row
  if (isNew || before === undefined || machine.wish !== undefined) return false
  return Temporal.Instant.compare(machine.startedAt, before.startedAt) < 0
}

async function numberSessions(tx: Tx, made: readonly HeldSession[], numbers = openNumbers()): Promise<void> {
  const byTenant = Map.groupBy(made, ({ row }) => row.tenantId)
  const taken = await numbers.take(tx, new Map(Array.from(byTenant, ([tenantId, list]) => [tenantId, list.length])))
  for (const [tenantId, list] of byTenant) {
    list.forEach((session, index) => {
      session.row = { ...session.row, number: must(taken.get(tenantId)?.[index], 'number of a session') }
    })
  }
}

async function showPlaces(tx: Tx, { opened = [] }: ToSave, touched: readonly HeldSession[]): Promise<void> {
  const moved = touched.filter(({ before, row }) => before !== undefined && before.state !== row.machine.state)
  await showOpenSessions(tx, {
    opened: opened.filter(isOpen).map(placeOf),
    moved: moved.filter((session) => isOpen(session) && !opened.includes(session)).map(placeOf),
    closed: [...moved.filter(({ row }) => isClosed(row.machine.state)).map(placeOf), ...touched.flatMap(placeLeft)],
  })
}

/** A wish for one EVSE that began at another: the first is free again. */
function placeLeft({ loaded, row }: HeldSession): readonly SessionPlace[] {
  if (loaded.evseId === row.evseId || loaded.evseId === 0) return []
  return [{ ...placeOf({ row }), evseId: loaded.evseId }]
}

const isOpen = ({ row }: HeldSession): boolean => !isClosed(row.machine.state) && row.evseId > 0

function placeOf({ row }: Pick<HeldSession, 'row'>): SessionPlace {
  const { tenantId, stationId, evseId, id: sessionId, machine } = row
  return { tenantId, stationId, evseId, sessionId, state: machine.state }
}

/** Most reports change no more than a session's progress: then only that is written, along with the readings. */
export function hasProgressOnly({ before, row, loaded, changes, isTouched }: HeldSession): boolean {
  if (!isTouched || before === undefined || changes.length > 0 || !isProgressOnly(before, row.machine)) return false
  return (
    loaded.evseId === row.evseId &&
    loaded.connectorId === row.connectorId &&
    loaded.startedBy === row.startedBy &&
    loaded.tokenLast4 === row.tokenLast4 &&
    loaded.closedWhy === row.closedWhy
  )
}

/** The lines that are added to a session's history, numbered on from those it has. */
function historyOf(session: HeldSession): readonly ChangeRow[] {
  const { row, isNew, changes } = session
  const { tenantId, id: sessionId, machine, changeCount } = row
  const hasState = changes.some((change) => change.kind === 'state')
  const born =
    isNew && !hasState ? [{ kind: 'state' as const, value: machine.state, at: machine.startedAt, cause: 'began' }] : []
  const lines = [...born, ...changes]
  session.row = { ...row, changeCount: changeCount + lines.length }
  return lines.map((change, index) => ({ tenantId, sessionId, n: changeCount + index + 1, ...change }))
}

/** What goes wrong with one session after the other for one cause: one alert for all of the station, which counts them. */
const ofStation = new Set<AlertKind>(['no-tariff', 'session-estimated'])

/** Commands and alerts, each in its own row, saved with the state that asked for them. */
async function carryOut(
  tx: Tx,
  deps: SessionsDeps,
  sessions: readonly HeldSession[],
  at: Temporal.Instant,
): Promise<void> {
  const raised: RaisedAlert[] = []
  const cleared = new Map<string, ClearedAlert>()
  for (const { row, effects } of sessions) {
    const { tenantId, stationId, id: sessionId } = row
    for (const effect of effects) {
      if (effect.kind === 'command') {
        const by = { kind: 'system' as const }
        await deps.sendToStation(tx, { tenantId, stationId, command: effect.command, by, sessionId })
      } else if (effect.kind === 'alert') {
        const { alert: kind, severity } = effect
        const evidence = { sessionNumber: Number(row.number), ...effect.evidence }
        const subject = ofStation.has(kind) ? stationId : sessionId
        raised.push({ tenantId, kind, severity, subject, stationId, sessionId, evidence, at })
        cleared.delete(`${kind} ${sessionId}`)
      } else if (effect.kind === 'clear-alert') {
        const { alert: kind } = effect
        cleared.set(`${kind} ${sessionId}`, { tenantId, kind, subject: sessionId, at })
      }
    }
  }
  if (raised.length > 0) await deps.raiseAlerts(tx, raised)
  if (cleared.size > 0) await deps.clearAlerts(tx, [...cleared.values()])
}
