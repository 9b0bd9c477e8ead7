import { secondsBetween, textFromInstant } from '../../../units/index.ts'
import { jsonFromPrice, tariffVersions } from '../billing/index.ts'
import { deliveriesOfKeys, type HandedOn } from '../events/index.ts'
import type { Tx } from '../platform/index.ts'
import { isClosed, type PricedSession, priceSession } from './rules/index.ts'
import type { DetailJson, RecordJson, SessionJson } from './shapes.ts'
import { historyOf, type ShownRecord, type ShownSession } from './store-lists.ts'
import { type KeptReading, readingsOf } from './store-meter.ts'

/** Cost and periods of sessions: of a record where one was made, else so far, calculated as it is read. */
export async function withCosts(
  tx: Tx,
  rows: readonly ShownSession[],
  now: Temporal.Instant,
): Promise<readonly SessionJson[]> {
  const running = rows.filter((row) => row.periods === null && row.machine.transaction !== undefined)
  const priced = await pricesOf(tx, running, now)
  return rows.map((row) => jsonFromSession(row, priced.get(row.id)?.priced, now))
}

interface PricedRow {
  readonly priced: PricedSession
  readonly readings: readonly KeptReading[]
}

async function pricesOf(
  tx: Tx,
  rows: readonly ShownSession[],
  now: Temporal.Instant,
): Promise<ReadonlyMap<string, PricedRow>> {
  const readings = Map.groupBy(
    await readingsOf(
      tx,
      rows.map(({ id }) => ({ tenantId: tx.tenantId, id })),
    ),
    (reading) => reading.sessionId,
  )
  const versions = await tariffVersions(
    tx,
    rows.map((row) => ({
      tenantId: tx.tenantId,
      // No tariff has the nil id.
      tariffId: row.tariffId ?? '00000000-0000-0000-0000-000000000000',
      version: row.tariffVersion ?? 0,
    })),
  )
  return new Map(
    rows.map((row, index) => {
      const own = readings.get(row.id) ?? []
      const pricing = { tariff: versions[index]?.tariff, timeZone: row.timeZone }
      return [row.id, { priced: priceSession(row.machine, own, pricing, now), readings: own }]
    }),
  )
}

function jsonFromSession(row: ShownSession, priced: PricedSession | undefined, now: Temporal.Instant): SessionJson {
  const { machine } = row
  const periods = row.periods ?? priced?.periods.map(periodJson) ?? []
  const totals = row.totals ?? (priced?.price === undefined ? undefined : jsonFromPrice(priced.price).totals)
  const hasCost = totals !== undefined && row.tariffId !== null && row.tariffVersion !== null
  const seconds = (state: 'charging' | 'parking'): number =>
    periods
      .filter((period) => period.state === state)
      .reduce((sum, { from, to }) => sum + secondsBetween(Temporal.Instant.from(from), Temporal.Instant.from(to)), 0)
  return {
    id: row.id,
    number: Number(row.number),
    state: row.state,
    flags: [...row.flags],
    stationId: row.stationId,
    stationNumber: row.stationNumber,
    ...(row.stationName === null ? {} : { stationName: row.stationName }),
    ...(row.siteName === null ? {} : { siteName: row.siteName }),
    evseId: row.evseId,
    ...(row.connectorId === null ? {} : { connectorId: row.connectorId }),
    startedBy: {
      kind: row.startedBy,
      ...(row.tokenLast4 === null ? {} : { last4: row.tokenLast4 }),
      ...(row.startedByName === null ? {} : { name: row.startedByName }),
    },
    startedAt: textFromInstant(row.startedAt),
    ...(row.endedAt === null ? {} : { endedAt: textFromInstant(row.endedAt) }),
    ...(row.stopReason === null ? {} : { stopReason: row.stopReason }),
    energyWh: Number(row.energyWh),
    ...(row.powerW === null ? {} : { powerW: row.powerW }),
    durationSeconds: Math.max(0, secondsBetween(row.startedAt, row.endedAt ?? machine.transaction?.ended?.at ?? now)),
    ...(periods.length === 0 ? {} : { chargingSeconds: seconds('charging'), parkingSeconds: seconds('parking') }),
    ...(hasCost
      ? {
          cost: {
            totals,
            tariffId: row.tariffId ?? '',
            tariffVersion: row.tariffVersion ?? 0,
            soFar: !isClosed(row.state),
          },
        }
      : {}),
    ...(machine.transaction === undefined ? {} : { transactionNumber: machine.transaction.number }),
    ...(row.protocol === null ? {} : { protocol: row.protocol }),
  }
}

const periodJson = ({ from, to, energyWh, state }: PricedSession['periods'][number]) => ({
  from: textFromInstant(from),
  to: textFromInstant(to),
  energyWh,
  state,
})

export async function detailOf(
  tx: Tx,
  row: ShownSession,
  records: readonly ShownRecord[],
  now: Temporal.Instant,
): Promise<DetailJson> {
  const { priced, readings } = (await pricesOf(tx, [row], now)).get(row.id) ?? { priced: { periods: [] }, readings: [] }
  const latest = records.find((record) => record.revision === row.revision)?.record
  return {
    ...jsonFromSession(row, priced, now),
    meterValues: readings.map((reading) => ({
      at: textFromInstant(reading.at),
      context: reading.context,
      ...(reading.registerWh === null ? {} : { registerWh: reading.registerWh }),
      ...(reading.powerW === null ? {} : { powerW: reading.powerW }),
      ...(reading.currentsMa === null ? {} : { currentsMa: [...reading.currentsMa] }),
      ...(reading.voltagesMv === null ? {} : { voltagesMv: [...reading.voltagesMv] }),
      ...(reading.socTenths === null ? {} : { socTenths: reading.socTenths }),
    })),
    periods: latest === undefined ? priced.periods.map(periodJson) : [...latest.periods],
    lines: [...(latest?.lines ?? (priced.price === undefined ? [] : jsonFromPrice(priced.price).lines))],
    history: (await historyOf(tx, row.id)).map(({ at, kind, value, cause }) => ({
      at: textFromInstant(at),
      kind,
      state: value,
      by: cause,
    })),
    records: records.map((record) => record.revision).toSorted((left, right) => left - right),
  }
}

/**
 * Records with how each was handed on: to the built-in billing, and to every webhook that listens. Which webhook that is, is told to
 * those who may see webhooks.
 */
export async function withHandedOn(
  tx: Tx,
  rows: readonly ShownRecord[],
  rights: ReadonlySet<string>,
): Promise<RecordJson[]> {
  const keys = rows.map(({ sessionId, revision }) => `${sessionId}/${revision}`)
  const deliveries = keys.length === 0 ? [] : await deliveriesOfKeys(tx, 'session-record.created', keys)
  return rows.map((row, index) => {
    const json = jsonFromRecord(row)
    const own = deliveries
      .filter(({ key }) => key === keys[index])
      .map((delivery) => jsonFromDelivery(delivery, rights.has('webhooks.read')))
    return { ...json, handedOn: [...json.handedOn, ...own] }
  })
}

const STATES = { waiting: 'waiting', delivered: 'done', dead: 'failed' } as const

function jsonFromDelivery(delivery: HandedOn, isNamed: boolean): RecordJson['handedOn'][number] {
  const { webhookName: name, webhookId, deliveryId, state, attempts, at } = delivery
  const when = at === null ? {} : { at: textFromInstant(at) }
  const which = isNamed ? { name, webhookId, deliveryId } : {}
  return { to: 'webhook', state: STATES[state], attempts, ...which, ...when }
}

function jsonFromRecord({ record, doneAt, failedAt, attempts, judged }: ShownRecord): RecordJson {
  const { type: _, version: __, reason, flags, meterValues, periods, lines, correction, ...plain } = record
  const carried = failedAt !== null ? 'failed' : doneAt !== null ? 'done' : 'waiting'
  const state = judged === 'held' ? 'held' : judged === 'corrected' || judged === 'superseded' ? 'replaced' : carried
  const at = failedAt ?? doneAt
  return {
    ...plain,
    reason: reason as RecordJson['reason'],
    flags: [...flags],
    meterValues: [...meterValues],
    periods: [...periods],
    lines: [...lines],
    ...(correction === undefined ? {} : { correction: { ...correction, checks: [...correction.checks] } }),
    handedOn: [
      { to: 'built-in-billing', state, attempts: attempts ?? 0, ...(at === null ? {} : { at: textFromInstant(at) }) },
    ],
  }
}
