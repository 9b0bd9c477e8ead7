import { expect } from 'vitest'
import type { IncomingCall } from '../../ocpp/index.ts'
import { makeTestToken } from '../../server/src/sessions/testing-network.ts'
import { behaviour } from './behaviour.ts'
import {
  alertsOf,
  authorise,
  CARD_OF,
  command,
  event,
  meter,
  openSpeaker,
  recordsOf,
  type Speaker,
  sessionsOf,
  start,
  startCall,
  stop,
  type Told,
  until,
} from './station.ts'
import { useWhole } from './use-whole.ts'
import { FAMILY } from './whole.ts'

const whole = await useWhole()

let cards = 0
/** A card of its own, which may be changed. */
async function card(more: { readonly maxSessions?: number } = {}): Promise<{ uid: string; id: string }> {
  cards += 1
  const uid = `04C0FFEE${String(cards).padStart(6, '0')}`
  return { uid, id: await makeTestToken(whole, uid, more) }
}
const block = async (id: string): Promise<void> => {
  expect((await whole.call('PATCH', `/v1/id-tokens/${id}`, { status: 'blocked' })).status).toBe(200)
}
const one = async (station: Speaker) => (await sessionsOf(whole, station)).at(-1)
const tokenOf = ({ payload }: IncomingCall): string =>
  (payload['idTag'] ?? (payload['idToken'] as { idToken: string }).idToken) as string
const sent = (station: Speaker, pattern: RegExp): Promise<IncomingCall> =>
  until(() => station.socket.calls.find(({ action }) => pattern.test(action)))

behaviour('judged-again', async (version) => {
  const station = await openSpeaker(whole, version)
  const { uid, id } = await card()
  expect(await authorise(station, uid)).toMatchObject({ status: 'Accepted' })
  await block(id)
  expect(await start(whole, station, { uid })).toMatchObject({ status: 'Blocked' })
  expect((await one(station))?.flags).toContain('not-authorised')
  expect((await alertsOf(whole, station)).map(({ kind }) => kind)).toContain('session-not-authorised')
  await station.close()
})

behaviour('refused-goes-on', async (version) => {
  const station = await openSpeaker(whole, version)
  const ends = await start(whole, station, { uid: CARD_OF.blocked })
  await stop(whole, station, ends.told, 1_000, { reason: 'DeAuthorized' })
  expect(await one(station)).toMatchObject({ state: 'ended', energyWh: 0, stopReason: 'deauthorized' })
  const goesOn = await start(whole, station, { uid: CARD_OF.blocked, registerWh: 1_001 })
  whole.clock.move({ minutes: 1 })
  await meter(whole, station, goesOn.told, 1_500)
  whole.clock.move({ minutes: 1 })
  await stop(whole, station, goesOn.told, 2_001)
  expect(await one(station)).toMatchObject({ state: 'ended', energyWh: 1_000, flags: ['not-authorised'] })
  await station.close()
})

behaviour('refused-and-waits', async (version) => {
  const station = await openSpeaker(whole, version)
  const open = async () => (await alertsOf(whole, station)).map(({ kind }) => kind)
  const plugged = async (number: string): Promise<Told> => {
    const told: Told = { number: `${number}-${version}`, evse: 1, seqNo: 0 }
    await event(whole, station, told, 'Started', { trigger: 'CablePluggedIn', state: 'EVConnected', names: true })
    const refused = { trigger: 'Authorized', state: 'EVConnected', uid: CARD_OF.blocked }
    await event(whole, station, told, 'Updated', refused)
    expect(await one(station)).toMatchObject({ state: 'waiting-for-token', flags: ['not-authorised'] })
    expect(await open()).toEqual([])
    return told
  }
  const left = await plugged('left')
  whole.clock.move({ minutes: 2 })
  await event(whole, station, left, 'Ended', { trigger: 'EVDeparted', reason: 'EVDisconnected' })
  const abandoned = await one(station)
  expect(abandoned).toMatchObject({ state: 'abandoned', energyWh: 0 })
  expect(await recordsOf(whole, abandoned?.id)).toEqual([])

  const told = await plugged('taken')
  // It goes on all the same: that is told, until a card is shown that may.
  await event(whole, station, told, 'Updated', { state: 'Charging', registerWh: 1_000 })
  expect(await open()).toEqual(['session-not-authorised'])
  await event(whole, station, told, 'Updated', { trigger: 'Authorized', state: 'Charging', uid: CARD_OF.ordinary })
  expect(await open()).toEqual([])
  whole.clock.move({ minutes: 10 })
  await stop(whole, station, told, 2_000)
  expect(await one(station)).toMatchObject({ state: 'ended', energyWh: 1_000, flags: [] })
  await station.close()
})

behaviour('card-without-case', async (version) => {
  const station = await openSpeaker(whole, version)
  expect(await authorise(station, CARD_OF.ordinary.toLowerCase())).toMatchObject({ status: 'Accepted' })
  expect(await authorise(station, `${CARD_OF.ordinary}0`)).toMatchObject({ status: 'Invalid' })
  await station.close()
})

behaviour('group-stops', async (version) => {
  const station = await openSpeaker(whole, version)
  expect(await authorise(station, CARD_OF.ordinary)).toEqual({ status: 'Accepted', group: FAMILY })
  const begun = await start(whole, station)
  expect(begun.group).toBe(FAMILY)
  const { status: verdict, answer } = await stop(whole, station, begun.told, 1_100, { uid: CARD_OF.family })
  expect([verdict, JSON.stringify(answer)]).toEqual(['Accepted', expect.stringContaining(FAMILY)])
  expect(await one(station)).toMatchObject({ state: 'ended', energyWh: 100, flags: [] })
  await station.close()
})

behaviour('group-is-no-card', async (version) => {
  const station = await openSpeaker(whole, version)
  expect(await authorise(station, FAMILY)).toMatchObject({ status: 'Invalid' })
  await station.close()
})

behaviour('stranger-stops-not', async (version) => {
  const station = await openSpeaker(whole, version)
  const { uid, id } = await card()
  const { told } = await start(whole, station, { uid })
  await block(id)
  expect(await stop(whole, station, told, 1_100, { uid })).toMatchObject({ status: 'Accepted' })
  const other = await start(whole, station, { uid: CARD_OF.other, registerWh: 1_101 })
  expect(await stop(whole, station, other.told, 1_200, { uid: 'NOBODYS' })).toMatchObject({ status: 'Invalid' })
  // It ended all the same: the station has decided.
  expect(await one(station)).toMatchObject({ state: 'ended', energyWh: 99 })
  await station.close()
})

behaviour('concurrent-second', async (version) => {
  const station = await openSpeaker(whole, version)
  const { uid } = await card({ maxSessions: 1 })
  const first = await start(whole, station, { uid })
  expect(first.status).toBe('Accepted')
  expect(await authorise(station, uid)).toMatchObject({ status: 'Accepted' })
  expect(await start(whole, station, { uid, evse: 2 })).toMatchObject({ status: 'ConcurrentTx' })
  // Told again, the first is still the first.
  const again = startCall(whole, station, { uid, number: first.told.number })
  expect(JSON.stringify(await station.call(again.action, again.payload))).toContain('Accepted')
  await station.close()
})

behaviour('no-authorization', async (version) => {
  const station = await openSpeaker(whole, version)
  const button = { idToken: '', type: 'NoAuthorization' }
  expect(await station.call('Authorize', { idToken: button })).toMatchObject({ idTokenInfo: { status: 'Accepted' } })
  const { payload } = startCall(whole, station, { number: 'button' })
  expect(await station.call('TransactionEvent', { ...payload, idToken: button })).toMatchObject({
    idTokenInfo: { status: 'Accepted' },
  })
  expect(await one(station)).toMatchObject({ state: 'delivering', flags: [], startedBy: { kind: 'station' } })
  await station.close()
})

behaviour('pin-hidden', async (version) => {
  const station = await openSpeaker(whole, version)
  // No part of it can stand in an id or a time by chance.
  const pin = '4829QZKW'
  const token = { idToken: pin, type: 'KeyCode' }
  await station.call('Authorize', { idToken: token })
  const { payload } = startCall(whole, station, { number: 'pin' })
  await station.call('TransactionEvent', { ...payload, idToken: token })
  await whole.stations.gateway.idle()
  for (const url of [
    `/v1/stations/${station.id}/ocpp-log?limit=200`,
    `/v1/sessions?stationId=${station.id}`,
    '/v1/alerts',
  ]) {
    const text = JSON.stringify((await whole.call('GET', url)).body)
    expect([url, text.includes(pin), text.includes(pin.slice(-4))]).toEqual([url, false, false])
  }
  await station.close()
})

behaviour('contract-unchecked', async (version) => {
  const station = await openSpeaker(whole, version)
  const { uid } = await card()
  const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'a', issuerKeyHash: 'b', serialNumber: '1' }
  const ask = (idToken: string, more: object) =>
    station.call('Authorize', { idToken: { idToken, type: 'eMAID' }, ...more })
  const pem = { certificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----' }
  for (const more of [pem, { iso15118CertificateHashData: [{ ...hash, responderURL: 'https://ocsp.example' }] }]) {
    expect(await ask(uid, more)).toEqual({ idTokenInfo: { status: 'Invalid' }, certificateStatus: 'CertChainError' })
  }
  expect(await ask(CARD_OF.blocked, pem)).toMatchObject({
    idTokenInfo: { status: 'Blocked' },
    certificateStatus: 'ContractCancelled',
  })
  // The control: without a certificate the account decides.
  expect(await ask(uid, {})).toEqual({ idTokenInfo: { status: 'Accepted' } })
  await station.close()
})

behaviour('cache-cleared', async (version) => {
  const station = await openSpeaker(whole, version)
  await (await command(whole, station, { kind: 'clear-cache' })).ended('answered')
  station.answer = () => ({ kind: 'result', payload: { status: 'Rejected' } })
  const none = await command(whole, station, { kind: 'clear-cache' })
  expect(await none.ended('failed')).toMatchObject({ failure: 'rejected' })
  await station.close()
})

behaviour('remote-authorised-back', async (version) => {
  const station = await openSpeaker(whole, version)
  const elsewhere = await openSpeaker(whole, version)
  const wish = await whole.call<{ id: string }>('POST', '/v1/sessions', { stationId: station.id, evseId: 1 })
  expect(wish.status).toBeLessThan(300)
  const token = tokenOf(await sent(station, /StartTransaction$/))
  expect(await authorise(station, token)).toMatchObject({ status: 'Accepted' })
  expect(await authorise(elsewhere, token)).toMatchObject({ status: 'Invalid' })
  await whole.call('POST', `/v1/sessions/${wish.body.id}/stop`, {})
  expect(await authorise(station, token)).toMatchObject({ status: 'Invalid' })
  await station.close()
  await elsewhere.close()
})

behaviour('remote-matched', async (version) => {
  const station = await openSpeaker(whole, version)
  const ids = []
  for (const evseId of [1, 2]) {
    ids.push((await whole.call<{ id: string }>('POST', '/v1/sessions', { stationId: station.id, evseId })).body.id)
  }
  const calls = await until(() => {
    const starts = station.socket.calls.filter(({ action }) => action.endsWith('StartTransaction'))
    return starts.length === 2 ? starts : undefined
  })
  // The second begins first.
  for (const index of [1, 0]) {
    const call = calls[index] as IncomingCall
    const remote = station.is16 ? {} : { remoteStartId: Number(call.payload['remoteStartId']) }
    await start(whole, station, { uid: tokenOf(call), evse: index + 1, ...remote })
  }
  const sessions = await sessionsOf(whole, station)
  expect(sessions.map(({ id, state, evseId }) => [id, state, evseId])).toEqual([
    [ids[0], 'delivering', 1],
    [ids[1], 'delivering', 2],
  ])
  await station.close()
})

behaviour('remote-shape', async (version) => {
  const station = await openSpeaker(whole, version)
  await whole.call('POST', '/v1/sessions', { stationId: station.id, evseId: 2 })
  const call = await sent(station, /StartTransaction$/)
  expect(call.payload[station.is16 ? 'connectorId' : 'evseId']).toBe(2)
  expect(tokenOf(call).length).toBeLessThanOrEqual(20)
  expect(tokenOf(call)).not.toMatch(/^[0-9a-f]+$/i)
  if (!station.is16) expect(call.payload['idToken']).toMatchObject({ type: 'Central' })
  await station.close()
})

behaviour('remote-refused', async (version) => {
  const station = await openSpeaker(whole, version)
  station.answer = () => ({ kind: 'result', payload: { status: 'Rejected' } })
  await whole.call('POST', '/v1/sessions', { stationId: station.id, evseId: 1 })
  await until(async () => (await one(station))?.state === 'refused')
  // The EVSE is free for the next one.
  expect((await whole.call('POST', '/v1/sessions', { stationId: station.id, evseId: 1 })).status).toBeLessThan(300)
  await station.close()
})

behaviour('remote-unanswered', async (version) => {
  const station = await openSpeaker(whole, version)
  station.answer = () => ({ kind: 'silence' })
  const { body } = await whole.call<{ id: string }>('POST', '/v1/sessions', { stationId: station.id, evseId: 1 })
  const call = await sent(station, /StartTransaction$/)
  whole.clock.move({ seconds: 65 })
  await until(async () => (await one(station))?.state === 'waiting-for-cable')
  const remote = station.is16 ? {} : { remoteStartId: Number(call.payload['remoteStartId']) }
  expect(await start(whole, station, { uid: tokenOf(call), ...remote })).toMatchObject({ status: 'Accepted' })
  expect(await sessionsOf(whole, station)).toMatchObject([{ id: body.id, state: 'delivering' }])
  await station.close()
})

behaviour('remote-cable-first', async (version) => {
  const station = await openSpeaker(whole, version)
  const told: Told = { number: `cable-first-${version}`, evse: 1, seqNo: 0 }
  await event(whole, station, told, 'Started', {
    trigger: 'CablePluggedIn',
    state: 'EVConnected',
    names: true,
    registerWh: 5,
  })
  const [plugged] = await sessionsOf(whole, station)
  expect(plugged?.state).toBe('waiting-for-token')
  station.answer = () => ({ kind: 'result', payload: { status: 'Accepted', transactionId: told.number } })
  expect((await whole.call('POST', '/v1/sessions', { stationId: station.id, evseId: 1 })).status).toBeLessThan(300)
  const call = await sent(station, /StartTransaction$/)
  const remoteStartId = Number(call.payload['remoteStartId'])
  await event(whole, station, told, 'Updated', { trigger: 'RemoteStart', state: 'Charging', remoteStartId })
  expect(await sessionsOf(whole, station)).toMatchObject([{ id: plugged?.id, state: 'delivering', flags: [] }])
  await station.close()
})

behaviour('remote-stop', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  const session = await one(station)
  const answer = await whole.call<{ commandId: string }>('POST', `/v1/sessions/${session?.id}/stop`, {})
  expect(answer.status).toBe(202)
  const call = await sent(station, /StopTransaction$/)
  expect(String(call.payload['transactionId'])).toBe(told.number)
  await stop(whole, station, told, 1_300, { reason: 'Remote' })
  await until(async () => {
    const { body } = await whole.call<{ state: string }>('GET', `/v1/commands/${answer.body.commandId}`)
    return body.state === 'effect-seen'
  })
  expect(await one(station)).toMatchObject({ state: 'ended', stopReason: 'remote' })
  station.answer = () => ({ kind: 'result', payload: { status: 'Rejected' } })
  const unknown = await command(whole, station, { kind: 'stop-transaction', transactionNumber: '99' })
  expect(await unknown.ended('failed', 'answered')).toMatchObject({ failure: 'rejected' })
  await station.close()
})

behaviour('stop-without-session', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  await stop(whole, station, told, 1_300)
  const over = await whole.call<{ code: string }>('POST', `/v1/sessions/${(await one(station))?.id}/stop`, {})
  expect([over.status, over.body.code]).toEqual([409, 'session-over'])
  expect(station.socket.calls).toEqual([])
  await station.close()
})
