import { expect } from 'vitest'
import { behaviour } from './behaviour.ts'
import {
  CARD_OF,
  command,
  event,
  meter,
  openSpeaker,
  recordsOf,
  type SeenSession,
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

const ago = (duration: Temporal.DurationLike): string => whole.clock.now().subtract(duration).toString()
const only = async (station: Speaker): Promise<SeenSession> => {
  const [session, ...more] = await sessionsOf(whole, station)
  expect(more).toEqual([])
  if (session === undefined) throw new Error('no session')
  return session
}
const becomes = (station: Speaker, state: string): Promise<SeenSession> =>
  until(async () => {
    const session = await only(station)
    return session.state === state ? session : undefined
  })
/** How often the station was asked this. */
const asked = ({ socket }: Speaker, name: string): number =>
  socket.calls.filter(({ action, payload }) => action === name || payload['requestedMessage'] === name).length

/** A charge of two hours told an hour after it was over, by a station that was away. */
async function toldLate(station: Speaker, offline?: boolean): Promise<void> {
  await station.close()
  await station.connect()
  const more = offline === undefined ? {} : { offline }
  const { told } = await start(whole, station, { at: ago({ hours: 3 }), registerWh: 1_000, number: 'late', ...more })
  if (station.is16) await meter(whole, station, told, 4_000, ago({ hours: 2 }))
  else await event(whole, station, told, 'Updated', { at: ago({ hours: 2 }), registerWh: 4_000, ...more })
  await stop(whole, station, told, 7_000, { at: ago({ hours: 1 }), ...more })
  expect(await only(station)).toMatchObject({
    state: 'ended',
    energyWh: 6_000,
    flags: [],
    startedAt: ago({ hours: 3 }),
    endedAt: ago({ hours: 1 }),
  })
}

behaviour('offline-inferred', async (version) => {
  const station = await openSpeaker(whole, version)
  await toldLate(station)
  await station.close()
})

behaviour('offline-told', async (version) => {
  const station = await openSpeaker(whole, version)
  await toldLate(station, true)
  await station.close()
  // Card first and no cable yet: hours ago, so nobody waits for it.
  const card = await openSpeaker(whole, version)
  const told: Told = { number: 'card-first', evse: 1, seqNo: 0 }
  await event(whole, card, told, 'Started', {
    at: ago({ hours: 2 }),
    uid: CARD_OF.ordinary,
    state: 'Idle',
    names: true,
    offline: true,
  })
  whole.clock.move({ minutes: 4 })
  await event(whole, card, told, 'Ended', { at: ago({ hours: 1 }), registerWh: 5, reason: 'Local', offline: true })
  expect((await only(card)).state).toBe('ended')
  expect(card.socket.calls).toEqual([])
  await card.close()
})

async function withGap(station: Speaker): Promise<void> {
  const { told } = await start(whole, station, { number: `gap-${station.identity}`, registerWh: 0 })
  for (const seqNo of [1, 2, 4]) {
    whole.clock.move({ seconds: 60 })
    await event(whole, station, told, 'Updated', { seqNo, registerWh: seqNo * 100 })
  }
  await event(whole, station, told, 'Ended', { seqNo: 5, registerWh: 500, reason: 'Local', at: ago({ seconds: -1 }) })
  expect((await only(station)).state).toBe('waiting-for-meter')
}

behaviour('gap-asked', async (version) => {
  const station = await openSpeaker(whole, version)
  station.answer = ({ action }) =>
    action === 'GetTransactionStatus'
      ? { kind: 'result', payload: { messagesInQueue: false } }
      : { kind: 'result', payload: { status: 'Accepted' } }
  await withGap(station)
  whole.clock.move({ seconds: 61 })
  const session = await becomes(station, 'ended')
  expect(session).toMatchObject({ energyWh: 500, flags: ['gap'] })
  expect(asked(station, 'GetTransactionStatus')).toBe(1)
  expect(await recordsOf(whole, session.id)).toMatchObject([{ revision: 1, energyWh: 500, estimated: false }])
  await station.close()
})

behaviour('gap-in-queue', async (version) => {
  const station = await openSpeaker(whole, version)
  station.answer = ({ action }) =>
    action === 'GetTransactionStatus'
      ? { kind: 'result', payload: { messagesInQueue: true, ongoingIndicator: false } }
      : { kind: 'result', payload: { status: 'Accepted' } }
  await withGap(station)
  whole.clock.move({ seconds: 61 })
  await until(() => asked(station, 'GetTransactionStatus') === 1)
  await whole.stations.idle()
  expect((await only(station)).state).toBe('waiting-for-meter')
  const told: Told = { number: `gap-${station.identity}`, evse: 1, seqNo: 3 }
  await event(whole, station, told, 'Updated', { registerWh: 300, at: ago({ seconds: 122 }), offline: true })
  expect(await becomes(station, 'ended')).toMatchObject({ energyWh: 500, flags: [] })
  await station.close()
})

behaviour('updates-thinned', async (version) => {
  const station = await openSpeaker(whole, version)
  station.answer = ({ action }) =>
    action === 'GetTransactionStatus'
      ? { kind: 'result', payload: { messagesInQueue: false } }
      : { kind: 'result', payload: { status: 'Accepted' } }
  const { told } = await start(whole, station, { at: ago({ minutes: 50 }), registerWh: 0, offline: true })
  for (const seqNo of [2, 4, 6]) {
    await event(whole, station, told, 'Updated', {
      seqNo,
      registerWh: seqNo * 100,
      at: ago({ minutes: 50 - seqNo }),
      offline: true,
    })
  }
  await event(whole, station, told, 'Ended', {
    seqNo: 7,
    registerWh: 900,
    reason: 'Local',
    at: ago({ minutes: 40 }),
    offline: true,
  })
  whole.clock.move({ minutes: 6 })
  expect(await becomes(station, 'ended')).toMatchObject({ energyWh: 900, flags: ['gap'] })
  await station.close()
})

behaviour('reboot-in-session', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  whole.clock.move({ minutes: 5 })
  await station.close()
  await station.connect()
  await station.boot()
  await status(whole, station, 'Occupied', { phase: 'Charging' })
  expect((await only(station)).state).toBe('delivering')
  await meter(whole, station, told, 1_500)
  whole.clock.move({ minutes: 5 })
  await stop(whole, station, told, 2_000)
  expect(await only(station)).toMatchObject({ state: 'ended', energyWh: 1_000, flags: [] })
  await station.close()
})

behaviour('reboot-stop', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  whole.clock.move({ minutes: 20 })
  await station.close()
  await station.connect()
  await station.boot()
  const at = ago({ minutes: 10 })
  // What shows the connector's state may come before the queue is told.
  await status(whole, station, 'Available')
  await stop(whole, station, told, 2_000, { at, reason: 'PowerLoss', ...(station.is16 ? {} : { offline: true }) })
  expect(await only(station)).toMatchObject({
    state: 'ended',
    energyWh: 1_000,
    flags: [],
    endedAt: at,
    stopReason: 'power-loss',
  })
  await station.close()
})

behaviour('resumption', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  await station.close()
  await station.connect()
  await station.boot()
  whole.clock.move({ minutes: 5 })
  await event(whole, station, told, 'Updated', { trigger: 'TxResumed', registerWh: 1_100, state: 'Charging' })
  whole.clock.move({ minutes: 5 })
  await stop(whole, station, told, 1_700)
  expect(await only(station)).toMatchObject({ state: 'ended', energyWh: 700, flags: [] })
  await station.close()
})

behaviour('stop-lost-16', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  whole.clock.move({ minutes: 5 })
  await meter(whole, station, told, 2_000)
  whole.clock.move({ minutes: 1 })
  await status(whole, station, 'Available')
  const freeAt = whole.clock.now().toString()
  expect((await only(station)).state).toBe('waiting-for-meter')
  for (let turn = 1; turn <= 3; turn += 1) {
    whole.clock.move({ seconds: 181 })
    await until(() => asked(station, 'MeterValues') === turn)
  }
  await station.call('MeterValues', {
    connectorId: 1,
    meterValue: [{ timestamp: whole.clock.now().toString(), sampledValue: [{ value: '2300', context: 'Trigger' }] }],
  })
  whole.clock.move({ seconds: 181 })
  const session = await becomes(station, 'ended')
  expect(session).toMatchObject({ energyWh: 1_300, flags: ['end-lost', 'estimated'], endedAt: freeAt })
  // The stop comes after all.
  await stop(whole, station, told, 2_250, { at: ago({ minutes: 13 }) })
  expect(
    (await recordsOf(whole, session.id)).map(({ revision, energyWh, estimated }) => [revision, energyWh, estimated]),
  ).toEqual([
    [1, 1_300, true],
    [2, 1_250, false],
  ])
  await station.close()
})

behaviour('cable-late', async (version) => {
  const station = await openSpeaker(whole, version)
  const begun = await command(whole, station, {
    kind: 'start-transaction',
    evseId: 1,
    idToken: { uid: CARD_OF.ordinary },
  })
  await begun.ended('answered')
  expect((await only(station)).state).toBe('waiting-for-cable')
  if (station.is16) {
    await status(whole, station, 'Occupied', { phase: 'Preparing' })
    await status(whole, station, 'Available')
    expect((await only(station)).state).toBe('abandoned')
  } else {
    // No event at all: our own timer runs a little longer than the station's.
    whole.clock.move({ seconds: 121 })
    await whole.stations.idle()
    expect((await only(station)).state).toBe('waiting-for-cable')
    whole.clock.move({ seconds: 30 })
    await becomes(station, 'abandoned')
  }
  expect(await recordsOf(whole, (await only(station)).id)).toEqual([])
  await station.close()
})

behaviour('cable-late-told', async (version) => {
  const station = await openSpeaker(whole, version)
  const told: Told = { number: `cable-${station.identity}`, evse: 1, seqNo: 0 }
  await event(whole, station, told, 'Started', { uid: CARD_OF.ordinary, state: 'Idle', names: true, registerWh: 100 })
  expect((await only(station)).state).toBe('waiting-for-cable')
  await event(whole, station, told, 'Ended', { trigger: 'EVConnectTimeout', reason: 'Timeout', registerWh: 100 })
  const session = await only(station)
  expect(session).toMatchObject({ state: 'abandoned', energyWh: 0 })
  expect(await recordsOf(whole, session.id)).toEqual([])
  await station.close()
})

behaviour('no-energy', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  const shows = async (state: 'SuspendedEV' | 'SuspendedEVSE' | 'Charging'): Promise<string> => {
    whole.clock.move({ minutes: 1 })
    if (station.is16) await status(whole, station, 'Occupied', { phase: state })
    else await event(whole, station, told, 'Updated', { state })
    return (await only(station)).state
  }
  expect(await shows('SuspendedEV')).toBe('paused')
  expect(await shows('Charging')).toBe('delivering')
  expect(await shows('SuspendedEVSE')).toBe('paused')
  expect(await shows('Charging')).toBe('delivering')
  await stop(whole, station, told, 3_000)
  const session = await only(station)
  const { body } = await whole.call<{
    history: { kind: string; state: string }[]
    chargingSeconds: number
    parkingSeconds: number
  }>('GET', `/v1/sessions/${session.id}`)
  expect(body.history.filter(({ kind }) => kind === 'charging').map(({ state }) => state)).toEqual([
    ...(station.is16 ? [] : ['charging']),
    'suspended-ev',
    'charging',
    'suspended-evse',
    'charging',
  ])
  // Only what the car asks for nothing in is parking.
  expect(body.parkingSeconds).toBe(60)
  await station.close()
})

behaviour('meter-missing', async (version) => {
  const station = await openSpeaker(whole, version)
  station.answer = ({ action }) =>
    action === 'GetTransactionStatus'
      ? { kind: 'result', payload: { messagesInQueue: true } }
      : { kind: 'result', payload: { status: 'Rejected' } }
  const { told } = await start(whole, station)
  whole.clock.move({ minutes: 5 })
  await meter(whole, station, told, 2_000)
  whole.clock.move({ minutes: 5 })
  // Its end is told without the event before it, which has the reading (2.x), or is not told at all (1.6).
  if (station.is16) await status(whole, station, 'Available')
  else await event(whole, station, told, 'Ended', { reason: 'Local', seqNo: 3 })
  const endedAt = whole.clock.now().toString()
  expect((await only(station)).state).toBe('waiting-for-meter')
  for (let turn = 1; turn <= 3; turn += 1) {
    whole.clock.move({ seconds: 181 })
    await until(() => asked(station, 'MeterValues') === turn)
    await whole.stations.idle()
  }
  whole.clock.move({ seconds: 181 })
  const session = await becomes(station, 'ended')
  expect(session.flags).toContain('estimated')
  expect(await recordsOf(whole, session.id)).toMatchObject([
    { revision: 1, energyWh: 1_000, estimated: true, reason: 'estimate' },
  ])
  if (station.is16) await stop(whole, station, told, 2_400, { at: endedAt })
  else await event(whole, station, told, 'Updated', { seqNo: 2, registerWh: 2_400, at: endedAt, offline: true })
  expect(await recordsOf(whole, session.id)).toMatchObject([
    {},
    { revision: 2, energyWh: 1_400, estimated: false, reason: 'truth' },
  ])
  await station.close()
})

behaviour('meter-offline', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  whole.clock.move({ minutes: 5 })
  if (station.is16) await status(whole, station, 'Available')
  else await event(whole, station, told, 'Ended', { reason: 'Local' })
  expect((await only(station)).state).toBe('waiting-for-meter')
  await station.close()
  await until(async () => {
    const { body } = await whole.call<{ connection: { state: string } }>('GET', `/v1/stations/${station.id}`)
    return body.connection.state === 'offline'
  })
  const other = await openSpeaker(whole, version)
  for (let day = 0; day < 3; day += 1) {
    whole.clock.move({ hours: 24 })
    // The worker has been round when the other station's short-lived command is over.
    const ticking = await command(whole, other, { kind: 'trigger', message: 'heartbeat' })
    await ticking.ended('answered')
    whole.clock.move({ minutes: 5 })
    await ticking.ended('timed-out')
    expect((await only(station)).state).toBe('waiting-for-meter')
  }
  whole.clock.move({ hours: 24 * 5 })
  expect((await becomes(station, 'ended')).flags).toContain('estimated')
  await other.close()
})

behaviour('clock-ahead', async (version) => {
  for (const wrong of [
    '1996-01-01T00:00:00Z',
    whole.clock.now().add({ hours: 24 }).toString(),
    '9999-12-31T00:00:00Z',
  ]) {
    const station = await openSpeaker(whole, version)
    const began = whole.clock.now().toString()
    const base = Temporal.Instant.from(wrong)
    const { told } = await start(whole, station, { at: wrong, registerWh: 1_000 })
    whole.clock.move({ minutes: 10 })
    await meter(whole, station, told, 1_600, base.add({ minutes: 10 }).toString())
    // It steps back in the middle.
    whole.clock.move({ minutes: 10 })
    await stop(whole, station, told, 2_200, { at: base.subtract({ hours: 1 }).toString() })
    const session = await only(station)
    expect([wrong, session]).toMatchObject([wrong, { state: 'ended', energyWh: 1_200, startedAt: began }])
    expect(session.endedAt).toBe(whole.clock.now().toString())
    expect(session.flags).toContain('clock-corrected')
    await station.close()
  }
})

behaviour('clock-told', async (version) => {
  const station = await openSpeaker(whole, version)
  const offset = async (): Promise<number | undefined> => {
    const { body } = await whole.call<{ connection: { clockOffsetMs?: number } }>('GET', `/v1/stations/${station.id}`)
    return body.connection.clockOffsetMs
  }
  const { told } = await start(whole, station, { at: ago({ seconds: 90 }) })
  // As old again a while later: no queue tells such times.
  whole.clock.move({ seconds: 40 })
  await stop(whole, station, told, 1_100, { at: ago({ seconds: 90 }) })
  await station.close()
  await until(async () => (await offset()) === -90_000)
  // What it tells from its queue is old, not wrong.
  await station.connect()
  const late = await start(whole, station, {
    at: ago({ hours: 2 }),
    registerWh: 1_100,
    ...(station.is16 ? {} : { offline: true }),
  })
  await stop(whole, station, late.told, 1_200, { at: whole.clock.now().toString() })
  await station.close()
  await until(async () => (await offset()) === 0)
})
