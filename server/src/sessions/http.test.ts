import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { carryOutDue, type HttpServer, newId, ok, openHttp, openTexts, refuse, takeDue } from '../platform/index.ts'
import type { SettledCommand } from '../stations/index.ts'
import { subscriberRoutes } from '../subscribers/index.ts'
import {
  makeTestStation,
  makeTestTariff,
  makeTestToken,
  openAt,
  reportFrom,
  say16,
  say2x,
  T0,
  take,
  type TestNetwork,
  testNetwork,
} from './testing-network.ts'
import { type Sessions, wireSessions } from './wire.ts'

let network: TestNetwork
let http: HttpServer
let sessions: Sessions
let tariffId: string

beforeAll(async () => {
  network = await testNetwork()
  sessions = wireSessions(network.deps)
  tariffId = await makeTestTariff(network)
  await makeTestToken(network, 'DEADBEEF')
  const texts = openTexts('languages')
  http = await openHttp({
    ground: network.ground,
    texts,
    routes: [...sessions.routes, ...subscriberRoutes(network.ground)],
    async authenticate({ authorization }) {
      if (authorization !== 'Bearer key') return refuse('wrong-key')
      const rights = new Set(['sessions.read', 'sessions.write', 'tokens.read', 'tokens.write'])
      const { tenantId } = network
      return ok({ kind: 'staff', tenantId, actorId: newId(), actorName: 'Aino', rights, sites: 'all', language: 'en' })
    },
    trustedProxies: [],
    folders: [],
  })
})
afterAll(async () => {
  await http.close()
  await network.close()
})

async function call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: unknown) {
  const answer = await http.inject({
    method,
    url,
    headers: { authorization: 'Bearer key' },
    ...(body === undefined ? {} : { payload: body as object }),
  })
  // What a route answers is not known to the compiler here.
  // biome-ignore lint: tests read it member by member
  return { status: answer.statusCode, body: (answer.body === '' ? undefined : answer.json()) as any }
}

const tell = (station: string, body: Parameters<typeof reportFrom>[2]) =>
  take(network, [reportFrom(network.tenantId, station, body, network.clock.now())])

async function settle(command: Partial<SettledCommand> & Pick<SettledCommand, 'command' | 'sessionId' | 'stationId'>) {
  await network.ground.database.inTenant(network.tenantId, (tx) =>
    sessions.commandSettled(tx, { id: newId(), at: network.clock.now(), state: 'answered', ...command }),
  )
}

const workDeadlines = () => takeDue(network.ground, sessions.deadlines)
const workEffects = () => carryOutDue({ ...network.ground, handlers: sessions.effects })

function lastCommand(stationId: string) {
  const last = network.commands.filter((one) => one.stationId === stationId).at(-1)
  if (last === undefined) throw new Error('no command was sent')
  return last
}

describe('sessions over REST', () => {
  it('start with a one-use token, are met by their start (1.6), and are priced', async () => {
    const station = await makeTestStation(network)
    const started = await call('POST', '/v1/sessions', { stationId: station, evseId: 1 })
    expect(started).toMatchObject({
      status: 202,
      body: { state: 'waiting-for-station', startedBy: { kind: 'staff', name: 'Aino' } },
    })
    const { command, sessionId } = lastCommand(station)
    expect(command).toMatchObject({ kind: 'start-transaction', evse: 1, idToken: { type: 'Central' } })
    const { idToken } = command as { idToken: { uid: string } }
    expect(idToken.uid).toMatch(/^S-[0-9A-Z]{12}$/)
    await settle({ command, stationId: station, sessionId: sessionId ?? null })
    expect((await call('GET', `/v1/sessions/${sessionId}`)).body.state).toBe('waiting-for-cable')
    // The station asks for the token before it starts: it is good here, and nowhere else.
    const question = { tenantId: network.tenantId, idToken, at: network.clock.now() }
    expect((await sessions.judgeToken({ ...question, stationId: station })).verdict).toBe('accepted')
    expect((await sessions.judgeToken({ ...question, stationId: await makeTestStation(network) })).verdict).toBe(
      'invalid',
    )

    const [answer] = await tell(station, say16.start(network.clock.now(), idToken.uid, 1_000))
    expect(answer).toMatchObject({ token: { verdict: 'accepted' } })
    const { number } = answer as { number: string }
    network.clock.move({ minutes: 30 })
    await tell(station, say16.meter(network.clock.now(), number, 9_000))
    const running = await call('GET', `/v1/sessions/${sessionId}`)
    expect(running.body).toMatchObject({
      state: 'delivering',
      energyWh: 8_000,
      powerW: 11_000,
      durationSeconds: 1_800,
      transactionNumber: number,
      cost: { totals: { inclTax: { minor: '251', currency: 'EUR' } }, tariffId, tariffVersion: 1, soFar: true },
    })
    const stopping = await call('POST', `/v1/sessions/${sessionId}/stop`)
    expect(stopping.status).toBe(202)
    expect(lastCommand(station).command).toEqual({ kind: 'stop-transaction', transactionNumber: number })
    await tell(station, say16.stop(network.clock.now(), number, 9_000))
    const over = await call('GET', `/v1/sessions/${sessionId}`)
    expect(over.body).toMatchObject({ state: 'ended', cost: { soFar: false }, records: [1] })
    expect(over.body.lines).toMatchObject([{ dimension: 'ENERGY', measured: 8_000, billed: 8_000 }])
    expect(over.body.history.map((change: { state: string }) => change.state)).toContain('delivering')
    expect(await call('POST', `/v1/sessions/${sessionId}/stop`)).toMatchObject({
      status: 409,
      body: { code: 'session-over' },
    })
    // Its token has done its work.
    expect((await sessions.judgeToken({ ...question, stationId: station })).verdict).toBe('invalid')
  })

  it('hand each record to the built-in billing system once (END-SDR)', async () => {
    const station = await makeTestStation(network)
    const [answer] = await tell(station, say16.start(network.clock.now(), 'DEADBEEF', 0))
    network.clock.move({ minutes: 1 })
    await tell(station, say16.stop(network.clock.now(), (answer as { number: string }).number, 500))
    const sessionId = (await call('GET', `/v1/sessions?stationId=${station}`)).body.items[0].id
    const waiting = await call('GET', `/v1/session-records?sessionId=${sessionId}`)
    expect(waiting.body.items).toMatchObject([{ revision: 1, handedOn: [{ state: 'waiting' }] }])
    await workEffects()
    await workEffects()
    const done = await call('GET', `/v1/session-records?sessionId=${sessionId}`)
    expect(done.body.items).toMatchObject([{ revision: 1, handedOn: [{ state: 'done', attempts: 1 }] }])
  })

  it('are met by their remoteStartId (2.x) when the cable was in already', async () => {
    const station = await makeTestStation(network)
    const now = network.clock.now()
    await tell(station, say2x('transaction-started', 'cable-first', 0, now, { chargingState: 'ev-connected' }))
    const before = await call('GET', `/v1/sessions?stationId=${station}`)
    expect(before.body.items).toMatchObject([{ state: 'waiting-for-token' }])
    const started = await call('POST', '/v1/sessions', { stationId: station, evseId: 1 })
    expect(started.body.id).toBe(before.body.items[0].id)
    const { remoteStartId } = lastCommand(station).command as { remoteStartId: number }
    await tell(
      station,
      say2x('transaction-updated', 'cable-first', 1, now, { remoteStartId, chargingState: 'charging' }),
    )
    const after = await call('GET', `/v1/sessions?stationId=${station}`)
    expect(after.body.items).toMatchObject([{ state: 'delivering', flags: [], startedBy: { kind: 'staff' } }])
  })

  it('are refused where VALID has a reason, with what to do', async () => {
    const station = await makeTestStation(network)
    const disabled = await makeTestStation(network, { state: 'disabled' })
    const away = await makeTestStation(network, { connected: false })
    const ask = (stationId: string, more: object = {}) =>
      call('POST', '/v1/sessions', { stationId, evseId: 1, ...more })
    expect(await ask(disabled)).toMatchObject({ status: 409, body: { code: 'station-disabled' } })
    expect(await ask(away)).toMatchObject({ status: 409, body: { code: 'station-offline' } })
    expect(await ask(station, { evseId: 9 })).toMatchObject({ status: 409, body: { code: 'evse-unknown' } })
    expect(await ask(station, { for: { idToken: { uid: 'NOBODY' } } })).toMatchObject({
      status: 409,
      body: { code: 'unknown-token', errors: [{ pointer: '/for/idToken/uid' }] },
    })
    expect(await ask(station, { for: { phone: '+358401234567' } })).toMatchObject({ body: { code: 'not-supported' } })
    expect(await ask(newId())).toMatchObject({ status: 404, body: { code: 'no-such-station' } })
    expect(await ask(station)).toMatchObject({ status: 202 })
    expect(await ask(station)).toMatchObject({ status: 409, body: { code: 'evse-busy' } })
  })

  it('are taken back before anything began, and given up when no cable comes (SMS-CABLE)', async () => {
    const station = await makeTestStation(network)
    const first = await call('POST', '/v1/sessions', { stationId: station, evseId: 1 })
    expect((await call('POST', `/v1/sessions/${first.body.id}/stop`)).body).toMatchObject({
      state: 'abandoned',
      stopReason: 'stopped-by-staff',
    })
    expect(await openAt(network, station)).toBeNull()
    const second = await call('POST', '/v1/sessions', { stationId: station, evseId: 1 })
    const { command } = lastCommand(station)
    await settle({ command, stationId: station, sessionId: second.body.id })
    network.clock.move({ seconds: 151 })
    await workDeadlines()
    expect((await call('GET', `/v1/sessions/${second.body.id}`)).body.state).toBe('abandoned')
    expect(await openAt(network, station)).toBeNull()
  })

  it('end as refused when the station refuses, and tell why', async () => {
    const station = await makeTestStation(network)
    const wish = await call('POST', '/v1/sessions', { stationId: station, evseId: 1 })
    const { command } = lastCommand(station)
    await settle({ command, stationId: station, sessionId: wish.body.id, state: 'failed', failure: 'rejected' })
    const refused = await call('GET', `/v1/sessions/${wish.body.id}`)
    expect(refused.body).toMatchObject({ state: 'refused', stopReason: 'rejected' })
  })

  it('without meter data are asked for, estimated, and corrected by a later truth (END-METER)', async () => {
    const station = await makeTestStation(network)
    const start = network.clock.now()
    await tell(
      station,
      say2x('transaction-started', 'silent', 0, start, {
        idToken: { uid: 'DEADBEEF' },
        chargingState: 'charging',
        registerWh: 1_000,
      }),
    )
    network.clock.move({ minutes: 10 })
    await tell(station, say2x('transaction-updated', 'silent', 1, network.clock.now(), { registerWh: 3_000 }))
    network.clock.move({ minutes: 10 })
    await tell(station, say2x('transaction-ended', 'silent', 2, network.clock.now(), { stopReason: 'local' }))
    const one = async () => (await call('GET', `/v1/sessions?stationId=${station}`)).body.items[0]
    expect((await one()).state).toBe('waiting-for-meter')
    const asked: string[] = []
    for (let minute = 0; minute < 12; minute += 1) {
      network.clock.move({ minutes: 1 })
      await workDeadlines()
    }
    for (const { command, stationId } of network.commands) if (stationId === station) asked.push(command.kind)
    expect(asked).toEqual(Array.from({ length: 3 }, () => ['transaction-status', 'fetch-meter']).flat())
    expect(await one()).toMatchObject({ state: 'ended', flags: ['estimated'], energyWh: 2_000 })
    expect(network.alerts.some(({ kind, stationId }) => kind === 'session-estimated' && stationId === station)).toBe(
      true,
    )
    await tell(station, {
      kind: 'meter-read',
      evse: 1,
      transactionNumber: 'silent',
      readings: [{ at: network.clock.now(), context: 'trigger', registerWh: 4_500 }],
    })
    const corrected = await one()
    expect(corrected).toMatchObject({ state: 'ended', flags: [], energyWh: 3_500 })
    const records = await call('GET', `/v1/session-records?sessionId=${corrected.id}`)
    expect(records.body.items).toMatchObject([
      { revision: 2, reason: 'truth', estimated: false, energyWh: 3_500 },
      { revision: 1, reason: 'estimate', estimated: true, energyWh: 2_000 },
    ])
    await workEffects()
  })

  it('are told to stop when they last too long (SES-LIMIT)', async () => {
    const station = await makeTestStation(network)
    const [answer] = await tell(station, say16.start(network.clock.now(), 'DEADBEEF', 0))
    network.clock.move({ minutes: 5 })
    await tell(station, say16.meter(network.clock.now(), (answer as { number: string }).number, 700))
    network.clock.move({ hours: 24 })
    await workDeadlines()
    expect(lastCommand(station).command.kind).toBe('stop-transaction')
    const [session] = (await call('GET', `/v1/sessions?stationId=${station}`)).body.items
    expect(session.flags).toEqual(['over-limit'])
  })

  it('page from newest to oldest, each once', async () => {
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await call('GET', `/v1/sessions?limit=2&count=true${cursor}`)
      seen.push(...page.body.items.map((item: { id: string }) => item.id))
      cursor = page.body.next === null ? '' : `&cursor=${page.body.next}`
      if (cursor === '') expect(page.body.total).toBe(seen.length)
    } while (cursor !== '')
    expect(new Set(seen).size).toBe(seen.length)
  })
})

describe('validity checks (VALID)', () => {
  const check = (body: object) => call('POST', '/v1/validity-checks', body)

  it('say yes, or why not in words', async () => {
    const station = await makeTestStation(network)
    const { body } = await check({ for: { idToken: { uid: 'deadbeef' } }, stationId: station, evseId: 2 })
    expect(body).toEqual({ valid: true, reasons: [] })
    await makeTestToken(network, 'EXPIRED1', { status: 'expired' })
    const expired = await check({ for: { idToken: { uid: 'EXPIRED1' } }, stationId: station })
    expect(expired.body).toMatchObject({ valid: false, reasons: [{ code: 'token-expired' }] })
    expect(expired.body.reasons[0].message).toMatch(/no longer valid/)
  })
})

describe('id tokens', () => {
  it('are added, found without case, changed and removed, and never shown whole', async () => {
    const made = await call('POST', '/v1/id-tokens', { uid: 'AbCd1234', type: 'ISO14443', label: 'Van 7' })
    expect(made).toMatchObject({ status: 201, body: { last4: '1234', status: 'active', label: 'Van 7' } })
    expect(JSON.stringify(made.body)).not.toContain('AbCd')
    expect(await call('POST', '/v1/id-tokens', { uid: 'abcd1234' })).toMatchObject({
      status: 409,
      body: { code: 'uid-taken', errors: [{ pointer: '/uid' }] },
    })
    const found = await call('GET', '/v1/id-tokens?uid=ABCD1234')
    expect(found.body.items).toMatchObject([{ id: made.body.id }])
    const changed = await call('PATCH', `/v1/id-tokens/${made.body.id}`, { label: null, maxSessions: 2 })
    expect(changed.body).toMatchObject({ maxSessions: 2 })
    expect(changed.body.label).toBeUndefined()
    expect((await call('DELETE', `/v1/id-tokens/${made.body.id}`)).status).toBe(204)
    expect((await call('GET', `/v1/id-tokens/${made.body.id}`)).status).toBe(404)
    expect((await call('POST', '/v1/id-tokens', { uid: 'abcd1234' })).status).toBe(201)
  })

  it('that are blocked are refused at the next tap, and connected stations forget them within a minute (CARD-VALID)', async () => {
    const station = await makeTestStation(network)
    const away = await makeTestStation(network, { connected: false })
    const { body: made } = await call('POST', '/v1/id-tokens', { uid: '0BADCAFE' })
    const tap = async () =>
      (
        await sessions.judgeToken({
          tenantId: network.tenantId,
          stationId: station,
          idToken: { uid: '0badcafe' },
          at: network.clock.now(),
        })
      ).verdict
    expect(await tap()).toBe('accepted')
    const blocked = await call('PATCH', `/v1/id-tokens/${made.id}`, { status: 'blocked' })
    expect(await tap()).toBe('blocked')
    expect(blocked.body.blockedReach.stations).toBeGreaterThan(0)
    network.clock.move({ seconds: 60 })
    await workEffects()
    const cleared = network.commands.filter(({ command }) => command.kind === 'clear-cache').map((one) => one.stationId)
    expect(cleared).toContain(station)
    expect(cleared).not.toContain(away)
    const { body } = await call('GET', `/v1/id-tokens/${made.id}`)
    expect(body.blockedReach.told).toBe(body.blockedReach.stations)
  })
})
