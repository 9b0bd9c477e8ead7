import { afterAll, beforeAll, expect } from 'vitest'
import { actionsOf, checkPayload, errorCodes, type OcppVersion } from '../../ocpp/index.ts'
import { sampleFor } from '../../server/src/stations/protocols/testing-samples.ts'
import { behaviour } from './behaviour.ts'
import { authorise, CARD_OF, command, openSpeaker, sessionsOf, type Speaker, startCall, until } from './station.ts'
import { openWhole, type Whole } from './whole.ts'

let whole: Whole
beforeAll(async () => {
  whole = await openWhole()
})
afterAll(async () => {
  // Not one answer of ours was at fault in all that follows.
  expect(whole.errors.filter(({ text }) => text === 'an answer of ours is at fault')).toEqual([])
  await whole.close()
})

type Frame = readonly [number, string, ...unknown[]]

/** Sends texts as they stand, then a Heartbeat; what came meanwhile. */
async function said(station: Speaker, ...texts: readonly string[]): Promise<readonly Frame[]> {
  const came: Frame[] = []
  const { socket } = station.socket
  const take = (data: Buffer): void => void came.push(JSON.parse(data.toString()) as Frame)
  socket.on('message', take)
  for (const text of texts) socket.send(text)
  await station.call('Heartbeat', {})
  socket.off('message', take)
  return came.filter((frame) => !JSON.stringify(frame).includes('currentTime'))
}

const statusIn = (version: OcppVersion, more: object = {}): object =>
  version === 'ocpp1.6'
    ? { connectorId: 1, status: 'Available', errorCode: 'NoError', ...more }
    : { timestamp: '2026-11-26T08:00:00Z', connectorStatus: 'Available', evseId: 1, connectorId: 1, ...more }

const statusText = (version: OcppVersion, more: object): string =>
  JSON.stringify([2, 's', 'StatusNotification', statusIn(version, more)])

async function seenAt({ id }: Speaker): Promise<string | null> {
  const { body } = await whole.call<{ evses: { id: number; seen: string }[] }>('GET', `/v1/stations/${id}`)
  return body.evses.find((evse) => evse.id === 1)?.seen ?? null
}

behaviour('action-unknown', async (version) => {
  const station = await openSpeaker(whole, version)
  expect(await said(station, '[2,"a","Foo",{}]', '[2,"b","heartbeat",{}]')).toEqual([
    [4, 'a', 'NotImplemented', '', {}],
    [4, 'b', 'NotImplemented', '', {}],
  ])
  await station.close()
})

behaviour('action-not-ours', async (version) => {
  const station = await openSpeaker(whole, version)
  expect(await said(station, '[2,"a","UnlockConnector",{}]')).toEqual([[4, 'a', 'NotSupported', '', {}]])
  await station.close()
})

behaviour('id-reused', async (version) => {
  const station = await openSpeaker(whole, version)
  const { action, payload } = startCall(whole, station)
  const text = JSON.stringify([2, 'same', action, payload])
  const [first, second] = await said(station, text, text)
  expect(first?.[0]).toBe(3)
  expect(second).toEqual(first)
  expect(await sessionsOf(whole, station)).toHaveLength(1)
  await station.close()
})

behaviour('id-unreadable', async (version) => {
  const station = await openSpeaker(whole, version)
  const came = await said(station, '{"not":"an array"}', '[2,7,"Heartbeat",{}]', 'nonsense')
  expect(came.map(([type, id]) => [type, id])).toEqual([
    [4, '-1'],
    [4, '-1'],
    [4, '-1'],
  ])
  await station.close()
})

behaviour('id-too-long', async (version) => {
  const station = await openSpeaker(whole, version)
  const [short, long] = ['x'.repeat(36), 'x'.repeat(37)]
  const came = await said(station, `[2,"${short}","Foo",{}]`, `[2,"${long}","Foo",{}]`)
  expect(came.map(([, id]) => id)).toEqual([short, '-1'])
  await station.close()
})

behaviour('type-unknown', async (version) => {
  const station = await openSpeaker(whole, version)
  expect(await said(station, '[9,"a",{}]', '[7,"a","Heartbeat",{}]')).toEqual([])
  await station.close()
})

behaviour('send', async (version) => {
  const station = await openSpeaker(whole, version)
  const stream = { id: 1, pending: 0, basetime: '2026-11-26T08:00:00Z', data: [{ t: 0, v: '1' }] }
  const came = await said(
    station,
    JSON.stringify([6, 'a', 'NotifyPeriodicEventStream', stream]),
    '[6,"b","NotifyPeriodicEventStream",{}]',
    '[6,"c","Heartbeat",{}]',
    '[6,"d","Foo",{}]',
  )
  expect(came).toEqual([])
  await whole.stations.gateway.idle()
  const { body } = await whole.call<{ items: { request?: { action?: string } }[] }>(
    'GET',
    `/v1/stations/${station.id}/ocpp-log`,
  )
  expect(JSON.stringify(body)).toContain('NotifyPeriodicEventStream')
  await station.close()
})

behaviour('send-elsewhere', async (version) => {
  const station = await openSpeaker(whole, version)
  expect(await said(station, '[6,"a","NotifyPeriodicEventStream",{}]', '[5,"a","InternalError","",{}]')).toEqual([])
  await station.close()
})

behaviour('null-dropped', async (version) => {
  const station = await openSpeaker(whole, version)
  const more = station.is16 ? { info: null, vendorId: null } : { customData: null }
  expect(await said(station, statusText(version, more))).toEqual([[3, 's', {}]])
  expect(await seenAt(station)).toBe('free')
  await station.close()
})

behaviour('unknown-dropped', async (version) => {
  const station = await openSpeaker(whole, version)
  expect(await said(station, statusText(version, { firmwareMood: 'good', extra: { deep: [1] } }))).toEqual([
    [3, 's', {}],
  ])
  expect(await seenAt(station)).toBe('free')
  await station.close()
})

behaviour('missing-field', async (version) => {
  const station = await openSpeaker(whole, version)
  const { connectorId: _, ...missing } = statusIn(version) as { connectorId: number }
  const word = station.is16 ? { status: 'Fine' } : { connectorStatus: 'Fine' }
  const came = await said(
    station,
    JSON.stringify([2, 'missing', 'StatusNotification', missing]),
    JSON.stringify([2, 'type', 'StatusNotification', statusIn(version, { connectorId: 'one' })]),
    JSON.stringify([2, 'word', 'StatusNotification', statusIn(version, word)]),
  )
  const lacks = station.is16 ? 'OccurenceConstraintViolation' : 'OccurrenceConstraintViolation'
  expect(came.map(([type, id, code]) => [type, id, code])).toEqual([
    [4, 'missing', lacks],
    [4, 'type', 'TypeConstraintViolation'],
    [4, 'word', 'PropertyConstraintViolation'],
  ])
  for (const [, , , description, details] of came) {
    expect(String(description).length).toBeLessThanOrEqual(255)
    expect(details).toBeTypeOf('object')
  }
  await station.close()
})

behaviour('not-json', async (version) => {
  const station = await openSpeaker(whole, version)
  const came = await said(station, '[2,"a","Heartbeat",{"x":"canary"', '[2,"b","Heartbeat"]')
  const [noJson, noArray] = station.is16
    ? ['FormationViolation', 'FormationViolation']
    : ['FormatViolation', 'RpcFrameworkError']
  expect(came.map(([type, id, code]) => [type, id, code])).toEqual([
    [4, 'a', noJson],
    [4, 'b', noArray],
  ])
  expect(JSON.stringify(came)).not.toContain('canary')
  await station.close()
})

behaviour('business-refusal', async (version) => {
  const station = await openSpeaker(whole, version)
  expect(await authorise(station, 'NOBODYS-CARD')).toMatchObject({ status: 'Invalid' })
  expect(await station.call('SignCertificate', { csr: 'none' })).toMatchObject({ status: 'Rejected' })
  await station.close()
})

behaviour('times-taken', async (version) => {
  const station = await openSpeaker(whole, version)
  const times = [
    '2026-11-26T10:00:00+02:00',
    '2026-11-26T08:00:01',
    '2026-11-26T08:00:02.123456789Z',
    '2026-11-26t08:00:03z',
  ]
  for (const at of times) {
    const { action, payload } = startCall(whole, station, { at })
    const [answer] = await said(station, JSON.stringify([2, 'a', action, payload]))
    expect([at, answer?.[0]]).toEqual([at, 3])
  }
  expect(
    (await sessionsOf(whole, station)).map(
      ({ startedAt }) => Date.parse(startedAt) - Date.parse('2026-11-26T08:00:00Z'),
    ),
  ).toEqual([0, 1_000, 2_123, 3_000])
  await station.close()
})

behaviour('times-sent', async (version) => {
  const station = await openSpeaker(whole, version, { boots: false })
  const boot = await station.boot()
  const { currentTime } = await station.call('Heartbeat', {})
  for (const time of [boot['currentTime'], currentTime]) {
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/)
    // The station sets its clock by this.
    expect(Temporal.Instant.from(String(time)).equals(whole.clock.now())).toBe(true)
  }
  await station.close()
})

behaviour('every-action-answered', async (version) => {
  const station = await openSpeaker(whole, version)
  for (const { name, from, kind } of actionsOf(version)) {
    if (from === 'csms' || kind !== 'call') continue
    const payload = await station.call(name, sampleFor(version, name))
    expect([name, checkPayload(version, name, 'response', payload)]).toEqual([name, undefined])
  }
  await station.close()
})

behaviour('long-token', async (version) => {
  const station = await openSpeaker(whole, version)
  const uid = 'T'.repeat(255)
  const ask = (type: string) => station.call('Authorize', { idToken: { idToken: uid, type } })
  expect(await ask('SomethingNew')).toMatchObject({ idTokenInfo: { status: 'Invalid' } })
  const made = await whole.call('POST', '/v1/id-tokens', { uid, type: 'Local', status: 'active' })
  expect(made.status).toBe(201)
  expect(await ask('Local')).toMatchObject({ idTokenInfo: { status: 'Accepted' } })
  await station.close()
})

behaviour('vectors', async (version) => {
  const station = await openSpeaker(whole, version)
  const came = await said(
    station,
    '[2,"a","Foo",{}]',
    '[2,"b","Heartbeat"]',
    '[9,"c",{}]',
    '[3,"unknown",{}]',
    '[4,"unknown","GenericError","",{}]',
  )
  expect(came.map(([type, id, code]) => [type, id, code])).toEqual([
    [4, 'a', 'NotImplemented'],
    [4, 'b', station.is16 ? 'FormationViolation' : 'RpcFrameworkError'],
  ])
  expect(came[0]).toEqual([4, 'a', 'NotImplemented', '', {}])
  await station.close()
})

behaviour('both-directions', async (version) => {
  const station = await openSpeaker(whole, version)
  // As many do: RemoteStart is answered once the question about its token was.
  station.answer = async ({ action, payload }) => {
    if (!action.endsWith('StartTransaction')) return { kind: 'result', payload: { status: 'Accepted' } }
    const token = (payload['idTag'] ?? (payload['idToken'] as { idToken: string }).idToken) as string
    const asked = await authorise(station, token)
    return { kind: 'result', payload: { status: asked.status === 'Accepted' ? 'Accepted' : 'Rejected' } }
  }
  const begun = await command(whole, station, { kind: 'start-transaction', evseId: 1, idToken: { uid: CARD_OF.other } })
  expect(await begun.ended('answered', 'failed')).toMatchObject({ state: 'answered', answer: { outcome: 'accepted' } })
  await station.close()
})

behaviour('one-call-at-a-time', async (version) => {
  const station = await openSpeaker(whole, version)
  let release = (): void => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  station.answer = async () => {
    await held
    return { kind: 'result', payload: { status: 'Accepted' } }
  }
  const first = await command(whole, station, { kind: 'clear-cache' })
  const second = await command(whole, station, { kind: 'set-availability', operative: true })
  await until(() => station.socket.calls.length === 1)
  // A round trip of its own: whatever had been sent would have come before the answer.
  await station.call('Heartbeat', {})
  expect(station.socket.calls.map(({ action }) => action)).toEqual(['ClearCache'])
  release()
  await first.ended('answered')
  await second.ended('answered')
  await station.close()
})

behaviour('answered-late', async (version) => {
  const station = await openSpeaker(whole, version)
  const ids: string[] = []
  const { socket } = station.socket
  // Past the peer, which answers at once.
  station.answer = () => ({ kind: 'silence' })
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as Frame
    if (frame[0] === 2) ids.push(frame[1])
  })
  const lost = await command(whole, station, { kind: 'clear-cache' })
  await until(() => ids.length === 1)
  whole.clock.move({ seconds: 120 })
  expect(await lost.ended('timed-out')).toMatchObject({ failure: 'no-answer' })
  expect(await said(station, `[3,"${ids[0]}",{"status":"Accepted"}]`)).toEqual([])
  expect(await lost.ended('timed-out', 'answered')).toMatchObject({ state: 'timed-out', failure: 'no-answer' })
  await station.close()
})

behaviour('answered-twice', async (version) => {
  const station = await openSpeaker(whole, version)
  station.answer = () => ({ kind: 'silence' })
  const { socket } = station.socket
  socket.on('message', (data: Buffer) => {
    const [type, id] = JSON.parse(data.toString()) as Frame
    if (type !== 2) return
    socket.send(JSON.stringify([3, id, { status: 'Rejected' }]))
    socket.send(JSON.stringify([3, id, { status: 'Accepted' }]))
    socket.send(JSON.stringify([4, id, 'InternalError', '', {}]))
  })
  const asked = await command(whole, station, { kind: 'clear-cache' })
  expect(await asked.ended('failed', 'answered')).toMatchObject({ state: 'failed', failure: 'rejected' })
  expect(await said(station, '[3,"nobodys",{}]')).toEqual([])
  expect(await asked.ended('failed', 'answered')).toMatchObject({ failure: 'rejected' })
  await station.close()
})

behaviour('answered-wrongly', async (version) => {
  const station = await openSpeaker(whole, version)
  const answers = ['{"status":"Perhaps"}', '{}', 'null', '[]']
  for (const text of answers) {
    station.answer = () => ({ kind: 'silence' })
    const { socket } = station.socket
    socket.once('message', (data: Buffer) => {
      const [type, id] = JSON.parse(data.toString()) as Frame
      if (type === 2) socket.send(`[3,"${id}",${text}]`)
    })
    const asked = await command(whole, station, { kind: 'clear-cache' })
    expect(await asked.ended('failed', 'answered', 'timed-out')).toMatchObject({
      state: 'failed',
      failure: 'invalid-answer',
    })
  }
  await station.close()
})

behaviour('result-error', async (version) => {
  const station = await openSpeaker(whole, version)
  station.answer = () => ({ kind: 'silence' })
  const { socket } = station.socket
  let id = ''
  const told = new Promise<Frame>((resolve) =>
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame
      if (frame[0] === 5) resolve(frame)
      if (frame[0] !== 2) return
      id = frame[1]
      socket.send(JSON.stringify([3, id, { status: 'Perhaps' }]))
    }),
  )
  await command(whole, station, { kind: 'clear-cache' })
  const [type, of, code] = await told
  expect([type, of]).toEqual([5, id])
  expect(errorCodes).toContain(code)
  await station.close()
})

behaviour('vendor-unknown', async (version) => {
  const station = await openSpeaker(whole, version)
  expect(await station.call('DataTransfer', { vendorId: 'nobody', data: 'x' })).toEqual({ status: 'UnknownVendorId' })
  await station.close()
})
