import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertWebhook } from '../events/webhooks/store-webhooks.ts'
import { leaveInOutbox, newId, sql } from '../platform/index.ts'
import type { SettledCommand } from '../stations/index.ts'
import { type TestApi, testApi } from './testing-api.ts'
import {
  makeTestStation,
  makeTestTariff,
  makeTestToken,
  openAt,
  reportFrom,
  say16,
  say2x,
  take,
  type TestNetwork,
} from './testing-network.ts'
import type { Sessions } from './wire.ts'

let api: TestApi
let network: TestNetwork
let sessions: Sessions
let tariffId: string
let call: TestApi['call']

beforeAll(async () => {
  api = await testApi()
  ;({ network, sessions, call } = api)
  tariffId = await makeTestTariff(network)
  await makeTestToken(network, 'DEADBEEF')
})
afterAll(() => api.close())

const tell = (station: string, body: Parameters<typeof reportFrom>[2]) =>
  take(network, [reportFrom(network.tenantId, station, body, network.clock.now())])

async function settle(command: Partial<SettledCommand> & Pick<SettledCommand, 'command' | 'sessionId' | 'stationId'>) {
  await network.ground.database.inTenant(network.tenantId, (tx) =>
    sessions.commandSettled(tx, { id: newId(), at: network.clock.now(), state: 'answered', ...command }),
  )
}

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
    const asked = [station, await makeTestStation(network), station].map((stationId) => ({ ...question, stationId }))
    const verdicts = async () => (await sessions.judgeTokens(asked)).map(({ verdict }) => verdict)
    expect(await verdicts()).toEqual(['accepted', 'invalid', 'accepted'])

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
    expect(await verdicts()).toEqual(['invalid', 'invalid', 'invalid'])
  })

  it('hand each record to the built-in billing system once (END-SDR)', async () => {
    const station = await makeTestStation(network)
    const [answer] = await tell(station, say16.start(network.clock.now(), 'DEADBEEF', 0))
    network.clock.move({ minutes: 1 })
    await tell(station, say16.stop(network.clock.now(), (answer as { number: string }).number, 500))
    const sessionId = (await call('GET', `/v1/sessions?stationId=${station}`)).body.items[0].id
    const waiting = await call('GET', `/v1/session-records?sessionId=${sessionId}`)
    expect(waiting.body.items).toMatchObject([{ revision: 1, handedOn: [{ state: 'waiting' }] }])
    await api.workEffects()
    await api.workEffects()
    const done = await call('GET', `/v1/session-records?sessionId=${sessionId}`)
    expect(done.body.items).toMatchObject([{ revision: 1, handedOn: [{ state: 'done', attempts: 1 }] }])
  })

  it('leave each record for every webhook, a revision after those before it, and say how it was handed on (END-SDR)', async () => {
    const { ground, tenantId, clock } = network
    const webhookId = newId()
    await ground.database.inTenant(tenantId, async (tx) => {
      const listens = { name: 'Books', url: 'https://books.invalid/', types: ['session-record.created'] }
      const secret = Buffer.from('sealed')
      await insertWebhook(tx, { ...listens, id: webhookId, state: 'paused', secret, at: clock.now() })
    })
    const station = await makeTestStation(network)
    const [answer] = await tell(station, say16.start(clock.now(), 'DEADBEEF', 0))
    clock.move({ minutes: 1 })
    await tell(station, say16.stop(clock.now(), (answer as { number: string }).number, 500))
    const sessionId = (await call('GET', `/v1/sessions?stationId=${station}`)).body.items[0].id
    // A second revision whose effect comes to the worker first.
    await ground.database.inTenant(tenantId, async (tx) => {
      await tx.run(sql`
        insert into session_records (tenant_id, session_id, revision, created_at, reason, record)
        select tenant_id, session_id, 2, created_at, 'truth', record || '{"revision": 2}' from session_records
        where session_id = ${sessionId}`)
      const effect = {
        type: 'session-record.made',
        version: 1,
        key: `${sessionId}/2`,
        payload: { sessionId, revision: 2 },
      }
      await leaveInOutbox(tx, [effect], clock.now())
      await tx.run(sql`update outbox set due_at = ${clock.now().add({ seconds: 1 })} where key = ${`${sessionId}/1`}`)
    })
    expect(await api.workEffects()).toBe(0)
    clock.move({ seconds: 1 })
    expect(await api.workEffects()).toBe(1)
    clock.move({ seconds: 2 })
    expect(await api.workEffects()).toBe(1)
    const done = await call('GET', `/v1/session-records?sessionId=${sessionId}`)
    const handedOn = [
      { to: 'built-in-billing', state: 'done' },
      { to: 'webhook', name: 'Books', webhookId, state: 'waiting' },
    ]
    expect(done.body.items).toMatchObject([
      { revision: 2, handedOn },
      { revision: 1, handedOn },
    ])
    await ground.database.inTenant(tenantId, (tx) => tx.run(sql`delete from webhooks where id = ${webhookId}`))
  })

  it('are met by their remoteStartId (2.x) when the cable was in already', async () => {
    const station = await makeTestStation(network)
    const now = network.clock.now()
    await tell(station, say2x('transaction-started', 'cable-first', 0, now, { chargingState: 'ev-connected' }))
    const before = await call('GET', `/v1/sessions?stationId=${station}`)
    expect(before.body.items).toMatchObject([{ state: 'waiting-for-token' }])
    const refused = await call('POST', '/v1/sessions', { stationId: station, evseId: 1 })
    const { command } = lastCommand(station)
    await settle({ command, stationId: station, sessionId: refused.body.id, state: 'failed', failure: 'rejected' })
    // The wish is gone, the cable is still in: the next wish is as good as the first.
    expect((await call('GET', `/v1/sessions/${refused.body.id}`)).body).toMatchObject({
      state: 'waiting-for-token',
      startedBy: { kind: 'station' },
    })
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
    expect(await ask(station, { for: { phone: '+358401234567' } })).toMatchObject({
      status: 422,
      body: {
        code: 'not-supported',
        errors: [{ pointer: '/for/phone', code: 'not-supported', message: 'This is not built yet. Leave it out.' }],
      },
    })
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
    expect(network.takenBack).toEqual([first.body.id])
    expect(await openAt(network, station)).toBeNull()
    const second = await call('POST', '/v1/sessions', { stationId: station, evseId: 1 })
    const { command } = lastCommand(station)
    await settle({ command, stationId: station, sessionId: second.body.id })
    network.clock.move({ seconds: 151 })
    await api.workDeadlines()
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
      await api.workDeadlines()
    }
    for (const { command, stationId } of network.commands) if (stationId === station) asked.push(command.kind)
    expect(asked).toEqual(Array.from({ length: 3 }, () => ['transaction-status', 'fetch-meter']).flat())
    expect(await one()).toMatchObject({ state: 'ended', flags: ['estimated'], energyWh: 2_000 })
    // One for all of the station.
    expect(network.alerts.some(({ kind, subject }) => kind === 'session-estimated' && subject === station)).toBe(true)
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
    await api.workEffects()
  })

  it('are told to stop when they last too long (SES-LIMIT)', async () => {
    const station = await makeTestStation(network)
    const [answer] = await tell(station, say16.start(network.clock.now(), 'DEADBEEF', 0))
    network.clock.move({ minutes: 5 })
    await tell(station, say16.meter(network.clock.now(), (answer as { number: string }).number, 700))
    network.clock.move({ hours: 24 })
    await api.workDeadlines()
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
    expect(expired.body.reasons[0]?.message).toMatch(/no longer valid/)
  })
})
