import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectStation, until } from './testing.ts'
import { openTestRest, type TestRest } from './testing-rest.ts'

let rest: TestRest
let ground: TestRest['ground']
let stations: TestRest['stations']
let call: TestRest['call']
let add: TestRest['add']

beforeAll(async () => {
  rest = await openTestRest()
  ;({ ground, stations, call, add } = rest)
})
afterAll(() => rest.close())

describe('commands and the log', () => {
  it('are sent, read with their outcome, and shown as they went over the wire, masked', async () => {
    const { id, password } = await add('CMD-1')
    const station = await connectStation(stations.port, { path: '/ocpp/power/CMD-1', password })
    await station.boot()
    const body = { kind: 'start-transaction', evseId: 1, idToken: { uid: 'CARD-12345678' } }
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
    const whole = await call(`GET /v1/stations/${id}/ocpp-log?count=true`)
    expect(whole.body).toMatchObject({ total: (whole.body['items'] as unknown[]).length })
    expect((await call(`GET /v1/stations/${id}/ocpp-log?count=true&action=Nothing`)).body).toMatchObject({ total: 0 })
    const [last] = log.body['items'] as { at: string; action: string }[]
    const upTo = await call(`GET /v1/stations/${id}/ocpp-log?count=true&until=${last?.at}&limit=1`)
    expect(upTo.body).toMatchObject({ items: [{ at: last?.at, action: last?.action }], total: whole.body['total'] })
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
    // One target twice in one request is no request (2.x), and never what anybody means.
    const names = ['TxCtrlr.EVConnectionTimeOut', 'txctrlr.evconnectiontimeout']
    const settings = names.map((name) => ({ name, value: '60' }))
    for (const [body, pointer] of [
      [{ kind: 'write-settings', settings }, '/settings'],
      [{ kind: 'read-settings', names }, '/names'],
    ] as const) {
      expect(await refused(body)).toMatchObject({
        status: 400,
        body: { errors: [{ pointer, code: 'repeated-setting' }] },
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
    expect(await refused({ kind: 'start-transaction', evseId: 1 })).toMatchObject({ body: { code: 'start-refused' } })
    const kinds = (await call(`GET /v1/stations/${id}/command-kinds`)).body['items']
    expect(kinds).toEqual(
      expect.arrayContaining([
        { kind: 'reset', supported: true },
        { kind: 'transaction-status', supported: false },
      ]),
    )
    // What the platform keeps to itself is refused, and so not offered.
    expect(kinds).not.toContainEqual(expect.objectContaining({ kind: 'send-list' }))
    expect(await refused({ kind: 'send-list' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/kind' }] },
    })
    await station.close()
  })

  it('name EVSE and connector as all else does; their former names are still taken', async () => {
    const { id } = await add('CMD-3')
    const ask = (body: object) => call(`POST /v1/stations/${id}/commands`, { body })
    const named = { evseId: 1, connectorId: 1 }
    const triggered = await ask({ kind: 'trigger', message: 'status', ...named })
    expect(triggered).toMatchObject({ status: 202, body: { request: { message: 'status', ...named } } })
    expect((await ask({ kind: 'unlock', evse: 1, connector: 1 })).body['request']).toEqual({ kind: 'unlock', ...named })
    expect(await ask({ kind: 'unlock', evseId: 0 })).toMatchObject({ body: { errors: [{ pointer: '/evseId' }] } })
    expect(await ask({ kind: 'unlock', evseId: 1, evse: 1 })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/evse', code: 'not-known' }] },
    })
    expect(await ask({ kind: 'unlock' })).toMatchObject({ body: { errors: [{ pointer: '/evseId', code: 'missing' }] } })
    // A connector alone names none: without its EVSE the whole station would be taken out of use.
    const [off, status] = [
      { kind: 'set-availability', operative: false } as const,
      { kind: 'trigger', message: 'status' },
    ]
    for (const body of [off, status]) {
      expect(await ask({ ...body, connectorId: 2 })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/evseId', code: 'missing' }] },
      })
    }
    expect(await ask({ ...off, ...named })).toMatchObject({ status: 202, body: { request: named } })
    expect(await ask({})).toMatchObject({ body: { errors: [{ pointer: '/kind', code: 'missing' }] } })
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
