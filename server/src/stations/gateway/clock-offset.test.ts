import { describe, expect, it } from 'vitest'
import type { StationMessage } from '../receive/message.ts'
import { watchClock } from './clock-offset.ts'

const OPENED = Temporal.Instant.from('2026-11-26T12:00:00Z')

/** What came so many seconds after the socket opened, naming a time so many seconds after (or before) it. */
function message(receivedSeconds: number, reportedSeconds: number): StationMessage {
  const [receivedAt, reportedAt] = [OPENED.add({ seconds: receivedSeconds }), OPENED.add({ seconds: reportedSeconds })]
  return { receivedAt, bodies: [{ kind: 'evse-status', reportedAt }] } as unknown as StationMessage
}

function offsetAfter(...messages: readonly StationMessage[]): number | undefined {
  const watch = watchClock(OPENED)
  for (const one of messages) watch.note(one)
  return watch.take()
}

describe('the clock of a station (rows 34, 36)', () => {
  it('is told by what happens now, ahead or behind', () => {
    expect(offsetAfter(message(10, 10))).toBe(0)
    expect(offsetAfter(message(10, 3_610))).toBe(3_600_000)
    expect(offsetAfter(message(7_200, 3_600))).toBe(-3_600_000)
  })

  it('is not told by a queue from before the connection, however long it takes to be told (1.6 marks no queue)', () => {
    const queue = Array.from({ length: 100 }, (_, n) => message(1 + n, -500_000 + n * 900))
    expect(offsetAfter(...queue)).toBeUndefined()
    expect(offsetAfter(...queue, message(102, 101))).toBe(-1_000)
  })

  it('is told by old times that go on as ours does: a clock behind from the start', () => {
    expect(offsetAfter(message(1, -3_599))).toBeUndefined()
    expect(offsetAfter(message(1, -3_599), message(5, -3_595))).toBeUndefined()
    expect(offsetAfter(message(1, -3_599), message(5, -3_595), message(40, -3_560))).toBe(-3_600_000)
  })
})
