import { expect } from 'vitest'
import { behaviour } from './behaviour.ts'
import {
  alertsOf,
  CARD_OF,
  command,
  eventCall,
  openSpeaker,
  type Speaker,
  sessionsOf,
  start,
  status,
  stop,
  type Told,
  until,
} from './station.ts'
import { useWhole } from './use-whole.ts'

const whole = await useWhole()

interface SeenStation {
  readonly seen: string
  readonly connection: { readonly state: string }
  readonly evses: readonly {
    readonly id: number
    readonly seen: string
    readonly declared: boolean
    readonly report?: { readonly status: string; readonly phase?: string; readonly errorCode?: string }
  }[]
}
const seen = async ({ id }: Speaker): Promise<SeenStation> =>
  (await whole.call<SeenStation>('GET', `/v1/stations/${id}`)).body
const evse = async (station: Speaker, id = 1) => (await seen(station)).evses.find((one) => one.id === id)
const one = async (station: Speaker) => (await sessionsOf(whole, station)).at(-1)
const now = (): string => whole.clock.now().toString()

behaviour('availability-set', async (version) => {
  const station = await openSpeaker(whole, version)
  await (await command(whole, station, { kind: 'set-availability', operative: false })).ended('answered')
  station.answer = () => ({ kind: 'result', payload: { status: 'Scheduled' } })
  const later = await command(whole, station, { kind: 'set-availability', operative: false, evseId: 2 })
  expect(await later.ended('answered', 'failed')).toMatchObject({ state: 'answered', answer: { outcome: 'scheduled' } })
  expect(station.socket.calls.map(({ payload }) => payload)).toEqual(
    station.is16
      ? [
          { connectorId: 0, type: 'Inoperative' },
          { connectorId: 2, type: 'Inoperative' },
        ]
      : [{ operationalStatus: 'Inoperative' }, { operationalStatus: 'Inoperative', evse: { id: 2 } }],
  )
  await station.close()
})

behaviour('status-whole', async () => {
  const station = await openSpeaker(whole, 'ocpp1.6')
  await status(whole, station, 'Available')
  await status(whole, station, 'Available', { evse: 0 })
  expect((await evse(station))?.seen).toBe('free')
  await status(whole, station, 'Unavailable', { evse: 0 })
  expect((await evse(station))?.seen).not.toBe('free')
  await station.close()
})

behaviour('status-skips', async () => {
  const station = await openSpeaker(whole, 'ocpp1.6')
  const words = [
    'Charging',
    'Available',
    'Finishing',
    'SuspendedEV',
    'Faulted',
    'Preparing',
    'Reserved',
    'SuspendedEVSE',
    'Unavailable',
  ]
  for (const phase of [...words, ...words.toReversed()]) {
    await status(whole, station, phase)
    const { report } = (await evse(station)) ?? {}
    expect([phase, report?.phase?.replace('-', '') ?? report?.status]).toEqual([phase, phase.toLowerCase()])
  }
  await station.close()
})

behaviour('warning-goes-on', async () => {
  const station = await openSpeaker(whole, 'ocpp1.6')
  const { told } = await start(whole, station)
  whole.clock.move({ seconds: 30 })
  await status(whole, station, 'Charging', { errorCode: 'WeakSignal' })
  expect(await evse(station)).toMatchObject({ seen: 'charging', report: { errorCode: 'WeakSignal' } })
  whole.clock.move({ seconds: 30 })
  await stop(whole, station, told, 1_500)
  expect(await one(station)).toMatchObject({ state: 'ended', energyWh: 500, flags: [] })
  await status(whole, station, 'Available', { errorCode: 'WeakSignal' })
  expect((await evse(station))?.seen).toBe('free')
  await station.close()
})

behaviour('sibling-derived', async (version) => {
  const station = await openSpeaker(whole, version)
  const say = (connectorId: number, connectorStatus: string) =>
    station.call('StatusNotification', { timestamp: now(), connectorStatus, evseId: 1, connectorId })
  await say(1, 'Available')
  await say(2, 'Available')
  expect((await evse(station))?.seen).toBe('free')
  await say(2, 'Occupied')
  expect((await evse(station))?.seen).not.toBe('free')
  await say(2, 'Available')
  expect((await evse(station))?.seen).toBe('free')
  await station.close()
})

behaviour('sibling-free', async (version) => {
  const station = await openSpeaker(whole, version)
  const say = (connectorId: number, connectorStatus: string) =>
    station.call('StatusNotification', { timestamp: now(), connectorStatus, evseId: 1, connectorId })
  const told: Told = { number: `sibling-${version}`, evse: 1, seqNo: 0 }
  const { payload } = eventCall(whole, told, 'Started', { uid: CARD_OF.ordinary, state: 'Charging', registerWh: 1_000 })
  await station.call('TransactionEvent', { ...payload, evse: { id: 1 } })
  whole.clock.move({ minutes: 1 })
  await say(1, 'Occupied')
  await say(2, 'Available')
  expect((await one(station))?.state).toBe('delivering')
  // The control: the EVSE as a whole is free, and the end is waited for.
  await say(1, 'Available')
  expect((await one(station))?.state).toBe('waiting-for-meter')
  await stop(whole, station, told, 1_500)
  expect(await one(station)).toMatchObject({ state: 'ended', energyWh: 500, flags: [] })
  await station.close()
})

behaviour('status-by-event', async (version) => {
  const station = await openSpeaker(whole, version)
  const say = (actualValue: string, component = 'Connector', variable = 'AvailabilityState') =>
    station.call('NotifyEvent', {
      generatedAt: now(),
      seqNo: 0,
      tbc: false,
      eventData: [
        {
          eventId: 1,
          timestamp: now(),
          trigger: 'Delta',
          actualValue,
          eventNotificationType: 'HardWiredNotification',
          component: { name: component, evse: { id: 1, connectorId: 1 } },
          variable: { name: variable },
        },
      ],
    })
  await say('Available')
  expect((await evse(station))?.seen).toBe('free')
  await say('Unavailable', 'connector', 'availabilitystate')
  expect((await evse(station))?.seen).not.toBe('free')
  await say('Faulted')
  expect((await evse(station))?.seen).toBe('faulted')
  await station.close()
})

behaviour('fault-told-twice', async (version) => {
  const station = await openSpeaker(whole, version)
  const say = (cleared: boolean, evse: number) =>
    station.call('NotifyEvent', {
      generatedAt: now(),
      seqNo: 0,
      tbc: false,
      eventData: [
        {
          eventId: 2,
          timestamp: now(),
          trigger: 'Alerting',
          actualValue: String(!cleared),
          cleared,
          eventNotificationType: 'HardWiredNotification',
          component: { name: 'RCD', evse: { id: evse } },
          variable: { name: 'Tripped' },
        },
      ],
    })
  await status(whole, station, 'Faulted')
  await say(false, 1)
  await say(false, 2)
  await status(whole, station, 'Faulted', { evse: 2 })
  const alerts = await alertsOf(whole, station)
  const codes = new Map(alerts.map(({ evidence }) => [evidence['evse'], evidence['errorCode']]))
  expect(codes).toEqual(new Map([1, 2].map((number) => [number, 'RCD.Tripped'])))
  const fault = { kind: 'station-faulted', severity: 'critical', count: 1 }
  expect(alerts).toMatchObject([fault, fault])
  for (const evseId of [1, 2]) {
    await say(true, evseId)
    await status(whole, station, 'Available', { evse: evseId })
  }
  expect(await alertsOf(whole, station)).toEqual([])
  await station.close()
})

behaviour('unreachable-is-unknown', async (version) => {
  const station = await openSpeaker(whole, version)
  await status(whole, station, 'Available')
  await station.close()
  await until(async () => (await seen(station)).connection.state === 'offline')
  expect((await evse(station))?.seen).toBe('offline')
  await station.connect()
  expect((await evse(station))?.seen).toBe('free')
  await station.close()
})

behaviour('undeclared-evse', async (version) => {
  const station = await openSpeaker(whole, version)
  await status(whole, station, 'Available', { evse: 7 })
  expect(await evse(station, 7)).toMatchObject({ seen: 'free', declared: false })
  await status(whole, station, 'Available', { evse: 40_000 })
  expect(await evse(station, 40_000)).toBeUndefined()
  const { told } = await start(whole, station, { evse: 7 })
  await stop(whole, station, told, 1_100)
  expect(await one(station)).toMatchObject({ state: 'ended', evseId: 7 })
  await station.close()
})

behaviour('reset-scheduled', async (version) => {
  const station = await openSpeaker(whole, version)
  station.answer = () => ({ kind: 'result', payload: { status: 'Scheduled' } })
  const reset = await command(whole, station, { kind: 'reset' })
  expect(await reset.ended('answered')).toMatchObject({ answer: { outcome: 'scheduled' } })
  whole.clock.move({ hours: 3 })
  // The control: what is due by now is taken.
  station.answer = () => ({ kind: 'result', payload: { status: 'Accepted' } })
  const unheard = await command(whole, station, { kind: 'trigger', message: 'heartbeat' })
  await unheard.ended('answered')
  whole.clock.move({ minutes: 2 })
  await unheard.ended('timed-out')
  await station.boot()
  expect(await reset.ended('effect-seen', 'timed-out')).toMatchObject({ state: 'effect-seen' })
  await station.close()
})

behaviour('security-event', async (version) => {
  const station = await openSpeaker(whole, version)
  await station.call('SecurityEventNotification', { type: 'TamperDetectionActivated', timestamp: now() })
  await until(async () =>
    (await alertsOf(whole, station)).some(
      ({ kind, evidence }) => kind === 'security-event' && evidence['code'] === 'TamperDetectionActivated',
    ),
  )
  await station.close()
})
