import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorText, type Frame, parseFrame } from './frames.ts'
import { ocppVersions, type OcppVersion } from './versions.ts'

const array = {
  'ocpp1.6': 'FormationViolation',
  'ocpp2.0.1': 'RpcFrameworkError',
  'ocpp2.1': 'RpcFrameworkError',
} as const
const payload = {
  'ocpp1.6': 'FormationViolation',
  'ocpp2.0.1': 'FormatViolation',
  'ocpp2.1': 'FormatViolation',
} as const

describe.each(ocppVersions)('%s', (version) => {
  it('reads a CALL, a CALLRESULT and a CALLERROR', () => {
    expect(parseFrame(version, ' [2,"a","Heartbeat",{}] ')).toEqual({
      kind: 'call',
      type: 2,
      id: 'a',
      action: 'Heartbeat',
      payload: {},
      marks: [],
    })
    expect(parseFrame(version, '[3,"a",{"x":1}]')).toEqual({
      kind: 'result',
      type: 3,
      id: 'a',
      payload: { x: 1 },
      marks: [],
    })
    const error = { kind: 'error', type: 4, id: 'a', code: 'GenericError', description: '', details: {} }
    expect(parseFrame(version, '[4,"a","GenericError","",{}]')).toEqual(error)
    expect(parseFrame(version, '[4,"a"]')).toEqual(error)
  })

  it.each([
    { text: '[2,"a","Heartbeat"]', code: array, replyTo: 'a' },
    { text: '[2,"a","Heartbeat",{},{}]', code: array, replyTo: 'a' },
    { text: '[2,"a",7,{}]', code: array, replyTo: 'a' },
    { text: '[2,"a","Heartbeat",null]', code: payload, replyTo: 'a' },
    { text: '[2,"a","Heartbeat",[]]', code: payload, replyTo: 'a' },
    { text: '[2,"a","Heartbeat","{}"]', code: payload, replyTo: 'a' },
    { text: '[2,7,"Heartbeat",{}]', code: array, replyTo: '-1' },
    { text: '[2]', code: array, replyTo: '-1' },
    { text: `[2,"${'x'.repeat(37)}","Heartbeat",{}]`, code: array, replyTo: '-1' },
    { text: '["2","a","Heartbeat",{}]', code: array, replyTo: '-1' },
    { text: '[2.5,"a","Heartbeat",{}]', code: array, replyTo: '-1' },
    { text: '[]', code: array, replyTo: '-1' },
    { text: '{"a":1}', code: array, replyTo: '-1' },
    { text: 'null', code: array, replyTo: '-1' },
    { text: '', code: payload, replyTo: '-1' },
    { text: 'hello', code: payload, replyTo: '-1' },
    { text: '[2,"a","Heartbeat",{}', code: payload, replyTo: 'a' },
    { text: '[2,"a","Heartbeat",{"x":NaN}]', code: payload, replyTo: 'a' },
    { text: `[2,"a","Heartbeat",${'['.repeat(30)}${']'.repeat(30)}]`, code: payload, replyTo: 'a' },
    { text: '[3,"a",{}', code: payload, replyTo: undefined },
    { text: '[3,"a"]', code: array, replyTo: undefined },
    { text: '[3,"a",null]', code: payload, replyTo: undefined },
    { text: '[4,7,"GenericError","",{}]', code: array, replyTo: undefined },
  ])('finds the fault in $text, and answers $replyTo', ({ text, code, replyTo }) => {
    const frame = parseFrame(version, text)
    expect(frame).toMatchObject({ kind: 'fault', code: code[version] })
    expect((frame as { replyTo?: string }).replyTo).toBe(replyTo)
  })

  it('ignores a message type that the version has not', () => {
    expect(parseFrame(version, '[9,"a",{}]')).toMatchObject({ kind: 'ignored', type: 9 })
    const isNew = version === 'ocpp2.1'
    expect(parseFrame(version, '[6,"a","NotifyPeriodicEventStream",{}]').kind).toBe(isNew ? 'send' : 'ignored')
    expect(parseFrame(version, '[5,"a","GenericError","",{}]').kind).toBe(isNew ? 'result-error' : 'ignored')
  })
})

it('takes sixteen levels, the frame included, and not one more', () => {
  const nested = (levels: number) => `[2,"a","X",{"x":${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}}]`
  expect(parseFrame('ocpp2.1', nested(16)).kind).toBe('call')
  expect(parseFrame('ocpp2.1', nested(17)).kind).toBe('fault')
})

it('is not deceived by brackets, colons and quotes inside texts', () => {
  const text = JSON.stringify([2, 'a', 'X', { '[{:"\\': `${'['.repeat(40)}:"\\`, b: '\\' }])
  expect(parseFrame('ocpp1.6', text)).toMatchObject({ kind: 'call', marks: [] })
})

it.each([
  { text: '[2,"a","X",{"k":1,"k":2}]', pointers: ['/k'] },
  { text: '[2,"a","X",{"k":1,"\\u006b":2}]', pointers: ['/k'] },
  { text: '[2,"a","X",{"l":[{},{"a/b":{"k":{},"k":[]}}]}]', pointers: ['/l/1/a~1b/k'] },
  { text: '[3,"a",{"k":1,"k":2,"k":3}]', pointers: ['/k', '/k'] },
])('sees that a member stands twice in $text', ({ text, pointers }) => {
  const frame = parseFrame('ocpp1.6', text) as Extract<Frame, { kind: 'call' }>
  expect(frame.marks).toEqual(pointers.map((pointer) => ({ pointer, what: 'doubled-key' })))
})

it('takes out names that reach a prototype, at every depth, however they are written', () => {
  const text =
    '[2,"a","X",{"__proto__":{"bad":1},"l":[{"\\u005f_proto__":{"bad":1},"constructor":{"prototype":{"bad":1}}}]}]'
  const frame = parseFrame('ocpp2.0.1', text) as Extract<Frame, { kind: 'call' }>
  expect(JSON.stringify(frame.payload)).toBe('{"l":[{}]}')
  expect(frame.marks.map(({ pointer }) => pointer)).toEqual(['/__proto__', '/l/0/__proto__', '/l/0/constructor'])
  expect(Object.assign({}, frame.payload)).not.toHaveProperty('bad')
})

it('halves of characters are replaced too: a column of JSON takes them as little as NUL', () => {
  const text = String.raw`[2,"a","X",{"a":"x\ud800y","l":[{"b":"\udc00"}],"c\ud800":1,"d":"\ud83d\ude00"}]`
  const frame = parseFrame('ocpp1.6', text) as Extract<ReturnType<typeof parseFrame>, { kind: 'call' }>
  expect(frame.payload).toEqual({ a: 'x\ufffdy', l: [{ b: '\ufffd' }], d: '\u{1f600}' })
  expect(frame.marks.map(({ what }) => what)).toEqual(['nul-character', 'nul-character', 'unsafe-key'])
})

it('replaces the one character that no database text can hold, at every depth, and says so', () => {
  const frame = parseFrame('ocpp1.6', '[2,"a","X",{"a":"x\\u0000y","l":[{"b":"\\u0000"}],"c\\u0000":1}]') as Extract<
    Frame,
    { kind: 'call' }
  >
  expect(frame.payload).toEqual({ a: 'x\ufffdy', l: [{ b: '\ufffd' }] })
  expect(frame.marks.map(({ what }) => what)).toEqual(['nul-character', 'nul-character', 'unsafe-key'])
})

it('replaces it in what an error says too', () => {
  const frame = parseFrame('ocpp1.6', String.raw`[4,"a","Gen\u0000","x\ud800",{"y":"\u0000"}]`)
  expect(frame).toMatchObject({ code: 'Gen\ufffd', description: 'x\ufffd', details: { y: '\ufffd' } })
})

it.each([
  ['members that stand twice', Array.from({ length: 300 }, () => '"a":1')],
  ['names that reach a prototype', Array.from({ length: 300 }, (_, n) => `"l${n}":{"constructor":1}`)],
  ['texts that no database holds', Array.from({ length: 300 }, (_, n) => String.raw`"a${n}":"\u0000"`)],
])('tells no more of %s under a long name than is of use (attack 9)', (_, members) => {
  const text = `[2,"a","X",{"${'n'.repeat(100_000)}":{${members.join(',')}}}]`
  const frame = parseFrame('ocpp1.6', text) as Extract<Frame, { kind: 'call' }>
  expect(frame.marks.length).toBeGreaterThan(0)
  expect(JSON.stringify(frame.marks).length).toBeLessThan(50_000)
})

it('keeps an error description within 255 characters', () => {
  const [, , , description] = JSON.parse(errorText(4, 'a', 'GenericError', 'x'.repeat(300))) as string[]
  expect(description).toHaveLength(255)
})

it('marks exactly when a member is doubled, for any JSON', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 }), (content) => {
      const frame = parseFrame('ocpp2.1', JSON.stringify([2, 'a', 'X', content]))
      return frame.kind === 'call' && frame.marks.every(({ what }) => what !== 'doubled-key')
    }),
    { numRuns: 500 },
  )
})

/** Text that is cut, doubled, swapped and overwritten at random. */
const mutations = fc.array(
  fc.record({
    at: fc.nat(400),
    cut: fc.nat(6),
    put: fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom('"', '{', '[', ']', '}', ',', ':', '\\', '\u0000', '\ud800', 'null', '1e999', '-0'),
    ),
  }),
  { maxLength: 4 },
)
const seeds = [
  '[2,"a","Heartbeat",{}]',
  '[2,"b","BootNotification",{"chargePointVendor":"v","chargePointModel":"m"}]',
  '[2,"c","TransactionEvent",{"eventType":"Started","timestamp":"2026-01-01T00:00:00Z","triggerReason":"Authorized","seqNo":0,"transactionInfo":{"transactionId":"t"},"meterValue":[{"timestamp":"2026-01-01T00:00:00Z","sampledValue":[{"value":1}]}]}]',
  '[3,"a",{"status":"Accepted"}]',
  '[4,"a","GenericError","",{}]',
  '[5,"a","GenericError","",{}]',
  '[6,"a","NotifyPeriodicEventStream",{}]',
]

function mutated(text: string, changes: readonly { at: number; cut: number; put: string }[]): string {
  return changes.reduce((now, { at, cut, put }) => {
    const place = at % (now.length + 1)
    return now.slice(0, place) + put + now.slice(place + cut)
  }, text)
}

it.each(ocppVersions)(
  'reads 3,000 damaged frames of %s without a throw, and pollutes nothing',
  (version: OcppVersion) => {
    const before = Object.getOwnPropertyNames(Object.prototype).join()
    fc.assert(
      fc.property(fc.constantFrom(...seeds), mutations, (seed, changes) => {
        const frame = parseFrame(version, mutated(seed, changes))
        if (frame.kind === 'fault' && frame.type !== undefined && frame.type !== 2)
          expect(frame.replyTo).toBeUndefined()
      }),
      { numRuns: 3000 },
    )
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before)
  },
)
