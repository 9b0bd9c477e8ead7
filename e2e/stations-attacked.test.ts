import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, addTariff, type MadeStation, makeNetwork, type Network } from './kit/network.ts'
import { cpuMs } from './kit/processes.ts'
import { rawUpgrade } from './kit/raw-http.ts'
import type { List } from './kit/rest.ts'
import type { Server } from './kit/server.ts'
import { bootOf, knock, openStation, type SocketWishes, type StationSocket } from './kit/station-socket.ts'
import { found, until } from './kit/until.ts'

let borrowed: Borrowed
let server: Server
let network: Network
let other: Network

beforeAll(async () => {
  borrowed = await startBorrowed()
  server = borrowed.server
  network = await makeNetwork(server, 'north')
  other = await makeNetwork(server, 'south')
  await addTariff(network)
  await addCard(network, '04AABBCCDD1122')
})
afterAll(() => borrowed.close())

const wishesOf = (station: MadeStation, of: Network = network): SocketWishes & { user: string; password: string } => ({
  url: `${of.stationsUrl}/${station.identity}`,
  user: station.identity,
  password: station.password,
})

interface SeenStation {
  readonly connection: { readonly state: string }
  readonly vendor?: string
}
const seen = (station: MadeStation, of: Network = network): Promise<SeenStation> =>
  of.rest.get(`/v1/stations/${station.id}`)

/** Let in, booted, ready to talk. */
async function booted(station: MadeStation, protocol = 'ocpp1.6'): Promise<StationSocket> {
  const socket = await openStation({ ...wishesOf(station), protocols: [protocol] })
  const [type, , answer] = await socket.call(...bootOf(protocol))
  expect([type, (answer as { status: string }).status]).toEqual([3, 'Accepted'])
  return socket
}

interface Refused {
  readonly identity?: string
  readonly reason: string
  readonly count: number
  readonly path: string
}
const refusedOf = async (of: Network): Promise<readonly Refused[]> =>
  (await of.rest.get<List<Refused>>('/v1/refused-stations?limit=200')).items

describe('attack 1: a station without proof', () => {
  it('is refused before the WebSocket exists, changes nothing, and is listed', async () => {
    const station = await addStation(network, { identity: 'PROOF-1' })
    const wishes = wishesOf(station)
    expect(await knock({ url: wishes.url })).toBe(401)
    expect(await knock({ ...wishes, password: `${'0'.repeat(39)}1` })).toBe(401)
    expect(await knock({ ...wishes, password: '' })).toBe(401)
    expect(await knock({ ...wishes, user: 'PROOF-2' })).toBe(401)
    expect(await knock({ ...wishes, more: { headers: { authorization: `Bearer ${network.key}` } } })).toBe(401)
    expect(await knock({ url: `${network.stationsUrl}/NOBODY`, user: 'NOBODY', password: 'x'.repeat(20) })).toBe(404)
    expect(await seen(station)).toMatchObject({ connection: { state: 'never' } })
    const listed = await found(async () => {
      const refused = await refusedOf(network)
      const reasons = refused.filter(({ identity }) => identity === 'PROOF-1').map(({ reason }) => reason)
      return reasons.length >= 3 ? reasons : undefined
    })
    expect(listed).toEqual(expect.arrayContaining(['no-credential', 'wrong-password', 'wrong-user']))
    // The control: with its proof it comes in.
    expect(await knock(wishes)).toBe(101)
  })
})

describe('attack 3: addresses that two readers would read in two ways', () => {
  it('name the station whose credential was shown, or nobody', async () => {
    const station = await addStation(network, { identity: 'PARSE-1' })
    const victim = await addStation(network, { identity: 'PARSE-2' })
    const theirs = await addStation(other, { identity: 'PARSE-1' })
    const base = '/ocpp/north'
    const hostile = [
      `${base}/PARSE-1?x=/ocpp/north/PARSE-2`,
      `${base}/PARSE-1?identity=PARSE-2`,
      `${base}/PARSE-1%2FPARSE-2`,
      `${base}/PARSE-1%2F..%2FPARSE-2`,
      `${base}/PARSE-1%00`,
      `${base}/PARSE-1%00PARSE-2`,
      `${base}/PARSE-1%252D2`,
      `${base}/PARSE-2/../PARSE-1/../PARSE-2`,
      `${base}/./PARSE-1/`.replace('/./', '/%2E/'),
      `${base}/../south/PARSE-1`,
      `${base}/PARSE-1;PARSE-2`,
      `${base}/PARSE-1#PARSE-2`,
      `${base}/PARSE-1%20`,
      `${base}/PARSE-1%0d%0aX-Tenant:%20south`,
      `${base}/%D0%A0ARSE-1`,
      `${base}/${'PARSE-1'.repeat(43)}`,
      `${base}/south%2FPARSE-1`,
      `${base}/parse-1`,
      `${base}\\PARSE-1`,
      `${base}/%`,
      `/ocpp/north%2FPARSE-1`,
      `/ocpp/north/south/PARSE-1`,
    ]
    for (const path of hostile) {
      const { status, socket } = await rawUpgrade({
        port: server.options.port,
        path,
        user: 'PARSE-1',
        password: station.password,
      })
      socket.destroy()
      expect([400, 401, 404], path).toContain(status)
    }
    for (const made of [station, victim]) expect((await seen(made)).connection.state, made.identity).toBe('never')
    expect((await seen(theirs, other)).connection.state).toBe('never')
    // What may differ without harm: empty segments, and one layer of percent signs.
    for (const path of ['//ocpp//north///PARSE-1', `${base}/PARSE%2D1`, `${base}/PARSE-1/`]) {
      const { status, socket } = await rawUpgrade({
        port: server.options.port,
        path,
        user: 'PARSE-1',
        password: station.password,
      })
      socket.destroy()
      expect(status, path).toBe(101)
    }
    await until(async () => (await seen(station)).connection.state !== 'never')
    expect((await seen(victim)).connection.state).toBe('never')
    expect((await seen(theirs, other)).connection.state).toBe('never')
  })
})

describe('attack 4: a tenant chosen by the client', () => {
  it('is refused: the credential’s own row says the tenant', async () => {
    const mine = await addStation(network, { identity: 'EQUAL-1' })
    const theirs = await addStation(other, { identity: 'EQUAL-1' })
    const at = (slug: string, password: string, headers = {}): Promise<number> =>
      knock({ url: server.stationsUrl(slug) + '/EQUAL-1', user: 'EQUAL-1', password, more: { headers } })
    expect(await at('south', mine.password)).toBe(401)
    expect(await at('north', theirs.password)).toBe(401)
    for (const name of ['x-tenant', 'x-tenant-id', 'x-forwarded-host', 'x-original-url', 'x-forwarded-prefix'])
      expect(await at('north', theirs.password, { [name]: 'south' }), name).toBe(401)
    expect(await at('nobody', mine.password)).toBe(404)
    expect(await seen(mine)).toMatchObject({ connection: { state: 'never' } })
    expect(await seen(theirs, other)).toMatchObject({ connection: { state: 'never' } })
    expect(await at('north', mine.password)).toBe(101)
    expect(await at('south', theirs.password)).toBe(101)
  })
})

describe('attack 5: guessing', () => {
  it('gets slower, is cheap to refuse, and does not keep the station out', async () => {
    const station = await addStation(network, { identity: 'GUESS-1' })
    const wishes = wishesOf(station)
    expect(await knock(wishes)).toBe(101)
    const before = cpuMs(server.pid)
    const statuses: number[] = []
    for (let round = 0; round < 15; round += 1) {
      const guesses = Array.from({ length: 20 }, (_, n) =>
        knock({
          ...wishes,
          password: `guess-${round}-${n}`.padEnd(20, 'x'),
          more: { localAddress: `127.0.0.${n + 2}` },
        }),
      )
      statuses.push(...(await Promise.all(guesses)))
    }
    const cost = (cpuMs(server.pid) - before) / statuses.length
    console.log(`a refusal costs ${cost.toFixed(2)} ms of processor time`)
    expect(statuses).toHaveLength(300)
    expect(statuses.filter((status) => status !== 401 && status !== 429)).toEqual([])
    // After the first few they are not even looked at.
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(200)
    // From where it always comes, the station is let in while that goes on.
    expect(await knock(wishes)).toBe(101)
    // The list is written a few times a second: the count grows until it is whole.
    await found(async () =>
      (await refusedOf(network)).find(
        ({ identity, reason, count }) => identity === 'GUESS-1' && reason === 'too-many-tries' && count > 100,
      ),
    )
  })
})

describe('attack 6: what the public sees', () => {
  it('names no OCPP identity, serial number, id or address', async () => {
    const station = await addStation(network, { identity: 'LEAK-IDENTITY', more: { name: 'By the river' } })
    const socket = await openStation({ ...wishesOf(station), protocols: ['ocpp1.6'] })
    const secrets = { chargePointSerialNumber: 'LEAK-SERIAL', iccid: 'LEAKICCID', imsi: 'LEAKIMSI' }
    await socket.call(...bootOf('ocpp1.6', secrets))
    await socket.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' })
    const pages = [
      `/v1/public/stations/${station.number}`,
      `/s/${station.number}`,
      '/v1/installation',
      '/v1/openapi.json',
      '/docs',
      '/',
      '/healthz',
      '/readyz',
    ]
    for (const path of pages) {
      const response = await fetch(server.url + path)
      const text = `${await response.text()} ${JSON.stringify([...response.headers])}`
      expect(response.status, path).toBe(200)
      expect(text, path).not.toMatch(
        new RegExp(`LEAK|${station.id}|${network.id}|127\\.0\\.0\\.1(?!:${server.options.port})`),
      )
    }
    const shown = await (await fetch(`${server.url}/v1/public/stations/${station.number}`)).json()
    expect(shown).toMatchObject({ number: station.number, name: 'By the river' })
    // Knowing a number gives nothing but that; and not every number is one.
    const wrong = await fetch(`${server.url}/v1/public/stations/${'0'.repeat(5)}`)
    expect(wrong.status).toBe(404)
    await socket.close()
  })
})

describe('attack 9: the transaction of another station', () => {
  interface Seen {
    readonly id: string
    readonly state: string
    readonly energyWh: number
  }
  const sessionOf = async (station: MadeStation): Promise<Seen> =>
    must((await network.rest.get<List<Seen>>(`/v1/sessions?stationId=${station.id}`)).items[0])
  const now = (): string => Temporal.Now.instant().toString({ smallestUnit: 'second' })
  const readingOf = (registerWh: number): unknown => ({
    timestamp: now(),
    sampledValue: [{ value: String(registerWh), measurand: 'Energy.Active.Import.Register', unit: 'Wh' }],
  })
  const idTag = '04AABBCCDD1122'

  /** Says as another's transaction: this much energy, and over. Returns what became of it; nothing: it was not touched. */
  async function theft(by: StationSocket, of: MadeStation, transactionId: number): Promise<readonly string[]> {
    const before = await sessionOf(of)
    const answers = [
      await by.call('MeterValues', { connectorId: 1, transactionId, meterValue: [readingOf(3000)] }),
      await by.call('StopTransaction', { transactionId, meterStop: 4000, timestamp: now(), idTag }),
    ]
    // A normal-looking answer, so that nothing is learnt from it.
    for (const [type] of answers) expect(type).toBe(3)
    const after = await sessionOf(of)
    return (['id', 'state', 'energyWh'] as const)
      .filter((member) => before[member] !== after[member])
      .map((member) => `${member} was ${before[member]} and is ${after[member]}`)
  }

  it('is neither ended nor changed by a guessed number, and staff are told', async () => {
    const owner = await addStation(network, { identity: 'OWNER-1' })
    const thief = await addStation(network, { identity: 'THIEF-1' })
    const [mine, evil] = [await booted(owner), await booted(thief)]
    const start = { connectorId: 1, idTag, meterStart: 1000, timestamp: now() }
    const { transactionId } = (await mine.call('StartTransaction', start))[2] as { transactionId: number }
    expect(await theft(evil, owner, transactionId)).toEqual([])
    const alerts = await found(async () => {
      const { items } = await network.rest.get<List<{ stationId?: string; kind: string }>>('/v1/alerts?state=open')
      const about = items.filter(({ stationId }) => stationId === thief.id)
      return about.length > 0 ? about : undefined
    })
    expect(alerts.map(({ kind }) => kind).join()).toMatch(/transaction/)
    // The planted fault, and the control: were the sender not looked at, the very same messages would do this.
    await until(async () => (await sessionOf(owner)).state === 'delivering')
    expect(await theft(mine, owner, transactionId)).toEqual([
      'state was delivering and is ended',
      'energyWh was 0 and is 3000',
    ])
    await Promise.all([mine.close(), evil.close()])
  })

  it('of 2.0.1, where stations choose the numbers, is another one at each station', async () => {
    const owner = await addStation(network, { identity: 'OWNER-2' })
    const thief = await addStation(network, { identity: 'THIEF-2' })
    const [mine, evil] = [await booted(owner, 'ocpp2.0.1'), await booted(thief, 'ocpp2.0.1')]
    const event = (eventType: string, seqNo: number, registerWh: number): unknown => ({
      eventType,
      timestamp: now(),
      triggerReason: eventType === 'Ended' ? 'StopAuthorized' : 'Authorized',
      seqNo,
      transactionInfo: { transactionId: 'same-number', chargingState: 'Charging' },
      evse: { id: 1, connectorId: 1 },
      idToken: { idToken: idTag, type: 'ISO14443' },
      meterValue: [
        {
          timestamp: now(),
          sampledValue: [{ value: registerWh, measurand: 'Energy.Active.Import.Register' }],
        },
      ],
    })
    expect((await mine.call('TransactionEvent', event('Started', 0, 1000)))[0]).toBe(3)
    expect((await evil.call('TransactionEvent', event('Ended', 1, 9000)))[0]).toBe(3)
    expect(await sessionOf(owner)).toMatchObject({ state: 'delivering', energyWh: 0 })
    await mine.call('TransactionEvent', event('Ended', 1, 1700))
    expect(await sessionOf(owner)).toMatchObject({ state: 'ended', energyWh: 700 })
    await Promise.all([mine.close(), evil.close()])
  })
})

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is none')
  return value
}
