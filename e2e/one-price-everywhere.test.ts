import { afterAll, beforeAll, expect, it } from 'vitest'
import type { OcppVersion } from '../ocpp/index.ts'
import { testTarget, type TestTarget } from '../server/src/events/webhooks/testing-target.ts'
import { sql } from '../server/src/platform/index.ts'
import { saveSettings } from '../server/src/tenants/index.ts'
import { event, meter, openSpeaker, type Speaker, start, status, stop, type Told, until } from './behaviours/station.ts'
import { openWhole, type Whole } from './behaviours/whole.ts'
import { openEvents } from './kit/server-sent.ts'

/** One session's price, in every place that shows it: equal to the last minor unit, in words too. */

let whole: Whole
let target: TestTarget
beforeAll(async () => {
  whole = await openWhole()
  target = await testTarget()
  await whole.ground.database.inTenant(whole.tenantId, (tx) =>
    saveSettings(tx, 'outbound', [{ address: '127.0.0.1', port: target.port, plain: true }]),
  )
  const webhook = { name: 'Billing', url: target.url, types: ['session-record.created'] }
  expect((await whole.call('POST', '/v1/webhooks', webhook)).status).toBe(201)
})
afterAll(async () => {
  expect(whole.errors).toEqual([])
  await whole.close()
  await target.close()
})

interface Money {
  readonly minor: string
  readonly currency: string
}
type Totals = Readonly<Record<'exclTax' | 'tax' | 'inclTax', Money>>
interface Priced {
  readonly totals: Totals
  readonly lines: readonly (Pick<Totals, 'exclTax' | 'inclTax'> & { readonly dimension: string })[]
}
interface View {
  readonly id: string
  readonly state: string
  readonly startedAt: string
  readonly endedAt?: string
  readonly cost?: { readonly totals: Totals }
  readonly lines: Priced['lines']
  readonly periods: readonly object[]
}
type Recorded = Priced & { readonly revision: number }

const get = async <T>(url: string): Promise<T> => (await whole.call<T>('GET', url)).body

async function addTariff(taxIncluded: 'YES' | 'NO'): Promise<string> {
  const component = (type: string, price: string, vat: string, step_size = 1) => ({ type, price, vat, step_size })
  const price_components = [
    component('FLAT', '0.39', '20'),
    component('ENERGY', '0.249', '25.5', 100),
    component('TIME', '1.27', '14', 60),
    component('PARKING_TIME', '2.41', '10', 300),
  ]
  const tariff = { currency: 'EUR', tax_included: taxIncluded, elements: [{ price_components }] }
  const made = await whole.call<{ id: string }>('POST', '/v1/tariffs', { name: `VAT ${taxIncluded}`, tariff })
  expect(made.status).toBe(201)
  return made.body.id
}

/** A station whose page a driver may open. */
async function stationAt(version: OcppVersion, tariffId: string): Promise<{ station: Speaker; number: string }> {
  const station = await openSpeaker(whole, version)
  expect((await whole.call('PATCH', `/v1/stations/${station.id}`, { tariffId })).status).toBe(200)
  const { number } = await get<{ number: string }>(`/v1/stations/${station.id}`)
  await whole.ground.database.inDirectory((tx) =>
    tx.run(sql`insert into directory.station_numbers (number, tenant_id, station_id)
      values (${number}, ${whole.tenantId}, ${station.id}) on conflict do nothing`),
  )
  return { station, number }
}

/** What its lines sum up to must be what it says in all. */
function totalsOf({ totals, lines }: Priced): Totals {
  for (const part of ['exclTax', 'inclTax'] as const) {
    expect(lines.reduce((sum, line) => sum + BigInt(line[part].minor), 0n)).toBe(BigInt(totals[part].minor))
  }
  return totals
}

const latest = async ({ id }: Speaker): Promise<View> => {
  const { items } = await get<{ items: View[] }>(`/v1/sessions?stationId=${id}&limit=1`)
  return get<View>(`/v1/sessions/${items[0]?.id}`)
}
const viewed = (view: View): Totals => totalsOf({ totals: view.cost?.totals as Totals, lines: view.lines })

/** By the calculation that anybody may ask for, and in the list. */
async function expectEverywhere(view: View, station: Speaker, tariffId: string): Promise<Totals> {
  const totals = viewed(view)
  const { startedAt, endedAt = whole.clock.now().toString(), periods } = view
  const asked = { tariffId, timeZone: 'Europe/Helsinki', session: { startedAt, endedAt, periods } }
  const calculated = await whole.call<Priced>('POST', '/v1/price-calculations', asked)
  expect(totalsOf(calculated.body)).toEqual(totals)
  expect(calculated.body.lines).toEqual(view.lines)
  const { items } = await get<{ items: View[] }>(`/v1/sessions?stationId=${station.id}`)
  expect(items.find(({ id }) => id === view.id)?.cost?.totals).toEqual(totals)
  return totals
}

/** In the record, with the built-in billing, and in what the billing outside was told. */
async function expectHandedOn(view: View, revision: number): Promise<void> {
  const totals = viewed(view)
  const { items } = await get<{ items: Recorded[] }>(`/v1/session-records?sessionId=${view.id}`)
  const record = items.find((one) => one.revision === revision)
  expect(totalsOf(record as Recorded)).toEqual(totals)
  const sent = await until(() =>
    target
      .taken()
      .map(({ event: { data } }) => data as unknown as Recorded & { readonly sessionId: string })
      .find((data) => data.sessionId === view.id && data.revision === revision),
  )
  expect(totalsOf(sent)).toEqual(totals)
  const [billed] = await whole.ground.database.inTenant(whole.tenantId, (tx) =>
    tx.rows<{ currency: string; exclTax: string; tax: string; inclTax: string }>(sql`
      select currency, excl_tax_minor::text as "exclTax", tax_minor::text as tax, incl_tax_minor::text as "inclTax"
      from billing_records where tenant_id = ${whole.tenantId} and session_id = ${view.id} and revision = ${revision}`),
  )
  expect(billed).toEqual({
    currency: totals.inclTax.currency,
    exclTax: totals.exclTax.minor,
    tax: totals.tax.minor,
    inclTax: totals.inclTax.minor,
  })
}

/** On the page of the sticker, as it is opened and as it goes on by itself. */
async function expectOnDriversPage(number: string, totals: Totals): Promise<void> {
  interface Shown {
    readonly evses: readonly { readonly session?: { readonly cost?: Totals } }[]
  }
  const costOf = ({ evses }: Shown): unknown => evses.find(({ session }) => session !== undefined)?.session?.cost
  expect(costOf(await get<Shown>(`/v1/public/stations/${number}`))).toEqual(totals)
  const events = await openEvents(`http://127.0.0.1:${whole.port}`, `/v1/public/stations/${number}/events`)
  const said = await until(() => /^data: (.+)$/m.exec(events.text())?.[1])
  events.close()
  expect(costOf((JSON.parse(said) as { station: Shown }).station)).toEqual(totals)
}

const pause = (station: Speaker, told: Told): Promise<unknown> =>
  station.is16
    ? status(whole, station, 'Occupied', { phase: 'SuspendedEV' })
    : event(whole, station, told, 'Updated', { state: 'SuspendedEV', trigger: 'ChargingStateChanged' })

const kinds = (['ocpp1.6', 'ocpp2.0.1'] as const).flatMap((version) =>
  (['NO', 'YES'] as const).map((included) => ({ version, included })),
)

it.each(kinds)('a price is the same everywhere ($version, VAT included: $included) (END-SDR)', async (kind) => {
  const tariffId = await addTariff(kind.included)
  const { station, number } = await stationAt(kind.version, tariffId)
  const { told } = await start(whole, station, { registerWh: 1_000 })
  whole.clock.move({ minutes: 17, seconds: 13 })
  await meter(whole, station, told, 4_007)
  await pause(station, told)
  whole.clock.move({ minutes: 11, seconds: 7 })
  const running = await latest(station)
  expect(running.state).toBe('paused')
  expect(running.lines.map(({ dimension }) => dimension).sort()).toEqual(['ENERGY', 'FLAT', 'PARKING_TIME', 'TIME'])
  await expectOnDriversPage(number, await expectEverywhere(running, station, tariffId))

  whole.clock.move({ seconds: 41 })
  await stop(whole, station, told, 4_333)
  const ended = await latest(station)
  expect(ended.state).toBe('ended')
  await expectEverywhere(ended, station, tariffId)
  await expectHandedOn(ended, 1)

  // One that is doubtful, and put right by a person.
  const doubtful = await start(whole, station, { registerWh: 4_333 })
  whole.clock.move({ minutes: 20 })
  await stop(whole, station, doubtful.told, 104_333)
  const held = await latest(station)
  await expectEverywhere(held, station, tariffId)
  const error = await until(async () => {
    const { items } = await get<{ items: { id: string; state: string }[] }>(`/v1/usage-errors?sessionId=${held.id}`)
    return items[0]
  })
  expect(error.state).toBe('held')
  const decision = { decision: 'own-figures', energyWh: 5_001, reason: 'read at the site' }
  expect((await whole.call('POST', `/v1/usage-errors/${error.id}/decide`, decision)).status).toBe(200)
  const corrected = await latest(station)
  expect(corrected.cost).not.toEqual(held.cost)
  await expectEverywhere(corrected, station, tariffId)
  await expectHandedOn(corrected, 2)
  await station.close()
})
