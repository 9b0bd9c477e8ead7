import { expect } from 'vitest'
import { behaviour } from './behaviour.ts'
import {
  CARD_OF,
  event,
  openSpeaker,
  sent,
  type Speaker,
  sessionsOf,
  start,
  stop,
  type Told,
  until,
} from './station.ts'
import { useWhole } from './use-whole.ts'

const whole = await useWhole()

const now = (): string => whole.clock.now().toString()
const one = async (station: Speaker) => (await sessionsOf(whole, station)).at(-1)

/** The cable comes first: a transaction that waits for somebody. */
async function plugged(station: Speaker, more = ''): Promise<Told> {
  const told: Told = { number: `plugged-${station.identity}${more}`, evse: 1, seqNo: 0 }
  const words = { trigger: 'CablePluggedIn', state: 'EVConnected', names: true, registerWh: 1_000 }
  await event(whole, station, told, 'Started', words)
  return told
}
const wishFor = (station: Speaker, uid?: string) =>
  whole.call<{ id: string; commandId: string }>('POST', '/v1/sessions', {
    stationId: station.id,
    evseId: 1,
    ...(uid === undefined ? {} : { for: { idToken: { uid } } }),
  })

behaviour('remote-overtaken', async (version) => {
  const station = await openSpeaker(whole, version)
  for (const whose of [undefined, CARD_OF.other]) {
    const told = await plugged(station, whose)
    expect((await wishFor(station, whose)).status).toBeLessThan(300)
    await until(() => station.socket.calls.some(({ action }) => action.endsWith('StartTransaction')))
    // Somebody else is there, with a card.
    const shown = { trigger: 'Authorized', state: 'Charging', uid: CARD_OF.ordinary }
    expect(await event(whole, station, told, 'Updated', shown)).toMatchObject({ idTokenInfo: { status: 'Accepted' } })
    whole.clock.move({ minutes: 10 })
    await stop(whole, station, told, 2_000)
    const session = await one(station)
    expect(session).toMatchObject({ state: 'ended', flags: [], energyWh: 1_000 })
    expect(session?.startedBy).toEqual({ kind: 'card', last4: CARD_OF.ordinary.slice(-4) })
    const { body } = await whole.call<{ items: { idToken?: { last4: string } }[] }>(
      'GET',
      `/v1/session-records?sessionId=${session?.id}`,
    )
    expect(body.items.map(({ idToken }) => idToken?.last4)).toEqual([CARD_OF.ordinary.slice(-4)])
  }
  // Or somebody presses the station's own button: nobody's card is charged for that.
  const told = await plugged(station, 'button')
  expect((await wishFor(station, CARD_OF.other)).status).toBeLessThan(300)
  await station.call('TransactionEvent', {
    eventType: 'Updated',
    timestamp: now(),
    triggerReason: 'Authorized',
    seqNo: 1,
    transactionInfo: { transactionId: told.number, chargingState: 'Charging' },
    idToken: { idToken: '', type: 'NoAuthorization' },
  })
  expect((await one(station))?.startedBy).toEqual({ kind: 'station' })
  await station.close()
})

behaviour('remote-tried-again', async (version) => {
  const station = await openSpeaker(whole, version)
  const told = await plugged(station)
  const first = await wishFor(station)
  expect(first.status).toBeLessThan(300)
  const call = await sent(station, /StartTransaction$/)
  // While it may still begin, nobody else gets in between.
  expect((await wishFor(station)).status).toBe(409)
  await whole.stations.idle()
  whole.clock.move({ minutes: 4 })
  await until(async () => {
    const { body } = await whole.call<{ state: string }>('GET', `/v1/commands/${first.body.commandId}`)
    return body.state === 'timed-out'
  })
  await event(whole, station, told, 'Updated', { state: 'EVConnected' })
  if (version === 'ocpp2.1') {
    // It begins all the same.
    const remoteStartId = Number(call.payload['remoteStartId'])
    await event(whole, station, told, 'Updated', { trigger: 'RemoteStart', state: 'Charging', remoteStartId })
    expect(await one(station)).toMatchObject({ id: first.body.id, state: 'delivering', flags: [] })
    await station.close()
    return
  }
  const second = await wishFor(station)
  expect(second.status).toBeLessThan(300)
  const again = await until(() => station.socket.calls.filter(({ action }) => action.endsWith('StartTransaction'))[1])
  const remoteStartId = Number(again.payload['remoteStartId'])
  await event(whole, station, told, 'Updated', { trigger: 'RemoteStart', state: 'Charging', remoteStartId })
  expect(await one(station)).toMatchObject({ id: first.body.id, state: 'delivering', flags: [] })
  await station.close()
})

/** It names its EVSE in its second event only. */
async function namedLate(station: Speaker, remoteStartId: number | undefined): Promise<Told> {
  const told: Told = { number: `named-late-${station.identity}`, evse: 2, seqNo: 0 }
  const begun = { trigger: 'RemoteStart', uid: CARD_OF.other, registerWh: 1_000 }
  await event(whole, station, told, 'Started', { ...begun, ...(remoteStartId === undefined ? {} : { remoteStartId }) })
  await event(whole, station, told, 'Updated', { trigger: 'CablePluggedIn', state: 'Charging', names: true })
  return told
}

behaviour('remote-begins-elsewhere', async (version) => {
  const station = await openSpeaker(whole, version)
  const idToken = { uid: CARD_OF.other }
  const wish = await whole.call<{ id: string }>('POST', '/v1/sessions', {
    stationId: station.id,
    evseId: 1,
    for: { idToken },
  })
  expect(wish.status).toBeLessThan(300)
  const call = await sent(station, /StartTransaction$/)
  const remote: { remoteStartId?: number } = station.is16
    ? {}
    : { remoteStartId: Number(call.payload['remoteStartId']) }
  // The driver took the other plug.
  const told =
    version === 'ocpp2.1'
      ? await namedLate(station, remote.remoteStartId)
      : (await start(whole, station, { uid: CARD_OF.other, evse: 2, ...remote })).told
  expect(await sessionsOf(whole, station)).toMatchObject([{ id: wish.body.id, state: 'delivering', evseId: 2 }])
  // The one it was meant for is free for somebody else, who ends nothing by it.
  const second = await start(whole, station, { uid: CARD_OF.ordinary, evse: 1 })
  await stop(whole, station, second.told, 1_200)
  expect((await sessionsOf(whole, station)).map(({ state, evseId }) => [state, evseId])).toEqual([
    ['delivering', 2],
    ['ended', 1],
  ])
  const { body } = await whole.call<{ evses: { id: number; session?: { id: string } }[] }>(
    'GET',
    `/v1/stations/${station.id}`,
  )
  expect(body.evses.map(({ id, session }) => [id, session?.id])).toEqual([
    [1, undefined],
    [2, wish.body.id],
  ])
  await stop(whole, station, told, 1_900)
  expect((await sessionsOf(whole, station))[0]).toMatchObject({ state: 'ended', energyWh: 900, flags: [] })
  await station.close()
})
