import { expect, it } from 'vitest'
import { answerOf, inShort, linesOf, payloadOf } from './log-text.ts'

const at = '2026-11-24T04:55:02Z'
const row = {
  id: '1',
  at,
  direction: 'from-station' as const,
  messageId: 'a',
  action: 'Authorize',
  request: { at, text: '{}' },
  marks: [],
}

it('finds the payload in a whole frame and alone', () => {
  expect(payloadOf('[2,"1","Reset",{"type":"Hard"}]')).toEqual({ type: 'Hard' })
  expect(payloadOf('[3,"1",{"status":"Accepted"}]')).toEqual({ status: 'Accepted' })
  expect(payloadOf('{"type":"Hard"}')).toEqual({ type: 'Hard' })
  expect(payloadOf('no json')).toBe('no json')
})

it('gives each line the pointer of what stands on it', () => {
  const lines = linesOf({
    connectorId: 1,
    meterValue: [{ timestamp: at, sampledValue: [{ value: '1', unit: 'kwh' }] }],
  })
  expect(lines.find(({ text }) => text.includes('kwh'))?.pointer).toMatch('/meterValue/0/sampledValue')
})

it('names the status of an answer, also inside the token information', () => {
  const answer = { at, text: '{"idTagInfo":{"status":"Blocked"}}', kind: 'result' as const }
  expect(answerOf({ ...row, answer }, Date.parse(at))).toEqual({ kind: 'bad', word: 'Blocked' })
})

it('waits for an answer for half a minute, then says there was none', () => {
  expect(answerOf(row, Date.parse(at) + 2000).kind).toBe('wait')
  expect(answerOf(row, Date.parse(at) + 60_000).kind).toBe('none')
})

it('says a payload in short without its times', () => {
  expect(inShort({ eventType: 'Updated', timestamp: at, seqNo: 3 })).toBe('Updated, 3')
})

it('says of events what they are of, and the value', () => {
  const component = { name: 'Connector', evse: { id: 1, connectorId: 2 } }
  const plain = { component, variable: { name: 'Problem' }, actualValue: 'true' }
  const head = { eventId: 0, timestamp: at, trigger: 'Delta', eventNotificationType: 'HardWiredMonitor' }
  expect(inShort({ generatedAt: at, seqNo: 0, eventData: [{ ...head, ...plain }] })).toBe('Connector, Problem, true')
  expect(
    inShort({
      seqNo: 0,
      eventData: [
        { ...head, ...plain },
        { ...head, ...plain },
      ],
    }),
  ).toBe('Connector, Problem, true, …')
  // What a station says wrongly is shown like anything else.
  expect(inShort({ seqNo: 7, eventData: 'none' })).toBe('7, none')
  expect(inShort({ seqNo: 7, eventData: [null] })).toBe('7')
  expect(inShort({ seqNo: 7, eventData: [] })).toBe('7')
})

it('takes a boot that is to wait, and an answer that there is nothing, for no fault', () => {
  const answered = (status: string) =>
    answerOf({ ...row, answer: { at, kind: 'result', text: JSON.stringify({ status }) } }, 0)
  expect(answered('Pending')).toEqual({ kind: 'wait', word: 'Pending' })
  expect(answered('EmptyResultSet').kind).toBe('ok')
  expect(answered('Rejected').kind).toBe('bad')
})
