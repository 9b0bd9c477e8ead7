import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { actionsOf } from './actions.ts'
import { errorCodes } from './codes.ts'
import { openPeer } from './peer.ts'
import type { Answer, Fault, FrameMeta, IncomingCall, PeerOptions } from './peer-types.ts'
import { publishedMessages, sampleOf } from '../tools/ocpp-validators/samples.ts'
import { ocppVersions } from './versions.ts'

const time = '2026-02-03T04:05:06Z'

/** A peer whose socket is a list. */
function listening(more: Partial<PeerOptions> = {}) {
  const sent: unknown[][] = []
  const faults: Fault[] = []
  const frames: FrameMeta[] = []
  const calls: IncomingCall[] = []
  let number = 0
  const peer = openPeer({
    version: 'ocpp1.6',
    role: 'csms',
    socket: {
      send(text, onSent) {
        sent.push(JSON.parse(text))
        onSent?.()
      },
    },
    handle(call) {
      calls.push(call)
      return { kind: 'result', payload: { currentTime: time } }
    },
    onFault: (fault) => faults.push(fault),
    onFrame: (_, meta) => frames.push(meta),
    newId: () => `own-${++number}`,
    ...more,
  })
  return { peer, sent, faults, frames, calls }
}

/** Lets promises that are settled run on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe.each(ocppVersions)('%s', (version) => {
  it('answers a CALL, and an unknown action with NotImplemented, nothing else', async () => {
    const { peer, sent } = listening({ version })
    peer.receive('[2,"a","Heartbeat",{}]')
    peer.receive('[2,"b","Foo",{}]')
    peer.receive('[2,"c","constructor",{}]')
    peer.receive('[9,"d",{}]')
    peer.receive('[3,"unknown",{}]')
    await settled()
    expect(sent).toEqual([
      [3, 'a', { currentTime: time }],
      [4, 'b', 'NotImplemented', '', {}],
      [4, 'c', 'NotImplemented', '', {}],
    ])
  })

  it('answers every action of the other side that nobody handles with NotSupported', async () => {
    const { peer, sent } = listening({ version, handle: () => undefined })
    const messages = publishedMessages(version)
    const actions = actionsOf(version).filter(({ from, kind }) => from !== 'csms' && kind === 'call')
    for (const { name } of actions) {
      const payload = sampleOf(messages.get(`${name}Request`) ?? {}, 'required')
      peer.receive(JSON.stringify([2, name.slice(0, 36), name, payload]))
    }
    await settled()
    expect(sent).toEqual(actions.map(({ name }) => [4, name.slice(0, 36), 'NotSupported', '', {}]))
  })

  it('answers a message that only we may send with NotSupported', () => {
    const { peer, sent } = listening({ version })
    peer.receive('[2,"a","ClearCache",{}]')
    expect(sent).toEqual([[4, 'a', 'NotSupported', '', {}]])
  })

  it.each(errorCodes)('sends the error %s as the handler gives it', async (code) => {
    const { peer, sent } = listening({
      version,
      handle: () => ({ kind: 'error', code, description: 'd', details: { a: 1 } }),
    })
    peer.receive('[2,"a","Heartbeat",{}]')
    await settled()
    expect(sent).toEqual([[4, 'a', code, 'd', { a: 1 }]])
  })

  it('answers InternalError when the handler throws or its answer does not fit, and reports both', async () => {
    const answers: (() => Answer)[] = [
      () => {
        throw new Error('broken')
      },
      () => ({ kind: 'result', payload: { currentTime: 'soon' } }),
      () => ({ kind: 'result', payload: { currentTime: time, more: 1 } }),
    ]
    const { peer, sent, faults } = listening({ version, handle: () => (answers.shift() as () => Answer)() })
    for (const id of ['a', 'b', 'c']) peer.receive(`[2,"${id}","Heartbeat",{}]`)
    await settled()
    await settled()
    expect(sent.map(([type, id, code]) => [type, id, code])).toEqual(
      ['a', 'b', 'c'].map((id) => [4, id, 'InternalError']),
    )
    expect(faults.map(({ kind }) => kind)).toEqual(['own', 'own', 'own'])
  })

  it('always gives 2,000 damaged CALLs a fitting answer, and stays usable', async () => {
    const { peer, sent } = listening({ version })
    const boot =
      version === 'ocpp1.6'
        ? { chargePointVendor: 'v', chargePointModel: 'm' }
        : { reason: 'PowerUp', chargingStation: { vendorName: 'v', model: 'm' } }
    const seeds = [
      ['Heartbeat', {}],
      ['BootNotification', boot],
      ['MeterValues', { connectorId: 1, evseId: 1, meterValue: [{ timestamp: time, sampledValue: [{ value: '1' }] }] }],
    ] as const
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, -1, 1e300, '', 'x'.repeat(99), {}, []))
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', 'timestamp', 'customData', 'meterValue'),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.dictionary(name, value, { maxKeys: 3 }),
        async ([action, payload], extra) => {
          sent.length = 0
          peer.receive(JSON.stringify([2, 'x', action, { ...payload, ...extra }]))
          await settled()
          expect(sent).toHaveLength(1)
          const [type, id, code] = sent[0] ?? []
          expect([3, 4]).toContain(type)
          expect(id).toBe('x')
          if (type === 4) expect(errorCodes).toContain(code)
          if (type === 4 && action === 'Heartbeat') expect(code).not.toBe('InternalError')
        },
      ),
      { numRuns: 2000 },
    )
    expect({}).not.toHaveProperty('bad')
    sent.length = 0
    peer.receive('[2,"z","Heartbeat",{}]')
    await settled()
    expect(sent).toEqual([[3, 'z', { currentTime: time }]])
  })
})

it('handles one CALL after another, in order, and runs afterSent between them', async () => {
  const steps: string[] = []
  const gates: (() => void)[] = []
  const { peer } = listening({
    handle: async ({ id }) => {
      steps.push(`begin ${id}`)
      await new Promise<void>((resolve) => gates.push(resolve))
      return { kind: 'result', payload: { currentTime: time }, afterSent: () => steps.push(`sent ${id}`) }
    },
  })
  for (const id of ['a', 'b', 'c']) peer.receive(`[2,"${id}","Heartbeat",{}]`)
  expect(peer.backlog).toBe(3)
  for (let n = 0; n < 3; n += 1) {
    await settled()
    expect(gates).toHaveLength(1)
    gates.pop()?.()
  }
  await settled()
  expect(steps).toEqual(['begin a', 'sent a', 'begin b', 'sent b', 'begin c', 'sent c'])
  expect(peer.backlog).toBe(0)
})

it('handles CALLs side by side when asked to', async () => {
  const begun: string[] = []
  const { peer } = listening({ serial: false, handle: ({ id }) => (begun.push(id), new Promise<Answer>(() => {})) })
  for (const id of ['a', 'b']) peer.receive(`[2,"${id}","Heartbeat",{}]`)
  await settled()
  expect(begun).toEqual(['a', 'b'])
})

it('says nothing when the handler chooses silence', async () => {
  const { peer, sent } = listening({ handle: () => ({ kind: 'silence' }) })
  peer.receive('[2,"a","Heartbeat",{}]')
  await settled()
  expect(sent).toEqual([])
  expect(peer.backlog).toBe(0)
})

it('sends one CALL at a time, and answers the other side meanwhile', async () => {
  const { peer, sent } = listening()
  const first = peer.call('ClearCache', {})
  const second = peer.call('Reset', { type: 'Soft' })
  peer.receive('[2,"a","Heartbeat",{}]')
  await settled()
  expect(sent).toEqual([
    [2, 'own-1', 'ClearCache', {}],
    [3, 'a', { currentTime: time }],
  ])
  expect(peer.outstanding).toBe(2)
  peer.receive('[3,"own-1",{"status":"Accepted","more":null}]')
  expect(await first).toEqual({
    kind: 'answered',
    payload: { status: 'Accepted' },
    marks: [{ pointer: '/more', what: 'unknown-property' }],
  })
  expect(sent.at(-1)).toEqual([2, 'own-2', 'Reset', { type: 'Soft' }])
  peer.receive('[4,"own-2","NotSupported","no",{"why":1}]')
  expect(await second).toEqual({ kind: 'error', code: 'NotSupported', description: 'no', details: { why: 1 } })
})

it('gives up after the timeout, goes on with the next, and drops the late answer', async () => {
  vi.useFakeTimers()
  try {
    const { peer, sent, faults } = listening()
    const first = peer.call('ClearCache', {})
    const second = peer.call('ClearCache', {}, { timeoutMs: 5 })
    vi.advanceTimersByTime(29_999)
    expect(sent).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(await first).toEqual({ kind: 'timed-out' })
    expect(sent).toHaveLength(2)
    peer.receive('[3,"own-1",{"status":"Accepted"}]')
    expect(faults).toEqual([{ kind: 'unexpected-answer', description: 'an answer to a CALL that is not open' }])
    vi.advanceTimersByTime(5)
    expect(await second).toEqual({ kind: 'timed-out' })
  } finally {
    vi.useRealTimers()
  }
})

it('ends open and waiting CALLs when the connection is lost, and sends nothing more', async () => {
  const { peer, sent } = listening({
    handle: async () => (await settled(), { kind: 'result', payload: { currentTime: time } }),
  })
  const calls = [peer.call('ClearCache', {}), peer.call('ClearCache', {})]
  peer.receive('[2,"a","Heartbeat",{}]')
  peer.closed()
  expect(await Promise.all([...calls, peer.call('ClearCache', {})])).toEqual(Array(3).fill({ kind: 'connection-lost' }))
  await settled()
  await settled()
  expect(sent).toHaveLength(1)
})

it('never sends what does not fit: unknown, not ours, or against the schema', async () => {
  const { peer, sent } = listening()
  expect(await peer.call('Foo', {})).toMatchObject({ kind: 'invalid-call', code: 'NotImplemented' })
  expect(await peer.call('Heartbeat', {})).toMatchObject({ kind: 'invalid-call', code: 'NotImplemented' })
  expect(await peer.call('Reset', { type: 'Gentle' })).toMatchObject({
    kind: 'invalid-call',
    code: 'PropertyConstraintViolation',
    details: { pointer: '/type', keyword: 'enum' },
  })
  expect(await peer.call('Reset', { type: 'Soft', more: 1 })).toMatchObject({ kind: 'invalid-call' })
  expect(sent).toEqual([])
})

it.each(['[3,"own-1",{"status":"Maybe"}]', '[3,"own-1",null]', '[3,"own-1"]'])(
  'ends a CALL whose answer does not fit: %s; 2.1 says so with a CALLRESULTERROR',
  async (text) => {
    for (const version of ocppVersions) {
      const { peer, sent, faults } = listening({ version })
      const outcome = peer.call('ClearCache', {})
      peer.receive(text)
      expect(await outcome).toMatchObject({ kind: 'invalid-answer' })
      expect(faults).toMatchObject([{ kind: 'invalid-answer' }])
      expect(sent.slice(1).map(([type, id]) => [type, id])).toEqual(version === 'ocpp2.1' ? [[5, 'own-1']] : [])
    }
  },
)

it('never answers an answer, so that two sides cannot argue for ever', () => {
  for (const version of ocppVersions) {
    const { peer, sent } = listening({ version })
    for (const text of [
      '[4,"-1","GenericError","",{}]',
      '[4,"x"]',
      '[3,"x"',
      '[3,7,{}]',
      '[4,"x","a"',
      '[5,"x","a","",{}]',
    ]) {
      peer.receive(text)
    }
    expect(sent).toEqual([])
  }
})

it('takes and sends a SEND of 2.1, and never answers one', async () => {
  const taken: IncomingCall[] = []
  const csms = listening({ version: 'ocpp2.1', handleSend: (call) => taken.push(call) })
  const station = listening({ version: 'ocpp2.1', role: 'station' })
  const payload = { id: 1, pending: 0, basetime: time, data: [{ t: 0, v: '1' }] }
  expect(station.peer.send('NotifyPeriodicEventStream', payload)).toBeUndefined()
  csms.peer.receive(JSON.stringify(station.sent[0]))
  expect(taken).toMatchObject([{ action: 'NotifyPeriodicEventStream', payload }])
  csms.peer.receive('[6,"a","NotifyPeriodicEventStream",{}]')
  csms.peer.receive('[6,"a","Foo",{}]')
  csms.peer.receive('[6,"a","Heartbeat",{}]')
  csms.peer.receive('[6,"a"]')
  expect(csms.sent).toEqual([])
  expect(csms.faults).toHaveLength(4)
  expect(station.peer.send('NotifyPeriodicEventStream', {})).toMatchObject({ kind: 'invalid-call' })
  expect(station.peer.send('Heartbeat', {})).toMatchObject({ kind: 'invalid-call' })
})

it('lets a vendor rule repair what does not fit, once, and marks it', async () => {
  const repair = (_: string, payload: Readonly<Record<string, unknown>>) => ({
    ...payload,
    connectorId: Number(payload['connectorId']),
  })
  const { peer, calls, sent } = listening({
    repair,
    handle: (call) => (calls.push(call), { kind: 'result', payload: {} }),
  })
  peer.receive('[2,"a","StatusNotification",{"connectorId":"1","errorCode":"NoError","status":"Available"}]')
  peer.receive('[2,"b","StatusNotification",{"connectorId":"1","errorCode":"NoError","status":"Odd"}]')
  await settled()
  expect(calls).toMatchObject([{ payload: { connectorId: 1 }, marks: [{ pointer: '', what: 'vendor-repair' }] }])
  expect(sent.map(([type, id]) => [type, id])).toEqual([
    [3, 'a'],
    [4, 'b'],
  ])
})

it('shows every frame with its request, and what was marked or refused', async () => {
  const { peer, frames } = listening({ role: 'station', version: 'ocpp2.0.1' })
  const outcome = peer.call('Heartbeat', {})
  peer.receive(`[3,"own-1",{"currentTime":"${time}","odd":1}]`)
  await outcome
  peer.receive('[2,"a","Reset",{"type":"Odd"}]')
  expect(frames).toMatchObject([
    { direction: 'out', type: 2, id: 'own-1', action: 'Heartbeat' },
    { direction: 'in', type: 3, id: 'own-1', action: 'Heartbeat', marks: [{ pointer: '/odd' }] },
    {
      direction: 'in',
      type: 2,
      id: 'a',
      action: 'Reset',
      fault: { kind: 'refused', code: 'PropertyConstraintViolation' },
    },
    { direction: 'out', type: 4, id: 'a', action: 'Reset' },
  ])
})

it.each(ocppVersions)('lets a server and a station of %s talk to each other', async (version) => {
  const ends = {} as { server: ReturnType<typeof openPeer>; station: ReturnType<typeof openPeer> }
  ends.server = openPeer({
    version,
    role: 'csms',
    socket: { send: (text) => ends.station.receive(text) },
    handle: () => ({ kind: 'result', payload: { currentTime: time } }),
  })
  ends.station = openPeer({
    version,
    role: 'station',
    socket: { send: (text) => ends.server.receive(text) },
    handle: () => ({ kind: 'result', payload: { status: 'Accepted' } }),
  })
  const [heartbeat, cleared] = await Promise.all([
    ends.station.call('Heartbeat', {}),
    ends.server.call('ClearCache', {}),
  ])
  expect(heartbeat).toEqual({ kind: 'answered', payload: { currentTime: time }, marks: [] })
  expect(cleared).toEqual({ kind: 'answered', payload: { status: 'Accepted' }, marks: [] })
})
