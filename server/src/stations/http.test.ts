import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId, ok, refuse, sql, type StaffOrKey } from '../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../platform/testing.ts'
import { type TestHttp, testHttp } from '../platform/testing-http.ts'
import { isStationNumber } from './rules/number.ts'
import { connectStation, openTestStations, type TestStations, until } from './testing.ts'

let ground: TestGround
let stations: TestStations
let http: TestHttp
let tenantId: string

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'power')
  const otherTenantId = await makeTestTenant(ground, 'other')
  stations = await openTestStations(ground)
  const callers: Record<string, StaffOrKey> = {
    all: caller(tenantId, 'all'),
    bound: caller(tenantId, []),
    other: caller(otherTenantId, 'all'),
  }
  http = await testHttp(ground, stations.routes, async ({ authorization }) => {
    const found = callers[authorization?.replace('Bearer ', '') ?? '']
    return found === undefined ? refuse('wrong-key') : ok(found)
  })
})
afterAll(async () => {
  await http.close()
  await stations.stop()
  await ground.close()
})

function caller(tenant: string, sites: StaffOrKey['sites']): StaffOrKey {
  const rights = new Set(['stations.read', 'stations.write', 'sites.write', 'commands.send', 'log.read'])
  const actorId = '0190a000-0000-7000-8000-000000000001'
  return { kind: 'key', tenantId: tenant, actorId, actorName: 'Test', rights, sites, language: 'en' }
}

const call: TestHttp['call'] = (address, request = {}) => http.call(address, { key: 'all', ...request })
const evses = [{ id: 1, connectors: [{ id: 1, type: 'IEC_62196_T2', maxPowerW: 22_000 }] }]
const add = async (identity: string, more: object = {}) => {
  const added = await call('POST /v1/stations', { body: { identity, evses, ...more } })
  expect(added.status).toBe(201)
  return added.body as { id: string; password: string; number: string; url: string }
}

describe('sites', () => {
  it('are found by a part of their name, city or address, page by page', async () => {
    const ids: string[] = []
    for (const n of [1, 2, 3]) {
      const made = await call('POST /v1/sites', {
        body: { name: `Quay ${n}`, city: 'Ääntä', address: 'Rantatie 100%' },
      })
      ids.push(String(made.body['id']))
    }
    await call('POST /v1/sites', { body: { name: 'Hill', city: 'Oulu' } }).then(({ body }) =>
      ids.push(String(body['id'])),
    )
    const found = async (query: string) => (await call(`GET /v1/sites?count=true&${query}`)).body
    expect(await found('q=quay')).toMatchObject({ total: 3, items: [{ name: 'Quay 1' }, {}, {}], next: null })
    expect(await found(`q=${encodeURIComponent('ÄÄNTÄ')}`)).toMatchObject({ total: 3 })
    // What is typed is looked for as it is.
    expect(await found(`q=${encodeURIComponent('0%')}`)).toMatchObject({ total: 3 })
    expect(await found(`q=${encodeURIComponent('%')}&limit=2`)).toMatchObject({ total: 3, items: [{}, {}] })
    expect(await found('q=nowhere')).toMatchObject({ total: 0, items: [] })
    for (const id of ids) expect((await call(`DELETE /v1/sites/${id}`)).status).toBe(204)
  })

  it('are added, changed and removed, but not from under stations', async () => {
    const made = await call('POST /v1/sites', {
      body: { name: 'Harbour', city: 'Turku', latitude: 60.435, longitude: 22.22 },
    })
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'Harbour', country: 'FI', timeZone: 'Europe/Helsinki', stations: 0 },
    })
    const id = String(made.body['id'])
    expect(await call(`PATCH /v1/sites/${id}`, { body: { city: null, openingHours: '24/7' } })).toMatchObject({
      status: 200,
      body: { latitude: 60.435, openingHours: '24/7' },
    })
    const station = await add('S-1', { siteId: id })
    expect(await call(`DELETE /v1/sites/${id}`)).toMatchObject({ status: 409, body: { code: 'site-has-stations' } })
    expect((await call('GET /v1/sites?count=true')).body).toMatchObject({
      items: [{ id, stations: 1 }],
      total: 1,
      next: null,
    })
    expect((await call('GET /v1/map')).body['items']).toMatchObject([
      { id: station.id, siteName: 'Harbour', latitude: 60.435, longitude: 22.22, seen: 'unknown', evses: [{ id: 1 }] },
    ])
    expect((await call(`DELETE /v1/stations/${station.id}`)).status).toBe(204)
    expect((await call(`DELETE /v1/sites/${id}`)).status).toBe(204)
    expect((await call(`GET /v1/sites/${id}`)).status).toBe(404)
  })
})

describe('stations', () => {
  it('are added with a password made for them, shown once, and a public number that checks itself (ST-CRUD)', async () => {
    const station = await add('CP 1'.replace(' ', '|'), { name: 'By the door' })
    expect(station.password).toMatch(/^[0-9a-f]{40}$/)
    expect(isStationNumber(station.number)).toBe(true)
    expect(station.url).toBe('ws://127.0.0.1:8080/ocpp/power/CP%7C1')
    const read = await call(`GET /v1/stations/${station.id}`)
    expect(read.body).toMatchObject({
      identity: 'CP|1',
      state: 'active',
      onboarding: 'accepted',
      connection: { state: 'never' },
      evses: [{ id: 1, declared: true, seen: 'unknown', connectors: [{ id: 1, type: 'IEC_62196_T2' }] }],
    })
    expect(read.text).not.toContain(station.password)
    expect((await call('GET /v1/stations?identity=CP%7C1')).body['items']).toHaveLength(1)
    expect((await call('GET /v1/stations?q=door')).body['items']).toHaveLength(1)
    expect((await call('GET /v1/stations?q=nothing')).body['items']).toHaveLength(0)
    expect((await call('POST /v1/stations', { body: { identity: 'CP|1' } })).body['code']).toBe('identity-taken')
  })

  it.each([
    [{ identity: 'a b' }, '/identity', 'not-an-identity'],
    [{ identity: 'X', password: 'short' }, '/password', 'password-too-short'],
    [{ identity: 'X', password: 'x'.repeat(41) }, '/password', 'password-too-long'],
    [{ identity: 'X', password: 'with-an-ä-inside-it' }, '/password', 'password-not-printable'],
    [{ identity: 'X', evses: [...evses, ...evses] }, '/evses', 'repeated-id'],
    [{ identity: 'X', tenantId: 'x' }, '/tenantId', 'not-known'],
  ])('are refused with the field at fault: %j', async (body, pointer, code) => {
    const refused = await call('POST /v1/stations', { body })
    expect(refused).toMatchObject({ status: 400, body: { code: 'bad-input', errors: [{ pointer, code }] } })
    expect(String((refused.body['errors'] as { message: string }[])[0]?.message)).not.toBe(code)
  })

  it('page through in order', async () => {
    for (const n of [1, 2, 3]) await add(`PAGE-${n}`)
    const first = await call('GET /v1/stations?q=PAGE-&limit=2&count=true')
    expect(first.body).toMatchObject({ items: [{ identity: 'PAGE-1' }, { identity: 'PAGE-2' }], total: 3 })
    const second = await call(`GET /v1/stations?q=PAGE-&limit=2&cursor=${String(first.body['next'])}`)
    expect(second.body).toMatchObject({ items: [{ identity: 'PAGE-3' }], next: null })
  })

  it('show what they report, and turn disabled on the map and at the station (ST-STATE)', async () => {
    const { id, password } = await add('ST-1')
    const events: string[] = []
    const stop = ground.bus.subscribe((_, notice) => events.push(notice.type))
    const station = await connectStation(stations.port, { path: '/ocpp/power/ST-1', password })
    await station.boot()
    await station.call('StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' })
    expect((await call(`GET /v1/stations/${id}`)).body).toMatchObject({
      seen: 'free',
      vendor: 'Test',
      protocol: 'ocpp1.6',
      connection: { state: 'connected' },
      evses: [{ seen: 'free', report: { status: 'available' } }],
    })
    expect((await call('GET /v1/stations?seen=free')).body['items']).toHaveLength(1)
    await station.call('StatusNotification', { connectorId: 1, status: 'Finishing', errorCode: 'NoError' })
    expect((await call(`GET /v1/stations/${id}`)).body['evses']).toMatchObject([
      { seen: 'preparing', words: 'cable-still-in' },
    ])
    const disabled = await call(`PATCH /v1/stations/${id}`, { body: { state: 'disabled' } })
    expect(disabled.body).toMatchObject({ state: 'disabled', seen: 'disabled' })
    await until(() => station.calls.find(({ action }) => action === 'ChangeAvailability'))
    expect(station.calls[0]?.payload).toEqual({ connectorId: 0, type: 'Inoperative' })
    await stations.idle()
    expect(events).toEqual(expect.arrayContaining(['station.changed', 'evse.changed', 'command.changed']))
    stop()
    await station.close()
    await until(async () => (await call(`GET /v1/stations/${id}`)).body['connection'])
  })

  it('are listed by what any of their EVSEs is, as on the map', async () => {
    const connectors = [{ id: 1, type: 'IEC_62196_T2', maxPowerW: 22_000 }]
    const { password } = await add('TWO-1', { evses: [1, 2].map((id) => ({ id, connectors })) })
    const station = await connectStation(stations.port, { path: '/ocpp/power/TWO-1', password })
    await station.boot()
    await station.call('StatusNotification', { connectorId: 1, status: 'Faulted', errorCode: 'GroundFailure' })
    await station.call('StatusNotification', { connectorId: 2, status: 'Available', errorCode: 'NoError' })
    const found = async (seen: string) => (await call(`GET /v1/stations?q=TWO-1&seen=${seen}`)).body['items']
    for (const seen of ['faulted', 'free', 'reserved,free']) expect(await found(seen), seen).toHaveLength(1)
    expect(await found('charging,reserved')).toEqual([])
    await station.close()
  })

  it('get a new password, after which the old one is refused', async () => {
    const { id, password } = await add('PW-1')
    const made = await call(`POST /v1/stations/${id}/password`)
    expect(made.body['password']).toMatch(/^[0-9a-f]{40}$/)
    await expect(connectStation(stations.port, { path: '/ocpp/power/PW-1', password })).rejects.toThrow('401')
    const now = String(made.body['password'])
    await (await connectStation(stations.port, { path: '/ocpp/power/PW-1', password: now })).close()
  })

  it('are seen by nobody of another network, or of other sites', async () => {
    const { id } = await add('ISO-1')
    for (const key of ['other', 'bound']) {
      expect((await call(`GET /v1/stations/${id}`, { key })).status).toBe(404)
      expect((await call(`GET /v1/stations/${id}/ocpp-log`, { key })).status).toBe(404)
      expect((await call(`POST /v1/stations/${id}/commands`, { key, body: { kind: 'clear-cache' } })).status).toBe(404)
      expect((await call('GET /v1/map', { key })).body['items']).toEqual([])
    }
    expect((await call(`GET /v1/stations/${id}`)).status).toBe(200)
  })
})

describe('refused stations', () => {
  it('are listed with the right address and adopted by a call, keeping the password they offered', async () => {
    const password = 'what-the-installer-typed'
    await expect(connectStation(stations.port, { path: '/ocpp/power/NEW-1', password })).rejects.toThrow('404')
    await stations.idle()
    const listed = (await call('GET /v1/refused-stations')).body['items'] as Record<string, unknown>[]
    const refused = listed.find(({ identity }) => identity === 'NEW-1')
    expect(refused).toMatchObject({
      reason: 'unknown-identity',
      url: 'ws://127.0.0.1:8080/ocpp/power/NEW-1',
      address: '127.0.0.1',
      protocol: 'ocpp1.6',
      mayKeepPassword: true,
      count: 1,
    })
    const adopted = await call(`POST /v1/refused-stations/${String(refused?.['id'])}/adopt`, {
      body: { name: 'Adopted', keepPassword: true, evses },
    })
    expect(adopted).toMatchObject({ status: 201, body: { identity: 'NEW-1', name: 'Adopted' } })
    expect(adopted.body).not.toHaveProperty('password')
    const station = await connectStation(stations.port, { path: '/ocpp/power/NEW-1', password })
    expect(await station.boot()).toMatchObject({ status: 'Accepted' })
    expect((await call('GET /v1/refused-stations')).text).not.toContain('NEW-1')
    await station.close()
  })

  it('are listed no more once they are made, also when their last attempt is written later', async () => {
    const password = 'what-the-installer-typed'
    const listed = async () => (await call('GET /v1/refused-stations')).text
    await expect(connectStation(stations.port, { path: '/ocpp/power/EARLY-1', password })).rejects.toThrow('404')
    await stations.idle()
    expect(await listed()).toContain('EARLY-1')
    await expect(connectStation(stations.port, { path: '/ocpp/power/EARLY-1', password })).rejects.toThrow('404')
    await add('EARLY-1')
    await stations.idle()
    expect(await listed()).not.toContain('EARLY-1')
  })

  it('that are ours already get the password they came with', async () => {
    const { id } = await add('OURS-1')
    const password = 'another-installers-word'
    await expect(connectStation(stations.port, { path: '/ocpp/power/OURS-1', password })).rejects.toThrow('401')
    await stations.idle()
    const listed = (await call('GET /v1/refused-stations')).body['items'] as Record<string, unknown>[]
    const refused = listed.find(({ identity }) => identity === 'OURS-1')
    const adopted = await call(`POST /v1/refused-stations/${String(refused?.['id'])}/adopt`, {
      body: { keepPassword: true },
    })
    expect(adopted.body['id']).toBe(id)
    await (await connectStation(stations.port, { path: '/ocpp/power/OURS-1', password })).close()
  })
})

describe('commands and the log', () => {
  it('are sent, read with their outcome, and shown as they went over the wire, masked', async () => {
    const { id, password } = await add('CMD-1')
    const station = await connectStation(stations.port, { path: '/ocpp/power/CMD-1', password })
    await station.boot()
    const body = { kind: 'start-transaction', evse: 1, idToken: { uid: 'CARD-12345678' } }
    const sent = await call(`POST /v1/stations/${id}/commands`, { body })
    expect(sent).toMatchObject({ status: 202, body: { kind: 'start-transaction', state: 'queued' } })
    expect(sent.headers['location']).toBe(`/v1/commands/${String(sent.body['id'])}`)
    const answered = await until(async () => {
      const read = await call(`GET /v1/commands/${String(sent.body['id'])}`)
      return read.body['state'] === 'answered' ? read : undefined
    })
    expect(answered.body).toMatchObject({
      answer: { outcome: 'accepted' },
      exact: { action: 'RemoteStartTransaction', payload: { idTag: '•••5678' } },
      expectedEffect: 'transaction-started',
      by: { kind: 'key', name: 'Test' },
    })
    expect((await call(`GET /v1/commands?stationId=${id}`)).body['items']).toHaveLength(1)
    await stations.idle()
    const log = await call(`GET /v1/stations/${id}/ocpp-log?limit=1`)
    expect(log.body['items']).toMatchObject([
      {
        direction: 'to-station',
        action: 'RemoteStartTransaction',
        answer: { kind: 'result', text: expect.stringContaining('Accepted') },
      },
    ])
    expect(log.text).not.toContain('CARD-12345678')
    const older = await call(`GET /v1/stations/${id}/ocpp-log?before=${String(log.body['next'])}`)
    expect(older.body['items']).toMatchObject([{ action: 'BootNotification', direction: 'from-station' }])
    station.socket.send('[2,"x","Nonsense",{}]')
    await until(async () => {
      const read = await call(`GET /v1/stations/${id}/refused-messages`)
      return (read.body['items'] as { action: string }[])[0]?.action === 'Nonsense'
    })
    await station.close()
  })

  it('refuses what the version has not got, or what does not fit, before it is sent', async () => {
    const { id, password } = await add('CMD-2')
    const station = await connectStation(stations.port, { path: '/ocpp/power/CMD-2', password })
    await station.boot()
    const refused = (body: object) => call(`POST /v1/stations/${id}/commands`, { body })
    expect(await refused({ kind: 'transaction-status', transactionNumber: '1' })).toMatchObject({
      status: 422,
      body: { code: 'not-supported' },
    })
    expect(await refused({ kind: 'raw-call', action: 'Reset', payload: { type: 'Odd' } })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/payload/type', code: 'does-not-fit' }] },
    })
    expect(await refused({ kind: 'raw-call', action: 'BootNotification', payload: {} })).toMatchObject({
      body: { errors: [{ pointer: '/action', code: 'unknown-action' }] },
    })
    expect(
      await refused({ kind: 'write-settings', settings: [{ name: 'AuthorizationKey', value: 'x' }] }),
    ).toMatchObject({ status: 400 })
    const key = { key: 'authorizationKey', value: 'x'.repeat(40) }
    const named = { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' }, attributeValue: 'x' }
    for (const [action, payload, pointer] of [
      ['ChangeConfiguration', key, '/payload'],
      ['SetVariables', { setVariableData: [named] }, '/payload/setVariableData/0'],
    ] as const) {
      expect(await refused({ kind: 'raw-call', action, payload })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer, code: 'credential-by-setting' }] },
      })
    }
    // attack 23: a file server's password for everybody on the way to read; the control is the same address without one.
    const update = (location: string) => ({
      kind: 'raw-call',
      action: 'UpdateFirmware',
      payload: { location, retrieveDate: '2026-11-26T12:00:00Z' },
    })
    expect(await refused(update('ftp://files:secret@example.org/1.bin'))).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/payload/location', code: 'secret-in-the-open' }] },
    })
    expect(await refused(update('ftp://files@example.org/1.bin'))).toMatchObject({ status: 202 })
    expect(await refused({ kind: 'write-settings', settings: [{ name: 'WifiPassword', value: 'x' }] })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/settings/0', code: 'secret-in-the-open' }] },
    })
    expect(await refused({ kind: 'start-transaction', evse: 1 })).toMatchObject({ body: { code: 'start-refused' } })
    const kinds = (await call(`GET /v1/stations/${id}/command-kinds`)).body['items']
    expect(kinds).toEqual(
      expect.arrayContaining([
        { kind: 'reset', supported: true },
        { kind: 'transaction-status', supported: false },
      ]),
    )
    await station.close()
  })

  it('shows frames live to whoever has opened the log', async () => {
    const { id, password } = await add('LIVE-1')
    const frames: Record<string, unknown>[] = []
    const stop = ground.bus.subscribe((_, notice) => {
      if (notice.type === 'ocpp.frame') frames.push({ ...notice })
    })
    const station = await connectStation(stations.port, { path: '/ocpp/power/LIVE-1', password })
    await station.boot()
    expect(frames).toEqual([])
    await call(`GET /v1/stations/${id}/ocpp-log`)
    await station.call('Authorize', { idTag: 'A-LONG-CARD-0001' })
    expect(frames).toMatchObject([
      { stationId: id, direction: 'from-station', action: 'Authorize', text: expect.stringContaining('•••0001') },
      { stationId: id, direction: 'to-station', kind: 'result' },
    ])
    stop()
    await station.close()
  })
})

describe('a station that is open on somebody’s screen', () => {
  it('may be changed though it has said something meanwhile, and not when somebody else changed it', async () => {
    const { id } = await add('TAGGED-1', { name: 'Left' })
    const tag = async () => String((await call(`GET /v1/stations/${id}`)).headers['etag'])
    const before = await tag()
    await ground.database.inTenant(tenantId, (tx) =>
      tx.run(sql`
        update stations set last_seen_at = now(), connected_at = now(), firmware = firmware where id = ${id}`),
    )
    expect(await tag()).toBe(before)
    // What has changed by itself is not called unchanged.
    const again = await call(`GET /v1/stations/${id}`, { headers: { 'if-none-match': before } })
    expect(again).toMatchObject({ status: 200, body: { connection: { state: 'connected' } } })
    const change = (name: string) =>
      call(`PATCH /v1/stations/${id}`, { body: { name }, headers: { 'if-match': before } })
    expect((await change('Right')).status).toBe(200)
    expect(await change('Wrong')).toMatchObject({ status: 412, body: { code: 'changed-meanwhile' } })
  })

  it('shows the power of the session at its EVSE', async () => {
    const { id } = await add('POWER-1')
    const sessionId = newId()
    const at = ground.clock.now()
    await ground.database.inTenant(tenantId, async (tx) => {
      await tx.run(sql`
        insert into sessions (tenant_id, id, number, station_id, evse_id, state, machine, progress, started_by, started_at,
          power_w, changed_at)
        values (${tenantId}, ${sessionId}, 900001, ${id}, 1, 'delivering', '{}', '[]', 'card', ${at}, 7360, ${at})`)
      await tx.run(sql`
        update evses set open_session_id = ${sessionId}, open_session_state = 'delivering' where station_id = ${id} and evse_id = 1`)
    })
    const { body } = await call(`GET /v1/stations/${id}`)
    expect(body['evses']).toMatchObject([{ id: 1, powerW: 7_360, session: { id: sessionId, powerW: 7_360 } }])
  })
})
