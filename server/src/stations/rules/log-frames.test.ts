import { expect, it } from 'vitest'
import { countPairs, framesFromText, type LogFrame, pairedFrames, textFromFrame } from './log-frames.ts'

const start = Temporal.Instant.from('2026-11-26T12:00:00Z')
let count = 0
function frame(direction: LogFrame['direction'], kind: LogFrame['kind'], messageId: string): LogFrame {
  count += 1
  return { id: `f-${count}`, at: start.add({ milliseconds: count }), direction, kind, messageId, text: '[]', marks: [] }
}

it('comes back from its text as it was', () => {
  const marks = [
    { code: 'unknown-property', pointer: '/a"b' },
    { code: 'refused', note: 'so' },
  ]
  const odd = { messageId: '\\"\u0000', action: 'Heartbeat', text: '\u0000"\ud800', marks }
  const frames = [frame('from-station', 'call', 'a'), { ...frame('to-station', 'result', 'a'), ...odd }]
  expect(framesFromText(`[${frames.map(textFromFrame).join(',')}]`)).toEqual(frames)
})

const answers = [
  ['from-station', 'call', 'x'],
  ['to-station', 'call', 'x'],
  ['from-station', 'result', 'x'],
  ['from-station', 'result', 'late'],
  ['to-station', 'result', 'late'],
  ['from-station', 'send', 'x'],
  ['to-station', 'error', 'x'],
  ['from-station', 'call', 'x'],
  ['from-station', 'call', 'x'],
  ['to-station', 'result', 'x'],
  ['to-station', 'result', 'x'],
] as const

it.each(answers.map((_, n) => n))('counts as many as it pairs, whatever the parts it is read in: %i', (cut) => {
  const frames = answers.map(([side, kind, id]) => frame(side, kind, id))
  const open = new Set<string>()
  const parts = [frames.slice(0, cut), frames.slice(cut)]
  const counted = parts.reduce((sum, part) => sum + countPairs(part, open, () => true), 0)
  expect(counted).toBe(pairedFrames(frames).length)
})

it('pairs each request with the first answer of the other side that follows, newest first', () => {
  const [one, two, answerTwo, same, answerOne, again, answerAgain] = [
    frame('from-station', 'call', 'x'),
    frame('to-station', 'call', 'x'),
    frame('from-station', 'result', 'x'),
    frame('from-station', 'send', 'x'),
    frame('to-station', 'error', 'x'),
    frame('from-station', 'call', 'x'),
    frame('to-station', 'result', 'x'),
  ] as const
  expect(pairedFrames([one, two, answerTwo, same, answerOne, again, answerAgain])).toEqual([
    { request: again, answer: answerAgain },
    { request: same },
    { request: two, answer: answerTwo },
    { request: one, answer: answerOne },
  ])
})

it('shows an answer to nothing, which is what was wrong with it', () => {
  const late = frame('from-station', 'result', 'gone')
  expect(pairedFrames([late])).toEqual([{ request: late }])
})
