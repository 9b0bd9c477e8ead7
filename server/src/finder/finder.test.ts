import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeTariff } from '../billing/index.ts'
import {
  type HttpServer,
  movableClock,
  newId,
  openHttp,
  openPostgres,
  openTexts,
  refuse,
  sql,
} from '../platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../platform/testing.ts'
import { decide, sessionOfTransaction, textFromMachine, textFromProgress } from '../sessions/rules/index.ts'
import { checkDigit } from '../stations/rules/number.ts'
import { finderRoutes } from './index.ts'
import type { PublicStation } from './public-station.ts'

const START = Temporal.Instant.from('2026-11-26T12:00:00Z')
const clock = movableClock(START.toString())
const secrets = ['CP-SECRET-1', 'SN-4711', '04AABBCCDD', '203.0.113.9', 'DD66', 'Aino Example']
let ground: TestGround
let http: HttpServer
let url: string
let tenantId: string
let stationId: string
let siteId: string
let sessionId: string
let tariffId: string

const number = numbered('1234')
function numbered(digits: string): string {
  return `${digits}${checkDigit(digits)}`
}

beforeAll(async () => {
  ground = await testGround(clock)
  tenantId = await makeTestTenant(ground, 'north')
  await makeStation()
  await makeSession()
  http = await openHttp({
    ground,
    texts: openTexts('languages'),
    routes: finderRoutes(ground),
    authenticate: async () => refuse('wrong-key'),
    trustedProxies: [],
    folders: [],
  })
  url = `http://127.0.0.1:${await http.listen('127.0.0.1', 0)}`
})
beforeEach(() => clock.move({ seconds: 2 }))
afterAll(async () => {
  await http.close()
  await ground.close()
})

async function makeStation(): Promise<void> {
  const tariff = {
    currency: 'EUR',
    tax_included: 'YES',
    elements: [{ price_components: [{ type: 'ENERGY', price: '0.50', vat: 25.5, step_size: 1 }] }],
  }
  await ground.database.inTenant(tenantId, async (tx) => {
    const at = clock.now()
    const made = await makeTariff(tx, {
      name: 'Day',
      json: tariff,
      isDefault: true,
      validFrom: undefined,
      by: 'Aino',
      at,
    })
    if (!made.ok) throw new Error(made.code)
    tariffId = made.value
    ;[siteId, stationId] = [newId(), newId()]
    await tx.run(sql`
      insert into sites (tenant_id, id, name, address, city, country, time_zone, created_at, changed_at)
      values (${tenantId}, ${siteId}, 'Harbour', 'Quay 1', 'Turku', 'FI', 'Europe/Helsinki', ${at}, ${at})`)
    await tx.run(sql`
      insert into stations (tenant_id, id, number, identity, name, site_id, state, onboarding, security_profile, serial,
        connected_at, last_seen_at, created_at, changed_at)
      values (${tenantId}, ${stationId}, ${number}, ${'CP-SECRET-1'}, 'North quay', ${siteId}, 'active', 'accepted', 1,
        'SN-4711', ${at}, ${START.add({ hours: 2 })}, ${at}, ${at})`)
    await tx.run(sql`
      insert into evses (tenant_id, station_id, evse_id, declared, status)
      values (${tenantId}, ${stationId}, 1, true, 'occupied'), (${tenantId}, ${stationId}, 2, true, 'available')`)
    await tx.run(sql`
      insert into connectors (tenant_id, station_id, evse_id, connector_id, type, max_power_w)
      values (${tenantId}, ${stationId}, 1, 1, 'IEC_62196_T2', 22000), (${tenantId}, ${stationId}, 2, 1, null, null)`)
    await tx.run(sql`
      insert into refused_stations (tenant_id, id, path, identity, reason, address, first_at, last_at)
      values (${tenantId}, ${newId()}, '/ocpp/north/CP-SECRET-1', 'CP-SECRET-1', 'wrong-password', '203.0.113.9', ${at}, ${at})`)
  })
  await ground.database.inDirectory((tx) =>
    tx.run(sql`insert into directory.station_numbers values (${number}, ${tenantId}, ${stationId})`),
  )
}

/** 10 kWh in the first hour, still going. */
async function makeSession(): Promise<void> {
  const limits = {
    answerSeconds: 60,
    cableSeconds: 120,
    noEnergySeconds: 1800,
    durationSeconds: 86_400,
    maxPowerW: 22_000,
  }
  const fact = { number: 't1', wasQueued: false, wasCorrected: false, readings: [] } as const
  const later = START.add({ hours: 1 })
  const started = decide(
    sessionOfTransaction({ evse: 1, limits }, START),
    {
      ...fact,
      kind: 'transaction-started',
      seqNo: 0,
      token: 'may-charge',
      chargingState: 'charging',
      receivedAt: START,
      readings: [{ at: START, context: 'transaction-begin', registerWh: 5_000 }],
    },
    START,
  ).session
  const { session } = decide(
    started,
    {
      ...fact,
      kind: 'transaction-updated',
      seqNo: 1,
      receivedAt: later,
      readings: [{ at: later, context: 'periodic', registerWh: 15_000, powerW: 10_000 }],
    },
    later,
  )
  clock.move({ hours: 1 })
  sessionId = newId()
  await ground.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      insert into sessions (tenant_id, id, number, station_id, evse_id, state, machine, progress, started_by, started_by_name,
        token_last4, tariff_id, tariff_version, power_w, started_at, changed_at)
      values (${tenantId}, ${sessionId}, 1, ${stationId}, 1, ${session.state}, ${textFromMachine(session)},
        ${textFromProgress(session)}, 'staff',
        'Aino Example', 'DD66', ${tariffId}, 1, 10000, ${START}, ${later})`)
    await tx.run(sql`
      update evses set open_session_id = ${sessionId}, open_session_state = ${session.state}
      where tenant_id = ${tenantId} and station_id = ${stationId} and evse_id = 1`)
  })
}

async function look(typed: string): Promise<{ status: number; text: string; body: PublicStation & { code?: string } }> {
  const answer = await http.inject({ method: 'GET', url: `/v1/public/stations/${encodeURIComponent(typed)}` })
  return { status: answer.statusCode, text: answer.body, body: answer.json() }
}

/** Everything a stranger could read out of an answer: no word of ours that names a machine or a person. */
function expectNothingTold(answer: string): void {
  const text = answer.replace(/"requestId":"[^"]*"/, '')
  for (const secret of [...secrets, tenantId, stationId, siteId, sessionId, tariffId])
    expect(text).not.toContain(secret)
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
  expect(text).not.toMatch(
    /"(identity|serial|address\w*Ip|uid|idToken|id_token|startedBy|last4|firmware|vendor|model|url)"/,
  )
}

describe('a station by the number on its sticker', () => {
  it('shows state, session and price to anybody', async () => {
    const { status, body } = await look(number)
    expect(status).toBe(200)
    expect(body).toEqual({
      number,
      name: 'North quay',
      site: { name: 'Harbour', address: 'Quay 1', city: 'Turku' },
      tenant: { name: 'north', language: 'en', demo: false },
      evses: [
        {
          id: 1,
          seen: 'charging',
          connectors: [{ type: 'IEC_62196_T2', maxPowerW: 22_000 }],
          powerW: 10_000,
          session: {
            energyWh: 10_000,
            durationSeconds: 3_602,
            cost: {
              exclTax: { minor: '398', currency: 'EUR' },
              tax: { minor: '102', currency: 'EUR' },
              inclTax: { minor: '500', currency: 'EUR' },
            },
          },
        },
        { id: 2, seen: 'free', connectors: [{}] },
      ],
      price: {
        currency: 'EUR',
        parts: [{ dimension: 'ENERGY', unitPriceMicros: '500000', taxPercent: '25.5', taxIncluded: true, per: 'kWh' }],
      },
    })
  })

  it('tells no identity, id, serial, address or token (attack 6)', async () => {
    for (const typed of [number, `${number.slice(0, -1)}x`, numbered('9999'), "1' or '1'='1", '..%2f..']) {
      expectNothingTold((await look(typed)).text)
    }
    expect((await look(number)).status).toBe(200)
  })

  it('says so when the check digit shows that it was mistyped', async () => {
    const wrong = `${number.slice(0, -1)}${(Number(number.at(-1)) + 1) % 10}`
    const { status, body } = await look(wrong)
    expect([status, body.code]).toEqual([404, 'check-digit'])
    expect((await look(`${number.slice(0, 2)} ${number.slice(2)}`)).status).toBe(200)
  })

  it.each(['0', '12', 'abcde', '1234567890', "5' or 1=1", numbered('8765')])(
    'knows no station under %s',
    async (typed) => {
      const { status, body } = await look(typed)
      expect([status, body.code]).toEqual([404, 'unknown-station-number'])
    },
  )

  it('asks the database once a second, however many look', async () => {
    const spy = vi.spyOn(ground.database, 'inTenant')
    await Promise.all(Array.from({ length: 20 }, () => look(number)))
    expect(spy).toHaveBeenCalledTimes(1)
    spy.mockRestore()
  })

  it('is seen offline, then gone, when it is', async () => {
    const change = (set: ReturnType<typeof sql>): Promise<number> => {
      clock.move({ seconds: 2 })
      return ground.database.inTenant(tenantId, (tx) =>
        tx.run(sql`update stations set ${set} where tenant_id = ${tenantId} and id = ${stationId}`),
      )
    }
    await change(sql`connected_at = null, disconnected_at = ${clock.now()}`)
    expect((await look(number)).body.evses.map((evse) => evse.seen)).toEqual(['offline', 'offline'])
    await change(sql`removed_at = ${clock.now()}`)
    expect((await look(number)).status).toBe(404)
    await change(sql`removed_at = null, connected_at = ${clock.now()}, disconnected_at = null`)
    expect((await look(number)).status).toBe(200)
  })
})

describe('the stream of a station', () => {
  it('sends the whole view at once and again after a change, and nothing of it names anybody (attack 6)', async () => {
    const abort = new AbortController()
    const response = await fetch(`${url}/v1/public/stations/${number}/events`, { signal: abort.signal })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const events = eventsOf(response)
    const first = await events.next()
    expect(first.value?.station.evses[1]?.seen).toBe('free')
    clock.move({ seconds: 2 })
    await ground.database.inTenant(tenantId, (tx) =>
      tx.run(sql`
        update evses set status = 'faulted' where tenant_id = ${tenantId} and station_id = ${stationId} and evse_id = 2`),
    )
    ground.bus.publish('another tenant', { type: 'evse.changed', version: 1, stationId })
    ground.bus.publish(tenantId, { type: 'evse.changed', version: 1, stationId })
    const second = await events.next()
    expect(second.value?.station.evses[1]?.seen).toBe('faulted')
    expectNothingTold(JSON.stringify([first.value, second.value]))
    abort.abort()
  })

  it('is for fifty at an address, however many ask at one moment (row 27)', async () => {
    const abort = new AbortController()
    const held = await openPostgres(ground.owner)
    await held.query('begin; lock table directory.station_numbers')
    const ask = () => fetch(`${url}/v1/public/stations/${number}/events`, { signal: abort.signal })
    const asked = Array.from({ length: 55 }, ask)
    // While none of them is open yet.
    const first = await Promise.race(asked)
    await held.query('rollback')
    await held.end()
    expect(first.status).toBe(429)
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 429)).toHaveLength(5)
    abort.abort()
    // All leave, and there is room again.
    await vi.waitFor(async () => expect((await fetch(`${url}/v1/public/stations/x/events`)).status).toBe(404), 10_000)
  })

  it('refuses a number that is not there as the page does', async () => {
    const response = await fetch(`${url}/v1/public/stations/${numbered('8765')}/events`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'unknown-station-number' })
  })
})

async function* eventsOf(response: Response): AsyncGenerator<{ station: PublicStation }, undefined> {
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1]
      text = text.slice(end + 2)
      if (data !== undefined) yield JSON.parse(data)
    }
  }
  return undefined
}
