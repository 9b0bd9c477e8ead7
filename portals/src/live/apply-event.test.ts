import { QueryObserver, type QueryKey } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { makeQueryClient } from '../query-client.ts'
import { applyEvents } from './apply-event.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const client = makeQueryClient()

/** What a page shows under this key; its answer is `milliseconds` on its way. */
function shown(queryKey: QueryKey, milliseconds = 0, pages = 1) {
  const seen = { asked: 0, answered: 0, stop: () => {} }
  const observer = new QueryObserver(client, {
    queryKey,
    queryFn: async () => {
      seen.asked += 1
      await new Promise((resolve) => setTimeout(resolve, milliseconds))
      seen.answered += 1
      return { id: queryKey[1], evses: [], meterValues: [], pages: Array.from({ length: pages }) }
    },
  })
  seen.stop = observer.subscribe(() => {})
  return seen
}

const evseChanged = (stationId: string) => ({ type: 'evse.changed', content: { stationId, evseId: 1, seen: 'free' } })
const meterRead = (sessionId: string) => ({
  type: 'meter.read',
  content: { sessionId, stationId: 'of it', evseId: 1, at: '2026-11-24T04:55:02Z', powerW: 7_000 },
})

it('what happens at other stations and in other sessions asks for nothing anew', async () => {
  const [station, session] = [shown(['station', 'here']), shown(['session', 'here'])]
  await vi.advanceTimersByTimeAsync(10)
  applyEvents(client, [evseChanged('elsewhere'), meterRead('elsewhere')])
  await vi.advanceTimersByTimeAsync(10_000)
  expect([station.asked, session.asked]).toEqual([1, 1])
  applyEvents(client, [evseChanged('here'), meterRead('here')])
  await vi.advanceTimersByTimeAsync(10_000)
  expect([station.asked, session.asked]).toEqual([2, 2])
  station.stop()
  session.stop()
})

it('an answer that takes longer than events are apart comes all the same, and what happened meanwhile is asked for after it', async () => {
  const alerts = shown(['alerts', 'open'], 5_000)
  await vi.advanceTimersByTimeAsync(5_000)
  for (let half = 0; half < 60; half += 1) {
    applyEvents(client, [{ type: 'alert.changed', content: {} }])
    await vi.advanceTimersByTimeAsync(500)
  }
  expect(alerts.answered).toBeGreaterThan(4)
  const { asked } = alerts
  await vi.advanceTimersByTimeAsync(20_000)
  expect(alerts.asked).toBe(asked + 1)
  expect(alerts.answered).toBe(alerts.asked)
  alerts.stop()
})

it('a list that was paged far is asked for as much more seldom', async () => {
  const askedBy = async (pages: number): Promise<number> => {
    const sessions = shown(['sessions-list', pages], 0, pages)
    await vi.advanceTimersByTimeAsync(10)
    for (let second = 0; second < 60; second += 1) {
      applyEvents(client, [{ type: 'session.changed', content: { session: { id: 'elsewhere' } } }])
      await vi.advanceTimersByTimeAsync(1_000)
    }
    sessions.stop()
    return (sessions.asked - 1) * pages
  }
  const near = await askedBy(1)
  expect(await askedBy(10)).toBeLessThanOrEqual(near)
})
