import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Clock, newId, ok, openHttp, openTexts, sql } from '../platform/index.ts'
import { makeTestTenant, somebodyWaits, testGround, type TestGround } from '../platform/testing.ts'
import {
  addTestStation,
  connectStation,
  openTestStations,
  type TestSocket,
  type TestStations,
  until,
} from './testing.ts'

let ground: TestGround
let stations: TestStations
let http: Awaited<ReturnType<typeof openHttp>>
let tenantId: string
let aheadSeconds = 0
const clock: Clock = { now: () => Temporal.Now.instant().add({ seconds: aheadSeconds }) }
const alerts: { kind: string; subject: string; evidence: Readonly<Record<string, unknown>> }[] = []
let isFailing = false

beforeAll(async () => {
  ground = await testGround(clock)
  tenantId = await makeTestTenant(ground, 'refused')
  stations = await openTestStations(ground, {
    raiseAlert: async (_, alert) => void alerts.push(alert),
    async takeReports(_, reports) {
      stations.reports.push(...reports)
      if (isFailing && reports.some(({ body }) => body.kind === 'meter-read')) throw new Error('planted')
      return reports.map(() => ({ kind: 'noted' }))
    },
  })
  http = await openHttp({
    ground,
    texts: openTexts('languages'),
    routes: stations.routes,
    async authenticate() {
      const rights = new Set(['log.read', 'stations.read', 'stations.write'])
      return ok({ kind: 'staff', tenantId, actorId: newId(), actorName: 'Aino', rights, sites: 'all', language: 'en' })
    },
    trustedProxies: [],
    folders: [],
  })
})
afterAll(async () => {
  await http.close()
  await stations.stop()
  await ground.close()
})

async function call(method: 'GET' | 'POST', url: string) {
  const answer = await http.inject({ method, url, headers: { authorization: 'Bearer key' } })
  return { status: answer.statusCode, body: answer.json() }
}
const refusedOf = async (id: string) => {
  await stations.gateway.idle()
  return (await call('GET', `/v1/stations/${id}/refused-messages`)).body.items
}
const judge = (id: string, message: string) =>
  call('POST', `/v1/stations/${id}/refused-messages/${message}/judge-again`)

async function station(identity: string, firmware: string): Promise<TestSocket & { readonly id: string }> {
  const id = await addTestStation(ground, tenantId, { identity })
  const socket = await connectStation(stations.port, { path: `/ocpp/refused/${identity}` })
  await socket.call('BootNotification', {
    chargePointVendor: 'Exempla AG',
    chargePointModel: 'EX 22',
    firmwareVersion: firmware,
  })
  return { ...socket, id }
}

let serial = 0
/** Past the checks of our own peer, as a station of theirs would. */
async function say({ socket }: TestSocket, action: string, payload: object): Promise<void> {
  const id = `raw-${(serial += 1)}`
  let isAnswered = false
  socket.on('message', (data: Buffer) => (isAnswered ||= data.toString().includes(id)))
  socket.send(JSON.stringify([2, id, action, payload]))
  await until(() => isAnswered)
}

const started = { connectorId: '1', idTag: '04A1B2C3', meterStart: '1234', timestamp: '2026-11-20T08:00:00Z' }

it('a message is judged again once a rule exists: taken as of when it came, once (rows 34 to 39)', async () => {
  const one = await station('R-1', '9.0')
  await say(one, 'StartTransaction', started)
  const [message] = await refusedOf(one.id)
  expect(message).toMatchObject({ action: 'StartTransaction', count: 1 })
  expect(message.text).not.toContain('04A1B2C3')
  const still = await judge(one.id, message.id)
  expect(still.body).toMatchObject({ id: message.id, judged: { outcome: 'refused', by: 'Aino' } })
  expect(still.body.judged.why).toMatch(/type/)

  // New firmware is known to speak the dialect: from now on there is a rule.
  await ground.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update stations set firmware = 'v1.8' where id = ${one.id}`),
  )
  aheadSeconds += 3_600
  const before = stations.reports.length
  expect((await judge(one.id, message.id)).body.judged).toMatchObject({ outcome: 'taken' })
  const [report, more] = stations.reports.slice(before)
  expect(more).toBeUndefined()
  expect(report).toMatchObject({ stationId: one.id, body: { kind: 'transaction-started', evse: 1 } })
  expect(report?.receivedAt.toString({ smallestUnit: 'millisecond' })).toBe(message.at)
  expect(await judge(one.id, message.id)).toMatchObject({ status: 409, body: { code: 'already-taken' } })
  expect((await judge(one.id, newId())).body.code).toBe('no-such-message')
  await one.close()
})

it('a repeat is counted, not kept once more, and somebody is told of one that goes on for ever', async () => {
  const one = await station('R-2', '9.0')
  for (let n = 0; n < 12; n += 1) await say(one, 'StartTransaction', started)
  // Statuses with another time each are of one kind: the newest speaks for all.
  for (let n = 0; n < 3; n += 1)
    await say(one, 'StatusNotification', { connectorId: 1, status: 'X', timestamp: `${n}` })
  const messages = await refusedOf(one.id)
  const counts = Object.fromEntries(messages.map(({ action, count }: Record<string, unknown>) => [action, count]))
  expect(counts).toEqual({ StartTransaction: 12, StatusNotification: 3 })
  const told = alerts.filter(({ subject }) => subject.startsWith(one.id))
  expect(told).toHaveLength(1)
  expect(told[0]).toMatchObject({ kind: 'message-refused', evidence: { action: 'StartTransaction' } })
  await one.close()
})

it('a message that we could not take is kept, and taken once the fault is mended', async () => {
  const one = await station('R-3', '9.0')
  const reading = { timestamp: '2026-11-20T08:00:00Z', sampledValue: [{ value: '5' }] }
  isFailing = true
  await expect(one.call('MeterValues', { connectorId: 1, meterValue: [reading] })).rejects.toThrow('InternalError')
  const [message] = await refusedOf(one.id)
  expect(message).toMatchObject({ code: 'not-taken', action: 'MeterValues' })
  expect((await judge(one.id, message.id)).body.judged).toMatchObject({ outcome: 'refused', why: 'not-taken' })
  isFailing = false
  expect((await judge(one.id, message.id)).body.judged).toMatchObject({ outcome: 'taken' })
  expect(await refusedOf(one.id)).toHaveLength(1)
  await one.close()
})

it('a message that two judge again at the same time is taken once', async () => {
  const one = await station('R-TWICE', '9.0')
  isFailing = true
  const reading = { timestamp: '2026-11-20T08:00:00Z', sampledValue: [{ value: '5' }] }
  await expect(one.call('MeterValues', { connectorId: 1, meterValue: [reading] })).rejects.toThrow('InternalError')
  const [message] = await refusedOf(one.id)
  isFailing = false
  const before = stations.reports.length
  // The first has taken it, and is held up where it writes that down.
  const { both } = await ground.database.inTenant(tenantId, async (tx) => {
    await tx.row(sql`select 1 from refused_messages where tenant_id = ${tenantId} and id = ${message.id} for update`)
    const first = judge(one.id, message.id)
    await somebodyWaits(ground, first)
    const second = judge(one.id, message.id)
    await somebodyWaits(ground, second, 2)
    return { both: Promise.all([first, second]) }
  })
  expect((await both).map(({ status }) => status)).toEqual([200, 409])
  expect(stations.reports.slice(before)).toHaveLength(1)
  await one.close()
})

it('what is no message at all stays refused, with the reason', async () => {
  const one = await station('R-4', '9.0')
  one.socket.send('[2, "x", "Heartbeat"')
  const [message] = await until(async () => {
    const items = await refusedOf(one.id)
    return items.length > 0 ? items : undefined
  })
  expect((await judge(one.id, message.id)).body.judged).toMatchObject({ outcome: 'refused', why: 'not valid JSON' })
  await one.close()
})

it('an old status or boot undoes nothing that the station said since', async () => {
  const one = await station('R-5', 'v1.8')
  await ground.database.inTenant(tenantId, (tx) => tx.run(sql`update stations set firmware = '9' where id = ${one.id}`))
  const before = await connectStation(stations.port, { path: '/ocpp/refused/R-5' })
  await say(before, 'StatusNotification', { connectorId: '1', status: 'FAULTED' })
  const [message] = await refusedOf(one.id)
  await before.call('StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' })
  await ground.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update stations set firmware = 'v1.8' where id = ${one.id}`),
  )
  expect((await judge(one.id, message.id)).body.judged).toMatchObject({ outcome: 'no-effect', why: 'outdated' })
  const { body } = await call('GET', `/v1/stations/${one.id}`)
  expect(body.evses[0].report.status).toBe('available')
  await before.close()
})
