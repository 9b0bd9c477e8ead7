import { expect } from 'vitest'
import { sql } from '../../server/src/platform/index.ts'
import { makeTestToken } from '../../server/src/sessions/testing-network.ts'
import { behaviour } from './behaviour.ts'
import {
  alertsOf,
  CARD_OF,
  event,
  meter,
  openSpeaker,
  recordsOf,
  sent,
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

const now = (): string => whole.clock.now().toString()
const one = async (station: Speaker) => (await sessionsOf(whole, station)).at(-1)
const becomes = (station: Speaker, state: string) =>
  until(async () => {
    const session = await one(station)
    return session?.state === state ? session : undefined
  })
const isOffline = (station: Speaker): Promise<unknown> =>
  until(async () => {
    const { body } = await whole.call<{ connection: { state: string } }>('GET', `/v1/stations/${station.id}`)
    return body.connection.state === 'offline'
  })
/** Time goes on in steps, and what falls due is taken at each, as when it goes by itself: of a leap watchers would see what is overdue. */
async function pass(seconds: number): Promise<void> {
  const { ground, tenantId, clock } = whole
  for (let left = seconds; left > 0; left -= STEP_SECONDS) {
    clock.move({ seconds: Math.min(left, STEP_SECONDS) })
    await until(() =>
      ground.database.inTenant(tenantId, async (tx) => {
        const due = await tx.row(
          sql`select from sessions where tenant_id = ${tenantId} and due_at <= ${clock.now()} limit 1`,
        )
        return due === undefined
      }),
    )
  }
}

/** Less than what is overdue by so much is told of. */
const STEP_SECONDS = 240

/** The worker has been round: another session, whose time for energy is over with it, was told to stop. */
async function roundOf(other: Speaker, seconds: number): Promise<void> {
  await pass(seconds)
  await sent(other, /StopTransaction$/)
  await whole.stations.idle()
}

/** Begun, and nothing flows yet. */
async function connected(station: Speaker): Promise<Told> {
  if (station.is16) return (await start(whole, station)).told
  const told: Told = { number: `connected-${station.identity}`, evse: 1, seqNo: 0 }
  const words = { uid: CARD_OF.ordinary, state: 'EVConnected', names: true, registerWh: 1_000 }
  await event(whole, station, told, 'Started', words)
  return told
}

behaviour('away-after-start', async (version) => {
  const [station, witness] = [await openSpeaker(whole, version), await openSpeaker(whole, version)]
  const began = whole.clock.now()
  const at = (minutes: number): string => began.add({ minutes }).toString()
  const told = await connected(station)
  await station.close()
  await isOffline(station)
  // Nothing flows there either, and it listens: it is told.
  await connected(witness)
  await roundOf(witness, 1_900)
  await station.connect()
  const more = { offline: true, state: 'Charging' }
  for (const minutes of [10, 20, 30]) {
    if (station.is16) await meter(whole, station, told, 1_000 + minutes * 100, at(minutes))
    else await event(whole, station, told, 'Updated', { ...more, registerWh: 1_000 + minutes * 100, at: at(minutes) })
  }
  await whole.stations.idle()
  expect(station.socket.calls).toEqual([])
  expect(await one(station)).toMatchObject({ state: 'delivering', energyWh: 3_000, flags: [] })
  await stop(whole, station, told, 5_000)
  expect(await one(station)).toMatchObject({ state: 'ended', energyWh: 4_000, flags: [] })
  await Promise.all([station.close(), witness.close()])
})

behaviour('authorised-late', async (version) => {
  const [station, witness] = [await openSpeaker(whole, version), await openSpeaker(whole, version)]
  const told: Told = { number: `late-${version}`, evse: 1, seqNo: 0 }
  await event(whole, station, told, 'Started', {
    trigger: 'CablePluggedIn',
    state: 'EVConnected',
    names: true,
    registerWh: 1_000,
  })
  whole.clock.move({ minutes: 21 })
  await connected(witness)
  whole.clock.move({ minutes: 29 })
  await event(whole, station, told, 'Updated', { trigger: 'Authorized', state: 'EVConnected', uid: CARD_OF.ordinary })
  expect((await one(station))?.state).toBe('delivering')
  // Half an hour from then, not from the cable.
  await roundOf(witness, 61)
  expect(station.socket.calls).toEqual([])
  await event(whole, station, told, 'Updated', { state: 'Charging', registerWh: 1_100 })
  whole.clock.move({ minutes: 10 })
  await stop(whole, station, told, 3_000)
  expect(await one(station)).toMatchObject({ state: 'ended', energyWh: 2_000, flags: [] })
  await Promise.all([station.close(), witness.close()])
})

behaviour('plugged-and-left', async (version) => {
  const station = await openSpeaker(whole, version)
  // With readings, and without.
  for (const registerWh of [1_000, undefined]) {
    const told: Told = { number: `left-${registerWh}`, evse: 1, seqNo: 0 }
    const read = registerWh === undefined ? {} : { registerWh }
    const begun = { trigger: 'CablePluggedIn', state: 'EVConnected', names: true }
    await event(whole, station, told, 'Started', { ...begun, ...read })
    whole.clock.move({ minutes: 2 })
    await event(whole, station, told, 'Ended', { trigger: 'EVDeparted', reason: 'EVDisconnected', ...read })
    const session = await one(station)
    expect(session).toMatchObject({ state: 'abandoned', energyWh: 0, flags: [] })
    expect(await recordsOf(whole, session?.id)).toEqual([])
  }
  expect(await alertsOf(whole, station)).toEqual([])
  // The control: what flowed without leave is a session, and somebody is told; that alert ends with the session, as soon as a watcher looks.
  const told: Told = { number: 'taken', evse: 1, seqNo: 0 }
  await event(whole, station, told, 'Started', { state: 'EVConnected', names: true, registerWh: 1_000 })
  whole.clock.move({ minutes: 2 })
  await stop(whole, station, told, 1_200)
  expect(await one(station)).toMatchObject({ state: 'ended', flags: ['not-authorised'] })
  const [open, cleared] = [await alertsOf(whole, station), await alertsOf(whole, station, 'cleared')]
  expect(new Set([...open, ...cleared].map(({ kind }) => kind))).toEqual(new Set(['session-not-authorised']))
  await station.close()
})

behaviour('stop-empty-card', async () => {
  const station = await openSpeaker(whole, 'ocpp1.6')
  const known = await start(whole, station)
  whole.clock.move({ minutes: 10 })
  expect((await stop(whole, station, known.told, 2_000, { uid: '' })).answer).toEqual({})
  // Our answer to this start was lost.
  const { told } = await start(whole, station, { registerWh: 2_000 })
  const lost: Told = { ...told, number: '-1' }
  whole.clock.move({ minutes: 10 })
  await meter(whole, station, lost, 2_500)
  whole.clock.move({ minutes: 10 })
  expect((await stop(whole, station, lost, 3_000, { uid: '' })).answer).toEqual({})
  expect(await sessionsOf(whole, station)).toMatchObject([
    { state: 'ended', energyWh: 1_000, flags: [] },
    { state: 'ended', energyWh: 1_000, flags: ['stop-without-number'] },
  ])
  await station.close()
})

behaviour('stopped-and-connected', async (version) => {
  const [station, witness] = [await openSpeaker(whole, version), await openSpeaker(whole, version)]
  const told = await connected(station)
  await event(whole, station, told, 'Updated', { state: 'Charging', registerWh: 1_000 })
  whole.clock.move({ minutes: 20 })
  await event(whole, station, told, 'Updated', { registerWh: 3_000 })
  await connected(witness)
  const session = await one(station)
  const { body: asked } = await whole.call<{ commandId: string }>('POST', `/v1/sessions/${session?.id}/stop`, {})
  await sent(station, /RequestStopTransaction/)
  await event(whole, station, told, 'Updated', { trigger: 'RemoteStop', state: 'EVConnected', registerWh: 3_100 })
  // Its answer may be kept after what it brought about.
  const state = async () => (await whole.call<{ state: string }>('GET', `/v1/commands/${asked.commandId}`)).body.state
  await until(async () => (await state()) === 'effect-seen')
  // The car stays for the better part of an hour; deadlines come and go.
  await roundOf(witness, 1_801)
  await pass(601)
  await until(() => witness.socket.calls.length === 2)
  await whole.stations.idle()
  expect(station.socket.calls).toHaveLength(1)
  expect(await one(station)).toMatchObject({ state: 'paused', energyWh: 2_100 })
  expect(await alertsOf(whole, station)).toEqual([])
  await event(whole, station, told, 'Ended', { trigger: 'EVCommunicationLost', reason: 'Remote', registerWh: 3_100 })
  expect(await one(station)).toMatchObject({ state: 'ended', energyWh: 2_100, flags: [], stopReason: 'remote' })
  await Promise.all([station.close(), witness.close()])
})

behaviour('meter-asked-when-idle', async (version) => {
  const station = await openSpeaker(whole, version)
  station.answer = ({ action }) =>
    action === 'GetTransactionStatus'
      ? { kind: 'result', payload: { messagesInQueue: false, ongoingIndicator: false } }
      : { kind: 'result', payload: { status: 'Accepted' } }
  const { told } = await start(whole, station)
  whole.clock.move({ minutes: 20 })
  await meter(whole, station, told, 2_000)
  whole.clock.move({ minutes: 5 })
  // Its last event bears no reading.
  await event(whole, station, told, 'Ended', { reason: 'EVDisconnected' })
  const endedAt = now()
  expect((await one(station))?.state).toBe('waiting-for-meter')
  whole.clock.move({ seconds: 61 })
  const asked = await sent(station, /TriggerMessage/)
  // An event of the transaction comes only while it runs; the meter itself answers when idle, too.
  expect(asked.payload).toEqual({ requestedMessage: 'MeterValues', evse: { id: 1 } })
  await station.call('MeterValues', {
    evseId: 1,
    meterValue: [{ timestamp: now(), sampledValue: [{ value: 2_600, context: 'Trigger' }] }],
  })
  const session = await becomes(station, 'ended')
  expect(session).toMatchObject({ energyWh: 1_600, flags: [], endedAt })
  expect(await recordsOf(whole, session.id)).toMatchObject([{ revision: 1, energyWh: 1_600, estimated: false }])
  await station.close()
})

behaviour('no-flow', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  const reads = async (registerWh: number, powerW: number): Promise<void> => {
    whole.clock.move({ minutes: 1 })
    const values = [{ value: registerWh }, { value: powerW, measurand: 'Power.Active.Import' }]
    if (station.is16) {
      const sampledValue = values.map(({ value, ...rest }) => ({ ...rest, value: String(value) }))
      const meterValue = [{ timestamp: now(), sampledValue }]
      await station.call('MeterValues', { connectorId: 1, transactionId: Number(told.number), meterValue })
      return
    }
    await station.call('TransactionEvent', {
      eventType: 'Updated',
      timestamp: now(),
      triggerReason: 'MeterValuePeriodic',
      seqNo: told.seqNo++,
      transactionInfo: { transactionId: told.number },
      meterValue: [{ timestamp: now(), sampledValue: values }],
    })
  }
  const isTold = async (): Promise<boolean> =>
    (await alertsOf(whole, station)).some(({ kind }) => kind === 'session-no-flow')
  await reads(1_200, 11_000)
  for (let minute = 0; minute < 7; minute += 1) await reads(1_300, 20)
  await until(isTold)
  expect(await one(station)).toMatchObject({ state: 'delivering', flags: [], energyWh: 300 })
  expect(station.socket.calls).toEqual([])
  await reads(1_500, 11_000)
  await stop(whole, station, told, 1_700)
  expect(await one(station)).toMatchObject({ state: 'ended', flags: [], energyWh: 700 })
  await station.close()
})

behaviour('number-reused', async (version) => {
  const station = await openSpeaker(whole, version)
  const isTold = async (): Promise<boolean> =>
    (await alertsOf(whole, station)).some(({ kind }) => kind === 'transaction-number-reused')
  const at = now()
  const first = await start(whole, station, { number: '1', at })
  whole.clock.move({ minutes: 10 })
  await stop(whole, station, first.told, 2_000)
  // A retry says the same again, however late.
  whole.clock.move({ minutes: 10 })
  await start(whole, station, { number: '1', at })
  expect(await isTold()).toBe(false)
  // Its firmware counts from one again after each boot.
  await station.boot()
  expect(await start(whole, station, { number: '1', registerWh: 2_000 })).toMatchObject({ status: 'Accepted' })
  expect(await isTold()).toBe(true)
  expect(await sessionsOf(whole, station)).toMatchObject([{ state: 'ended', energyWh: 1_000, flags: [] }])
  await station.close()
})

behaviour('stop-lost-2', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  whole.clock.move({ minutes: 20 })
  await meter(whole, station, told, 2_000)
  let ongoing = true
  station.answer = ({ action }) => {
    const payload =
      action === 'GetTransactionStatus' ? { messagesInQueue: false, ongoingIndicator: ongoing } : { status: 'Rejected' }
    return { kind: 'result', payload }
  }
  // The other plug of the EVSE has nothing to do with it.
  await station.call('StatusNotification', {
    timestamp: now(),
    connectorStatus: 'Available',
    evseId: 1,
    connectorId: 2,
  })
  expect((await one(station))?.state).toBe('delivering')
  // The first time it runs all the same; then the power went, and it has forgotten.
  for (const state of ['delivering', 'ended']) {
    whole.clock.move({ minutes: 1 })
    await status(whole, station, 'Available')
    expect((await one(station))?.state).toBe('waiting-for-meter')
    whole.clock.move({ seconds: 61 })
    await becomes(station, state)
    ongoing = false
    await station.close()
    await station.connect()
    await station.boot()
  }
  expect(await one(station)).toMatchObject({ energyWh: 1_000, flags: ['end-lost', 'estimated'] })
  await station.close()
})

behaviour('stop-of-forgotten', async (version) => {
  const station = await openSpeaker(whole, version)
  station.answer = ({ action }) => {
    if (action === 'GetTransactionStatus')
      return { kind: 'result', payload: { messagesInQueue: false, ongoingIndicator: false } }
    return { kind: 'result', payload: { status: action.endsWith('StopTransaction') ? 'Rejected' : 'Accepted' } }
  }
  const { told } = await start(whole, station)
  whole.clock.move({ minutes: 20 })
  await meter(whole, station, told, 2_000)
  const session = await one(station)
  expect((await whole.call('POST', `/v1/sessions/${session?.id}/stop`, {})).status).toBe(202)
  if (station.is16) {
    const asked = await sent(station, /TriggerMessage/)
    expect(asked.payload).toEqual({ requestedMessage: 'StatusNotification', connectorId: 1 })
    whole.clock.move({ seconds: 1 })
    await status(whole, station, 'Available')
    for (let turn = 1; turn <= 3; turn += 1) {
      whole.clock.move({ seconds: 181 })
      await until(
        () =>
          station.socket.calls.filter(({ payload }) => payload['requestedMessage'] === 'MeterValues').length === turn,
      )
    }
    whole.clock.move({ seconds: 181 })
  } else await sent(station, /GetTransactionStatus/)
  expect(await becomes(station, 'ended')).toMatchObject({ energyWh: 1_000, flags: ['end-lost', 'estimated'] })
  // The EVSE is free for the next one.
  const next = await whole.call('POST', '/v1/sessions', { stationId: station.id, evseId: 1 })
  expect(next.status).toBeLessThan(300)
  await station.close()
})

behaviour('stop-authorised-first', async (version) => {
  const station = await openSpeaker(whole, version)
  const cardOf = (last: string): string => `04570BB0${version === 'ocpp2.1' ? '21' : '20'}${last}`
  const [uid, family, stranger] = [cardOf('0001'), cardOf('0002'), cardOf('0003')]
  const id = await makeTestToken(whole, uid, { groupUid: `STOPPERS-${version}` })
  await makeTestToken(whole, family, { groupUid: `STOPPERS-${version}`, maxSessions: 1 })
  const { told } = await start(whole, station, { uid, evse: 1 })
  // The family's other card charges already, and may not begin another session; ending one it may.
  await start(whole, station, { uid: family, evse: 2 })
  await whole.call('PATCH', `/v1/id-tokens/${id}`, { status: 'blocked' })
  const shows = async (card: string): Promise<unknown> => {
    const words = { trigger: 'StopAuthorized', uid: card, state: 'EVConnected' }
    const answer = await event(whole, station, told, 'Updated', words)
    return (answer['idTokenInfo'] as { status: string }).status
  }
  expect([await shows(uid), await shows(family), await shows(stranger)]).toEqual(['Accepted', 'Accepted', 'Invalid'])
  await stop(whole, station, told, 1_000)
  const [ended] = await sessionsOf(whole, station)
  expect(ended).toMatchObject({ flags: [], startedBy: { kind: 'card', last4: uid.slice(-4) } })
  await station.close()
})
