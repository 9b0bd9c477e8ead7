import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId, sql } from '../platform/index.ts'
import { somebodyWaits } from '../platform/testing.ts'
import { isStationNumber } from './rules/number.ts'
import { connectStation, until } from './testing.ts'
import { oneEvse as evses, openTestRest, type TestRest } from './testing-rest.ts'

let rest: TestRest
let ground: TestRest['ground']
let stations: TestRest['stations']
let tenantId: TestRest['tenantId']
let call: TestRest['call']
let add: TestRest['add']

beforeAll(async () => {
  rest = await openTestRest()
  ;({ ground, stations, tenantId, call, add } = rest)
})
afterAll(() => rest.close())

const TYPE = '/evses/0/connectors/0/type'

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

  it('are found by their number as it is read aloud, and by what was copied with a blank too much', async () => {
    const { number } = await add('read-aloud', { name: 'At the pier' })
    const spoken = number.replaceAll(/\B(?=(\d{3})+$)/g, ' ')
    const found = async (q: string) => (await call(`GET /v1/stations?q=${encodeURIComponent(q)}`)).body['items']
    expect(spoken).not.toBe(number)
    expect(await found(spoken)).toMatchObject([{ number }])
    expect(await found(spoken.replaceAll(' ', '\u00a0'))).toMatchObject([{ number }])
    expect(await found(' at the pier ')).toMatchObject([{ number }])
    expect(await found('   ')).not.toHaveLength(0)
  })

  it('cost no public number where they are refused, however often they are asked for', async () => {
    const numbers = () =>
      ground.database.inDirectory((tx) =>
        tx.row<{ count: bigint }>(sql`select count(*) from directory.station_numbers where tenant_id = ${tenantId}`),
      )
    await add('ONCE')
    const before = await numbers()
    const refused = await call('POST /v1/stations', { body: { identity: 'ONCE' } })
    expect(refused).toMatchObject({ status: 409, body: { code: 'identity-taken' } })
    expect(await numbers()).toEqual(before)
  })

  it.each([
    [{ identity: 'a b' }, '/identity', 'not-an-identity'],
    [{ identity: 'X', password: 'short' }, '/password', 'password-too-short'],
    [{ identity: 'X', password: 'x'.repeat(41) }, '/password', 'password-too-long'],
    [{ identity: 'X', password: 'with-an-ä-inside-it' }, '/password', 'password-not-printable'],
    [{ identity: 'X', evses: [...evses, ...evses] }, '/evses', 'repeated-id'],
    [{ identity: 'X', tenantId: 'x' }, '/tenantId', 'not-known'],
    [{ identity: 'X', evses: [{ id: 1, connectors: [{ id: 1, type: 'TYPE_2' }] }] }, TYPE, 'not-one-of'],
    [{ identity: 'X', evses: [{ id: 1, connectors: [{ id: 1, type: 'iec_62196_t2' }] }] }, TYPE, 'not-one-of'],
  ])('are refused with the field at fault: %j', async (body, pointer, code) => {
    const refused = await call('POST /v1/stations', { body })
    expect(refused).toMatchObject({ status: 400, body: { code: 'bad-input', errors: [{ pointer, code }] } })
    expect(String((refused.body['errors'] as { message: string }[])[0]?.message)).not.toBe(code)
  })

  it('take each plug by the name that OCPI has for it', async () => {
    const connectors = ['IEC_60309_2_single_16', 'SAE_J3400'].map((type, n) => ({ id: n + 1, type }))
    const { id } = await add('PLUGS', { evses: [{ id: 1, connectors }] })
    expect((await call(`GET /v1/stations/${id}`)).body).toMatchObject({ evses: [{ connectors }] })
  })

  it.each([2, 3])('are not promised profile %i, whose connections are not built: they could never come', async (n) => {
    const refusal = { code: 'not-supported', errors: [{ pointer: '/securityProfile', code: 'profile-not-built' }] }
    const body = { securityProfile: n }
    expect(await call('POST /v1/stations', { body: { identity: `TLS-${n}`, ...body } })).toMatchObject({
      status: 422,
      body: refusal,
    })
    const { id } = await add(`PLAIN-${n}`)
    expect(await call(`PATCH /v1/stations/${id}`, { body })).toMatchObject({ status: 422, body: refusal })
    expect((await call(`GET /v1/stations/${id}`)).body).toMatchObject({ securityProfile: 1 })
    // One that has it from elsewhere may be changed in all else.
    await ground.database.inTenant(tenantId, (tx) =>
      tx.run(sql`update stations set security_profile = ${n} where id = ${id}`),
    )
    expect((await call(`PATCH /v1/stations/${id}`, { body: { ...body, name: 'By the door' } })).status).toBe(200)
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

  it('get other EVSEs and connectors than they were added with, and lose some; what is charged there is not cut off (ST-CRUD)', async () => {
    const plug = (id: number, type: string, maxPowerW: number) => ({ id, type, maxPowerW })
    const { id } = await add('HARD-1', {
      evses: [1, 2].map((evse) => ({ id: evse, connectors: [plug(1, 'IEC_62196_T2', 22_000)] })),
    })
    const change = (body: object) => call(`PATCH /v1/stations/${id}`, { body })
    const ccs = { id: 1, connectors: [plug(2, 'IEC_62196_T2_COMBO', 150_000)] }
    const added = { id: 3, connectors: [plug(1, 'CHADEMO', 50_000)] }
    const after = await change({ evses: [ccs, added], removeEvses: [2] })
    expect(after.status).toBe(200)
    expect(after.body['evses']).toMatchObject([ccs, added])
    expect(await change({ removeEvses: [2] })).toMatchObject({ status: 422, body: { code: 'no-such-evse' } })

    await ground.database.inTenant(tenantId, (tx) =>
      tx.run(sql`update evses set open_session_id = ${newId()} where station_id = ${id} and evse_id = 3`),
    )
    expect(await change({ name: 'Not this', removeEvses: [1, 3] })).toMatchObject({
      status: 409,
      body: { code: 'evse-in-use' },
    })
    const now = (await call(`GET /v1/stations/${id}`)).body
    expect(now['evses']).toHaveLength(2)
    expect(now).not.toHaveProperty('name')
  })

  it('get another identity: the former is unknown from then on, and one of another station is refused (ST-CRUD)', async () => {
    const { id, password } = await add('SLIP-0')
    await add('SLIP-2')
    const socket = await connectStation(stations.port, { path: '/ocpp/power/SLIP-0', password })
    const change = (identity: string) => call(`PATCH /v1/stations/${id}`, { body: { identity } })
    expect(await change('SLIP-2')).toMatchObject({ status: 409, body: { code: 'identity-taken' } })
    expect(await change('SLIP-1')).toMatchObject({
      status: 200,
      body: { identity: 'SLIP-1', url: 'ws://127.0.0.1:8080/ocpp/power/SLIP-1' },
    })
    await socket.closed
    await expect(connectStation(stations.port, { path: '/ocpp/power/SLIP-0', password })).rejects.toThrow('404')
    await (await connectStation(stations.port, { path: '/ocpp/power/SLIP-1', password })).close()
  })

  it('get no identity that another is just getting (ST-CRUD)', async () => {
    const [{ id: first }, { id: second }] = [await add('RACE-0'), await add('RACE-1')]
    let answer: ReturnType<typeof call> | undefined
    await ground.database.inTenant(tenantId, async (tx) => {
      await tx.run(sql`update stations set identity = 'RACE-2' where tenant_id = ${tenantId} and id = ${first}`)
      answer = call(`PATCH /v1/stations/${second}`, { body: { identity: 'RACE-2' } })
      await somebodyWaits(ground, answer)
    })
    expect(await answer).toMatchObject({ status: 409, body: { code: 'identity-taken' } })
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
