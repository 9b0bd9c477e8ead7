import { expect } from 'vitest'
import type { OcppVersion } from '../../ocpp/index.ts'
import { behaviour } from './behaviour.ts'
import {
  alertsOf,
  CARD_OF,
  event,
  meter,
  openSpeaker,
  recordsOf,
  sessionsOf,
  start,
  status,
  stop,
  type Speaker,
  type StartWords,
  type Told,
} from './station.ts'
import { useWhole } from './use-whole.ts'

const whole = await useWhole()

const ago = (duration: Temporal.DurationLike): string => whole.clock.now().subtract(duration).toString()

behaviour('start-repeated', async (version) => {
  const station = await openSpeaker(whole, version)
  const first = await start(whole, station, { number: 'twice', uid: CARD_OF.ordinary.toLowerCase() })
  // Another spelling of the same card is the same card.
  const second = await start(whole, station, { number: 'twice' })
  expect(second).toEqual(first)
  await stop(whole, station, first.told, 2_000)
  expect(await start(whole, station, { number: 'twice' })).toMatchObject({ told: { number: first.told.number } })
  expect(await sessionsOf(whole, station)).toMatchObject([{ state: 'ended', energyWh: 1_000, flags: [] }])
  await station.close()
})

behaviour('stop-repeated', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  const seqNo = told.seqNo
  const answers = []
  for (let turn = 0; turn < 3; turn += 1) {
    told.seqNo = seqNo
    answers.push((await stop(whole, station, told, 2_000, { uid: CARD_OF.ordinary })).answer)
  }
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
  const [session, ...more] = await sessionsOf(whole, station)
  expect(more).toEqual([])
  expect(await recordsOf(whole, session?.id)).toMatchObject([{ revision: 1, energyWh: 1_000 }])
  await station.close()
})

behaviour('meter-repeated', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  const at = whole.clock.now().toString()
  for (let turn = 0; turn < 3; turn += 1) {
    const again: Told = { ...told }
    await meter(whole, station, again, 1_700, at)
  }
  told.seqNo = 2
  await stop(whole, station, told, 2_000)
  const [session] = await sessionsOf(whole, station)
  const { body } = await whole.call<{ meterValues: unknown[] }>('GET', `/v1/sessions/${session?.id}`)
  expect(session).toMatchObject({ state: 'ended', energyWh: 1_000, flags: [] })
  expect(body.meterValues.length).toBe(3)
  await station.close()
})

behaviour('number-random', async (version) => {
  const station = await openSpeaker(whole, version)
  const numbers: number[] = []
  for (let n = 0; n < 6; n += 1) {
    const { told } = await start(whole, station, { registerWh: n })
    numbers.push(Number(told.number))
    await stop(whole, station, told, n)
  }
  expect(new Set(numbers).size).toBe(6)
  for (const number of numbers) {
    expect(Number.isInteger(number) && number > 0 && number < 2 ** 31).toBe(true)
  }
  const steps = numbers.slice(1).map((number, index) => Math.abs(number - (numbers[index] ?? 0)))
  expect(Math.min(...steps)).toBeGreaterThan(1)
  await station.close()
})

behaviour('number-kept', async (version) => {
  const station = await openSpeaker(whole, version)
  const number = 'Ab-1:2|3@x'
  const { told } = await start(whole, station, { number })
  expect(await sessionsOf(whole, station)).toMatchObject([{ transactionNumber: number }])
  await stop(whole, station, told, 1_000)
  await station.close()
})

behaviour('same-number-elsewhere', async (version) => {
  const owner = await openSpeaker(whole, version)
  const thief = await openSpeaker(whole, version)
  const { told } = await start(whole, owner)
  await stop(whole, thief, { ...told, seqNo: 9 }, 99_000)
  expect(await sessionsOf(whole, owner)).toMatchObject([{ state: 'delivering', energyWh: 0 }])
  if (version === 'ocpp1.6') {
    expect(await sessionsOf(whole, thief)).toMatchObject([{ flags: ['orphan'] }])
    expect((await alertsOf(whole, thief)).map(({ kind }) => kind)).toContain('unknown-transaction')
  } else {
    // In 2.x it may well be a transaction of its own that bears the same name: its start is missing.
    expect(await sessionsOf(whole, thief)).toMatchObject([{ state: 'waiting-for-meter' }])
  }
  await stop(whole, owner, told, 1_500)
  expect(await sessionsOf(whole, owner)).toMatchObject([{ state: 'ended', energyWh: 500 }])
  await owner.close()
  await thief.close()
})

behaviour('absurd-answered', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station, { registerWh: 5_000, evse: 2, uid: 'NOBODYS' })
  whole.clock.move({ seconds: 10 })
  await meter(whole, station, told, 100)
  whole.clock.move({ seconds: 10 })
  await stop(whole, station, told, 4_000)
  const [session] = await sessionsOf(whole, station)
  expect(session).toMatchObject({ state: 'ended', energyWh: 0 })
  expect(session?.flags).toEqual(expect.arrayContaining(['register-backwards', 'not-authorised']))
  await station.close()
})

behaviour('stop-before-start', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  const at = ago({ seconds: 30 })
  await stop(whole, station, told, 1_400, { at })
  const [session] = await sessionsOf(whole, station)
  expect(session?.flags).toContain('stop-before-start')
  expect(session?.endedAt).toBe(session?.startedAt)
  await station.close()
})

behaviour('start-lost', async (version) => {
  for (const transactionId of [-1, 0]) {
    const station = await openSpeaker(whole, version)
    const lost: Told = { number: String(transactionId), evse: 1, seqNo: 0 }
    await meter(whole, station, lost, 1_000, ago({ seconds: 50 }))
    await meter(whole, station, lost, 1_400, ago({ seconds: 40 }))
    // Told twice, as stations do that heard no answer.
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await stop(whole, station, lost, 1_600, { at: ago({ seconds: 30 }) })).answer).toEqual({})
    }
    expect(await sessionsOf(whole, station)).toMatchObject([{ state: 'ended', flags: ['orphan'], energyWh: 600 }])
    expect((await alertsOf(whole, station)).map(({ kind }) => kind)).toContain('unknown-transaction')
    // What comes next is not blocked by it.
    expect(await start(whole, station)).toMatchObject({ status: 'Accepted' })
    await station.close()
  }
})

/** A start that we keep and answer; the station hears nothing of it: its line breaks, and it does not try again. */
async function startGivenUp(version: OcppVersion, words: StartWords = {}): Promise<{ station: Speaker; lost: Told }> {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station, words)
  whole.clock.move({ minutes: 2 })
  await station.close()
  await station.connect()
  return { station, lost: { ...told, number: '-1' } }
}

behaviour('start-given-up', async (version) => {
  for (const number of ['-1', '0']) {
    const { station, lost: given } = await startGivenUp(version)
    const lost = { ...given, number }
    await meter(whole, station, lost, 1_400)
    whole.clock.move({ minutes: 2 })
    const at = whole.clock.now().toString()
    // Told twice, as stations do that heard no answer.
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await stop(whole, station, lost, 1_600, { at, reason: 'EVDisconnected' })).answer).toEqual({})
    }
    const [session, ...more] = await sessionsOf(whole, station)
    expect(more).toEqual([])
    expect(session).toMatchObject({ state: 'ended', energyWh: 600, flags: ['stop-without-number'], endedAt: at })
    expect(await recordsOf(whole, session?.id)).toMatchObject([{ revision: 1, energyWh: 600 }])
    expect(await alertsOf(whole, station)).toEqual([])
    await station.close()
  }
  // It reads no meter meanwhile, but shows the card that began.
  const { station, lost } = await startGivenUp(version)
  expect(await stop(whole, station, lost, 1_300, { uid: CARD_OF.ordinary })).toMatchObject({ status: 'Accepted' })
  expect(await sessionsOf(whole, station)).toMatchObject([
    { state: 'ended', energyWh: 300, flags: ['stop-without-number'] },
  ])
  await station.close()
})

behaviour('start-given-up-doubtful', async (version) => {
  const doubtful: readonly ((given: { station: Speaker; lost: Told }) => Promise<unknown>)[] = [
    ({ station, lost }) => stop(whole, station, lost, 1_600, { uid: CARD_OF.other }),
    ({ station, lost }) => stop(whole, station, lost, 1_600),
    ({ station, lost }) => stop(whole, station, lost, 900, { uid: CARD_OF.ordinary }),
    async ({ station, lost }) => {
      await meter(whole, station, { ...lost, evse: 2 }, 1_000)
      await stop(whole, station, { ...lost, evse: 2 }, 1_600, { uid: CARD_OF.ordinary })
    },
  ]
  for (const end of doubtful) {
    const { station, lost } = await startGivenUp(version)
    await end({ station, lost })
    const [begun, orphan] = await sessionsOf(whole, station)
    expect(begun).toMatchObject({ state: 'delivering', flags: [] })
    expect(orphan).toMatchObject({ state: 'ended', flags: ['orphan'] })
    await station.close()
  }
})

behaviour('stop-unknown', async (version) => {
  const station = await openSpeaker(whole, version)
  const nobodys: Told = { number: '1234567', evse: 1, seqNo: 4 }
  expect((await stop(whole, station, nobodys, 1_600)).answer).toEqual({})
  const [session] = await sessionsOf(whole, station)
  expect(session).toMatchObject(
    station.is16 ? { state: 'ended', flags: ['orphan'], energyWh: 0 } : { state: 'waiting-for-meter', energyWh: 0 },
  )
  await station.close()
})

behaviour('orphan-stopped', async (version) => {
  const station = await openSpeaker(whole, version)
  await meter(whole, station, { number: '-1', evse: 1, seqNo: 0 }, 1_000)
  const [nameless] = await sessionsOf(whole, station)
  expect(nameless).toMatchObject({ state: 'delivering', flags: ['orphan'] })
  expect((await whole.call('POST', `/v1/sessions/${nameless?.id}/stop`, {})).status).toBe(202)
  expect(await sessionsOf(whole, station)).toMatchObject([{ id: nameless?.id, state: 'ended' }])
  expect(station.socket.calls).toEqual([])
  // One that has a number is stopped at the station, which knows nothing of it.
  station.answer = () => ({ kind: 'result', payload: { status: 'Rejected' } })
  await meter(whole, station, { number: '4711', evse: 2, seqNo: 0 }, 1_000)
  const named = (await sessionsOf(whole, station))[1]
  expect((await whole.call('POST', `/v1/sessions/${named?.id}/stop`, {})).status).toBe(202)
  await expect.poll(async () => (await sessionsOf(whole, station))[1]?.state).toBe('ended')
  expect(station.socket.calls.map(({ action, payload }) => [action, payload['transactionId']])).toEqual([
    ['RemoteStopTransaction', 4711],
  ])
  await station.close()
})

behaviour('out-of-order', async (version) => {
  const station = await openSpeaker(whole, version)
  const told: Told = { number: 'shuffled', evse: 1, seqNo: 0 }
  const at = (seconds: number): string => ago({ seconds: 3_600 - seconds })
  const say = {
    started: () =>
      event(whole, station, told, 'Started', {
        seqNo: 0,
        at: at(0),
        registerWh: 0,
        uid: CARD_OF.ordinary,
        state: 'Charging',
        names: true,
        offline: true,
      }),
    paused: () =>
      event(whole, station, told, 'Updated', {
        seqNo: 1,
        at: at(600),
        registerWh: 900,
        state: 'SuspendedEV',
        offline: true,
      }),
    goesOn: () =>
      event(whole, station, told, 'Updated', {
        seqNo: 2,
        at: at(1_200),
        registerWh: 900,
        state: 'Charging',
        offline: true,
      }),
    ended: () =>
      event(whole, station, told, 'Ended', {
        seqNo: 3,
        at: at(1_800),
        registerWh: 2_000,
        reason: 'Local',
        offline: true,
      }),
  }
  for (const step of [say.ended, say.goesOn, say.started, say.ended, say.paused, say.paused, say.started, say.goesOn])
    await step()
  const [session, ...more] = await sessionsOf(whole, station)
  expect(more).toEqual([])
  expect(session).toMatchObject({ state: 'ended', energyWh: 2_000, flags: [] })
  expect(await recordsOf(whole, session?.id)).toMatchObject([{ revision: 1, startedAt: at(0), endedAt: at(1_800) }])
  await station.close()
})

behaviour('continuing-counter', async (version) => {
  const station = await openSpeaker(whole, version)
  const first = await start(whole, station, { number: 'first' })
  await stop(whole, station, first.told, 1_200)
  const told: Told = { number: 'second', evse: 1, seqNo: first.told.seqNo }
  await event(whole, station, told, 'Started', {
    registerWh: 1_200,
    uid: CARD_OF.ordinary,
    state: 'Charging',
    names: true,
  })
  await stop(whole, station, told, 1_500)
  expect(await sessionsOf(whole, station)).toMatchObject([
    { state: 'ended', energyWh: 200, flags: [] },
    { state: 'ended', energyWh: 300, flags: [] },
  ])
  await station.close()
})

behaviour('ended-without-started', async (version) => {
  const station = await openSpeaker(whole, version)
  const told: Told = { number: 'headless', evse: 1, seqNo: 0 }
  const at = ago({ seconds: 50 })
  await event(whole, station, told, 'Ended', { seqNo: 1, registerWh: 2_000, reason: 'Local' })
  const [session] = await sessionsOf(whole, station)
  expect(session).toMatchObject({ state: 'waiting-for-meter' })
  expect(await recordsOf(whole, session?.id)).toEqual([])
  await event(whole, station, told, 'Started', {
    seqNo: 0,
    at,
    registerWh: 1_500,
    uid: CARD_OF.ordinary,
    state: 'Charging',
    names: true,
  })
  expect(await sessionsOf(whole, station)).toMatchObject([{ state: 'ended', energyWh: 500, flags: [], startedAt: at }])
  await station.close()
})

behaviour('told-once', async (version) => {
  const station = await openSpeaker(whole, version)
  const told: Told = { number: 'told-once', evse: 2, seqNo: 0 }
  await event(whole, station, told, 'Started', { registerWh: 0, uid: CARD_OF.ordinary })
  expect(await sessionsOf(whole, station)).toMatchObject([{ evseId: 0, startedBy: { kind: 'card', last4: '1122' } }])
  await event(whole, station, told, 'Updated', { state: 'Charging', names: true })
  for (const registerWh of [100, 200]) {
    whole.clock.move({ seconds: 10 })
    await event(whole, station, told, 'Updated', { registerWh })
  }
  whole.clock.move({ seconds: 10 })
  await event(whole, station, told, 'Ended', { registerWh: 300, reason: 'EVDisconnected' })
  expect(await sessionsOf(whole, station)).toMatchObject([
    { state: 'ended', evseId: 2, energyWh: 300, flags: [], startedBy: { kind: 'card', last4: '1122' } },
  ])
  await station.close()
})

behaviour('one-at-an-evse', async (version) => {
  const station = await openSpeaker(whole, version)
  await start(whole, station, { registerWh: 1_000 })
  whole.clock.move({ minutes: 20 })
  const { told } = await start(whole, station, { registerWh: 4_000, uid: CARD_OF.other })
  expect(await sessionsOf(whole, station)).toMatchObject([
    { state: 'ended', energyWh: 3_000, flags: ['end-lost', 'estimated'] },
    { state: 'delivering', energyWh: 0 },
  ])
  await stop(whole, station, told, 4_500)
  await station.close()
})

behaviour('several-evses', async (version) => {
  const station = await openSpeaker(whole, version)
  const one = await start(whole, station, { evse: 1, registerWh: 100 })
  const two = await start(whole, station, { evse: 2, registerWh: 900, uid: CARD_OF.other })
  await meter(whole, station, two.told, 1_000)
  await meter(whole, station, one.told, 300)
  await status(whole, station, 'Occupied', { evse: 1, phase: 'Charging' })
  await stop(whole, station, two.told, 1_100)
  expect(await sessionsOf(whole, station)).toMatchObject([
    { state: 'delivering' },
    { state: 'ended', evseId: 2, energyWh: 200 },
  ])
  await stop(whole, station, one.told, 400)
  expect(await sessionsOf(whole, station)).toMatchObject([{ state: 'ended', evseId: 1, energyWh: 300 }, {}])
  await station.close()
})
