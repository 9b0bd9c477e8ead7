import { afterAll, beforeAll, expect } from 'vitest'
import { sql } from '../../server/src/platform/index.ts'
import { sampleFor } from '../../server/src/stations/protocols/testing-samples.ts'
import { behaviour } from './behaviour.ts'
import {
  authorise,
  command,
  CARD_OF,
  meter,
  openSpeaker,
  type Speaker,
  sent,
  sessionsOf,
  start,
  status,
  stop,
  until,
} from './station.ts'
import { openWhole, type Whole } from './whole.ts'

let whole: Whole
beforeAll(async () => {
  whole = await openWhole()
})
afterAll(() => whole.close())

const onboard = ({ id }: Speaker, onboarding: string): Promise<unknown> =>
  whole.ground.database.inTenant(whole.tenantId, (tx) =>
    tx.run(sql`update stations set onboarding = ${onboarding} where id = ${id}`),
  )

interface SeenStation {
  readonly connection: { readonly state: string; readonly lastMessageAt?: string }
  readonly evses: readonly { readonly id: number; readonly seen: string }[]
}
const seen = async ({ id }: Speaker): Promise<SeenStation> =>
  (await whole.call<SeenStation>('GET', `/v1/stations/${id}`)).body

behaviour('boot-answers', async (version) => {
  for (const [onboarding, answer] of [
    ['accepted', { status: 'Accepted', interval: 300 }],
    ['waiting', { status: 'Pending', interval: 30 }],
    ['refused', { status: 'Rejected', interval: 3_600 }],
  ] as const) {
    const station = await openSpeaker(whole, version, { onboarding, boots: false })
    expect(await station.boot()).toMatchObject(answer)
    await station.close()
  }
})

behaviour('before-acceptance', async (version) => {
  const station = await openSpeaker(whole, version, { onboarding: 'waiting', boots: false })
  for (const isBooted of [false, true]) {
    if (isBooted) await station.boot()
    await expect(start(whole, station)).rejects.toThrow('SecurityError')
    await expect(authorise(station, '04AABBCCDD1122')).rejects.toThrow('SecurityError')
    await expect(status(whole, station, 'Available')).rejects.toThrow('SecurityError')
    await expect(station.call('Heartbeat', {})).rejects.toThrow('SecurityError')
    await expect(station.call('DataTransfer', { vendorId: 'x' })).rejects.toThrow('SecurityError')
  }
  expect(await sessionsOf(whole, station)).toEqual([])
  // The control: accepted, the very same start is taken.
  await onboard(station, 'accepted')
  await station.boot()
  expect(await start(whole, station)).toMatchObject({ status: 'Accepted' })
  await station.close()
})

behaviour('rejected-stays-out', async (version) => {
  const station = await openSpeaker(whole, version, { onboarding: 'refused' })
  await expect(start(whole, station)).rejects.toThrow('SecurityError')
  await expect(station.call('Heartbeat', {})).rejects.toThrow('SecurityError')
  expect(await sessionsOf(whole, station)).toEqual([])
  await station.close()
})

const refuse = ({ id }: Speaker): Promise<{ readonly status: number }> =>
  whole.call('PATCH', `/v1/stations/${id}`, { onboarding: 'refused' })

behaviour('refused-let-go', async (version) => {
  const station = await openSpeaker(whole, version)
  expect((await refuse(station)).status).toBe(200)
  expect(await station.socket.closed).toBe(1008)
  await station.connect()
  await expect(start(whole, station)).rejects.toThrow('SecurityError')
  expect(await station.boot()).toMatchObject({ status: 'Rejected' })
  expect(await sessionsOf(whole, station)).toEqual([])
  // Let in again, all is as before.
  expect((await whole.call('PATCH', `/v1/stations/${station.id}`, { onboarding: 'accepted' })).status).toBe(200)
  expect(await station.boot()).toMatchObject({ status: 'Accepted' })
  expect(await start(whole, station)).toMatchObject({ status: 'Accepted' })
  await station.close()
})

behaviour('refused-in-mid-session', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  expect((await refuse(station)).status).toBe(200)
  await sent(station, /StopTransaction$/)
  await expect(start(whole, station, { evse: 2, uid: CARD_OF.other })).rejects.toThrow('SecurityError')
  await expect(status(whole, station, 'Available', { evse: 2 })).rejects.toThrow('SecurityError')
  // A line that breaks meanwhile loses nothing.
  await station.close()
  await station.connect()
  whole.clock.move({ minutes: 2 })
  await meter(whole, station, told, 1_400)
  await stop(whole, station, told, 1_600, { reason: 'Remote' })
  expect(await sessionsOf(whole, station)).toMatchObject([{ state: 'ended', energyWh: 600, flags: [] }])
  expect(await station.socket.closed).toBe(1008)
  // One that goes on all the same is not waited for for ever.
  const stubborn = await openSpeaker(whole, version)
  const never = await start(whole, stubborn)
  await refuse(stubborn)
  whole.clock.move({ minutes: 11 })
  await stubborn.close()
  await stubborn.connect()
  await expect(meter(whole, stubborn, never.told, 1_400)).rejects.toThrow('SecurityError')
  await stubborn.close()
})

behaviour('pending-triggered', async (version) => {
  const station = await openSpeaker(whole, version, { onboarding: 'waiting' })
  const ask = async (message: string) =>
    (await command(whole, station, { kind: 'trigger', message, evseId: 1, connectorId: 1 })).ended(
      'answered',
      'effect-seen',
    )
  await ask('status')
  await status(whole, station, 'Available')
  await status(whole, station, 'Available', { evse: 2 })
  await expect(station.call('Heartbeat', {})).rejects.toThrow('SecurityError')
  await ask('heartbeat')
  expect(await station.call('Heartbeat', {})).toHaveProperty('currentTime')
  await expect(start(whole, station)).rejects.toThrow('SecurityError')
  // Asked for in the station's own words.
  const [raw, action] = station.is16
    ? [{ requestedMessage: 'FirmwareStatusNotification' }, 'FirmwareStatusNotification']
    : [{ requestedMessage: 'SignChargingStationCertificate' }, 'SignCertificate']
  await expect(station.call(action, sampleFor(version, action))).rejects.toThrow('SecurityError')
  const asked = await command(whole, station, { kind: 'raw-call', action: 'TriggerMessage', payload: raw })
  await asked.ended('answered')
  await station.call(action, sampleFor(version, action))
  // It does not stay open for ever.
  whole.clock.move({ minutes: 4 })
  await expect(station.call('Heartbeat', {})).rejects.toThrow('SecurityError')
  await station.close()
})

const report = (requestId: number, more: object = {}): object => ({
  requestId,
  generatedAt: '2026-11-26T08:00:00Z',
  seqNo: 0,
  tbc: false,
  reportData: [
    { component: { name: 'TxCtrlr' }, variable: { name: 'EVConnectionTimeOut' }, variableAttribute: [{ value: '90' }] },
  ],
  ...more,
})

behaviour('pending-reports', async (version) => {
  const station = await openSpeaker(whole, version, { onboarding: 'waiting' })
  await expect(station.call('NotifyReport', report(1))).rejects.toThrow('SecurityError')
  const asked = await command(whole, station, { kind: 'read-settings' })
  const [base] = await until(() => (station.socket.calls.length > 0 ? station.socket.calls : undefined))
  const requestId = Number(base?.payload['requestId'])
  await expect(station.call('NotifyReport', report(requestId + 1))).rejects.toThrow('SecurityError')
  await station.call('NotifyReport', report(requestId, { tbc: true }))
  await station.call('NotifyReport', report(requestId, { seqNo: 1 }))
  expect(await asked.ended('effect-seen')).toMatchObject({
    answer: { settings: [{ name: 'TxCtrlr.EVConnectionTimeOut', value: '90' }, {}] },
  })
  const raw = { kind: 'raw-call', action: 'GetReport', payload: { requestId: 77 } }
  await (await command(whole, station, raw)).ended('answered')
  await station.call('NotifyReport', report(77))
  await station.close()
})

behaviour('pending-settings', async (version) => {
  const station = await openSpeaker(whole, version, { onboarding: 'waiting' })
  const name = station.is16 ? 'HeartbeatInterval' : 'OCPPCommCtrlr.HeartbeatInterval'
  station.answer = ({ action, payload }) => {
    if (action !== 'SetVariables') return { kind: 'result', payload: { status: 'Accepted' } }
    const items = payload['setVariableData'] as { component: object; variable: object }[]
    const setVariableResult = items.map(({ component, variable }) => ({
      component,
      variable,
      attributeStatus: 'Accepted',
    }))
    return { kind: 'result', payload: { setVariableResult } }
  }
  const set = await command(whole, station, { kind: 'write-settings', settings: [{ name, value: '60' }] })
  expect(await set.ended('answered', 'failed')).toMatchObject({ state: 'answered', answer: { outcome: 'accepted' } })
  await (await command(whole, station, { kind: 'reset' })).ended('answered', 'effect-seen')
  expect(await station.boot()).toMatchObject({ status: 'Pending' })
  await station.close()
})

behaviour('pending-no-start', async (version) => {
  const station = await openSpeaker(whole, version, { onboarding: 'waiting' })
  const raws = station.is16
    ? [
        ['RemoteStartTransaction', { idTag: 'X', connectorId: 1 }],
        ['RemoteStopTransaction', { transactionId: 1 }],
      ]
    : [
        ['RequestStartTransaction', { idToken: { idToken: 'X', type: 'Central' }, remoteStartId: 1, evseId: 1 }],
        ['RequestStopTransaction', { transactionId: '1' }],
      ]
  for (const [action, payload] of raws) {
    const raw = await command(whole, station, { kind: 'raw-call', action, payload })
    expect(await raw.ended('failed', 'answered')).toMatchObject({ failure: 'station-not-accepted' })
  }
  const stopping = await command(whole, station, { kind: 'stop-transaction', transactionNumber: '1' })
  expect(await stopping.ended('failed', 'answered')).toMatchObject({ failure: 'station-not-accepted' })
  expect(station.socket.calls).toEqual([])
  await station.close()
})

behaviour('pending-send', async (version) => {
  const station = await openSpeaker(whole, version, { onboarding: 'waiting' })
  station.socket.peer.send('NotifyPeriodicEventStream', {
    id: 1,
    pending: 0,
    basetime: '2026-11-26T08:00:00Z',
    data: [{ t: 0, v: '1' }],
  })
  await expect(station.call('Heartbeat', {})).rejects.toThrow('SecurityError')
  await whole.stations.gateway.idle()
  const kept = await whole.ground.database.inTenant(whole.tenantId, (tx) =>
    tx.rows(sql`select 1 from recorded_messages where station_id = ${station.id}`),
  )
  expect(kept).toEqual([])
  await station.close()
})

behaviour('onboarding', async (version) => {
  const station = await openSpeaker(whole, version, { onboarding: 'waiting', boots: false })
  expect(await station.boot()).toMatchObject({ status: 'Pending' })
  await onboard(station, 'accepted')
  const asked = await command(whole, station, { kind: 'trigger', message: 'boot' })
  await until(() => station.socket.calls.some(({ payload }) => payload['requestedMessage'] === 'BootNotification'))
  expect(await station.boot()).toMatchObject({ status: 'Accepted', interval: 300 })
  await asked.ended('effect-seen')
  await status(whole, station, 'Available')
  expect(await start(whole, station)).toMatchObject({ status: 'Accepted' })
  await station.close()
})

behaviour('acceptance-remembered', async (version) => {
  const station = await openSpeaker(whole, version)
  await station.close()
  await station.connect()
  expect(await start(whole, station)).toMatchObject({ status: 'Accepted' })
  await station.close()
})

behaviour('unknown-until-told', async (version) => {
  const station = await openSpeaker(whole, version)
  const evse1 = async (): Promise<string | undefined> => (await seen(station)).evses.find(({ id }) => id === 1)?.seen
  expect(await evse1()).toBe('unknown')
  await status(whole, station, 'Available')
  expect(await evse1()).toBe('free')
  await station.boot()
  expect(await evse1()).toBe('unknown')
  await station.close()
})

behaviour('alive-by-any-message', async (version) => {
  const station = await openSpeaker(whole, version)
  await status(whole, station, 'Available')
  whole.clock.move({ minutes: 10 })
  // Nothing was heard for ten minutes.
  expect((await seen(station)).connection.state).toBe('unknown')
  await authorise(station, 'ANYBODY')
  await station.close()
  await until(async () => (await seen(station)).connection.state === 'offline')
  expect((await seen(station)).connection.lastMessageAt).toBe(
    whole.clock.now().toString({ smallestUnit: 'millisecond' }),
  )
})

behaviour('boot-shows-effect', async (version) => {
  const station = await openSpeaker(whole, version)
  for (let turn = 0; turn < 5; turn += 1) {
    const reset = await command(whole, station, { kind: 'reset' })
    await reset.ended('answered')
    await station.close()
    await station.connect()
    // At once, as a real station: the server has had no time to ask itself what it waits for.
    await station.boot()
    await reset.ended('effect-seen')
  }
  await station.close()
})

behaviour('boot-loop', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  for (let turn = 0; turn < 40; turn += 1) expect(await station.boot()).toMatchObject({ status: 'Accepted' })
  await meter(whole, station, told, 1_500)
  await stop(whole, station, told, 2_000)
  expect(await sessionsOf(whole, station)).toMatchObject([{ state: 'ended', energyWh: 1_000, flags: [] }])
  await station.close()
})
