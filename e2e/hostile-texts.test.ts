import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addStation, addTariff, type MadeStation, makeNetwork, type Network } from './kit/network.ts'
import type { List } from './kit/rest.ts'
import { knock, openStation } from './kit/station-socket.ts'
import { cut, payloads, rawControl } from './kit/xss-corpus.ts'

/**
 * Attack 13: texts that hurt, in every field that a station or a program can fill, and what logs and REST make of them. The pages are looked
 * at by `hostile-texts-on-every-page.test.ts`.
 */

let borrowed: Borrowed
let network: Network
let stations: readonly MadeStation[]

beforeAll(async () => {
  borrowed = await startBorrowed({ LOG_LEVEL: 'debug' })
  network = await makeNetwork(borrowed.server, 'hostile')
  await addTariff(network, '<script>tripped()</script>')
  stations = await Promise.all(payloads.map((text, n) => play(text, n)))
})
afterAll(() => borrowed?.close())

/** What a program may not write is refused with a field error; the rest is kept as it is. */
async function make(path: string, body: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  const reply = await network.rest.send<{ id: string }>('POST', path, body)
  expect([201, 400], reply.text).toContain(reply.status)
  return reply.status === 201 ? reply.body.id : undefined
}

/** A station that says the text wherever it can. */
async function play(text: string, n: number): Promise<MadeStation> {
  const siteId = await make('/v1/sites', { name: cut(text, 100), city: cut(text, 100), address: cut(text, 100) })
  await make('/v1/id-tokens', { uid: `HOSTILE${n}`, label: cut(text, 100) })
  await make('/v1/id-tokens', { uid: cut(text, 36) })
  await make('/v1/keys', { name: cut(text, 100), role: 'viewer' })
  await make('/v1/staff', { name: cut(text, 100), mail: `p${n}@hostile.example`, role: 'viewer' })
  const station = await addStation(network, { identity: `HOSTILE-${n}`, more: siteId === undefined ? {} : { siteId } })
  // Also where a name with control characters is refused.
  await network.rest.send('PATCH', `/v1/stations/${station.id}`, { name: cut(text, 100) })
  const url = `${network.stationsUrl}/${station.identity}`
  const socket = await openStation({ url, user: station.identity, password: station.password })
  const boot = await socket.call('BootNotification', {
    chargePointVendor: cut(text, 20),
    chargePointModel: cut(text, 20),
    chargePointSerialNumber: cut(text, 25),
    firmwareVersion: cut(text, 50),
    iccid: cut(text, 20),
    meterType: cut(text, 25),
  })
  expect(boot, text).toMatchObject([3, expect.any(String), { status: 'Accepted' }])
  const now = Temporal.Now.instant().toString({ smallestUnit: 'second' })
  await socket.call('StatusNotification', {
    connectorId: 1,
    status: 'Faulted',
    errorCode: 'OtherError',
    info: cut(text, 50),
    vendorId: cut(text, 255),
    vendorErrorCode: cut(text, 50),
  })
  await socket.call('DataTransfer', { vendorId: cut(text, 255), messageId: cut(text, 50), data: text })
  const start = { connectorId: 1, idTag: cut(text, 20), meterStart: 0, timestamp: now }
  const [, , answer] = await socket.call('StartTransaction', start)
  const { transactionId } = answer as { transactionId: number }
  await socket.call('StopTransaction', { transactionId, meterStop: 100, timestamp: now, idTag: cut(text, 20) })
  await socket.call('DiagnosticsStatusNotification', { status: cut(text, 20) })
  socket.raw(JSON.stringify([2, cut(text, 36), cut(text, 36), { text }]))
  await socket.next(([type]) => type === 4)
  socket.raw(text)
  expect(await socket.call('Heartbeat', {}), text).toMatchObject([3, expect.any(String), {}])
  await knock({ url: `${network.stationsUrl}/${encodeURIComponent(cut(text, 48))}`, user: 'x', password: text })
  await socket.close()
  return station
}

describe('texts that hurt (attack 13)', () => {
  it('are in what the tests look at', async () => {
    const { items } = await network.rest.get<List<{ vendor: string }>>('/v1/stations?limit=200')
    expect(items.filter(({ vendor }) => vendor !== '').length).toBe(payloads.length)
    expect(items.map(({ vendor }) => vendor)).toEqual(expect.arrayContaining([cut(payloads[0] ?? '', 20)]))
  })

  it('reach no log line as control characters, and make no line of their own', async () => {
    const { server } = borrowed
    for (const line of server.stderr().split('\n').filter(Boolean)) {
      expect(line).not.toMatch(rawControl)
      expect(Object.keys(JSON.parse(line) as object)).toEqual(expect.arrayContaining(['level', 'time', 'msg']))
      expect(line).not.toMatch(/"msg":"made up"/)
      // Whom it is about stands in ids; no uid, no name, no password (attack 43).
      for (const secret of [network.key, 'HOSTILE1"', ...stations.map(({ password }) => password)])
        expect(line.includes(secret), line).toBe(false)
    }
    expect(server.stdout()).not.toMatch(rawControl)
  })

  it('come out of REST as JSON and nothing else', async () => {
    const paths = [
      'sites',
      'stations',
      'id-tokens',
      'keys',
      'staff',
      'tariffs',
      'sessions',
      'session-records',
      'alerts',
      'audit',
      'refused-stations',
    ]
    const each = stations.flatMap(({ id }) => [
      `stations/${id}`,
      `stations/${id}/ocpp-log`,
      `stations/${id}/refused-messages`,
    ])
    for (const path of [
      ...paths.map((name) => `${name}?limit=200`),
      ...each,
      'map',
      'nothing/<script>tripped()</script>',
    ]) {
      const reply = await network.rest.send('GET', `/v1/${path}`)
      expect(reply.headers.get('content-type'), path).toMatch(/^application\/(problem\+)?json/)
      expect(reply.headers.get('x-content-type-options'), path).toBe('nosniff')
      // oxlint-disable-next-line no-control-regex -- it looks for control characters
      expect(reply.text, path).not.toMatch(/[\u0000-\u001f]/)
    }
  })
})
