import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Missed, feedFromLive, liveState, openLive, openLiveEarly } from './connection.ts'
import { keepStream, silenceMs } from './kept-stream.ts'

class FakeSource {
  static all: FakeSource[] = []
  isClosed = false
  onopen: (() => void) | undefined
  onerror: (() => void) | undefined
  readonly listeners = new Map<string, (event: { data: string }) => void>()
  readonly url: string
  constructor(url: string) {
    this.url = url
    FakeSource.all.push(this)
  }
  addEventListener(type: string, listener: (event: { data: string }) => void): void {
    this.listeners.set(type, listener)
  }
  close(): void {
    this.isClosed = true
  }
  say(type: string, data: object = {}): void {
    if (!this.isClosed) this.listeners.get(type)?.({ data: JSON.stringify(data) })
  }
}

const newest = (): FakeSource => {
  const source = FakeSource.all.at(-1)
  if (source === undefined) throw new Error('no stream was opened')
  return source
}

let stop: () => void = () => {}
beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeSource)
  FakeSource.all = []
})
afterEach(() => {
  stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function feed(): { readonly heard: string[]; readonly missed: Missed[] } {
  const heard: string[] = []
  const missed: Missed[] = []
  stop = feedFromLive(
    (events) => heard.push(...events.map(({ type }) => type)),
    (what) => missed.push(what),
  )
  return { heard, missed }
}

it('a stream whose beats stay away is dead, said to be down, and opened again', () => {
  const { missed } = feed()
  openLive(undefined)
  newest().onopen?.()
  for (let beat = 0; beat < 10; beat += 1) {
    vi.advanceTimersByTime(15_000)
    newest().say('beat')
  }
  vi.advanceTimersByTime(1000)
  expect([liveState().status, FakeSource.all.length]).toEqual(['live', 1])
  vi.advanceTimersByTime(silenceMs)
  expect(liveState().status).toBe('down')
  expect(FakeSource.all[0]?.isClosed).toBe(true)
  vi.advanceTimersByTime(1000)
  newest().onopen?.()
  expect([liveState().status, FakeSource.all.length]).toEqual(['live', 2])
  expect(missed).toEqual(['anything', 'anything'])
})

it('a stream that never opens is tried again too', () => {
  feed()
  openLive(undefined)
  vi.advanceTimersByTime(silenceMs)
  expect(liveState().status).toBe('down')
})

it('what was fetched before the stream opened is fetched anew; what comes after it is open is not', () => {
  openLiveEarly()
  newest().onopen?.()
  const { missed } = feed()
  openLive(undefined)
  expect([FakeSource.all.length, missed]).toEqual([1, []])
  stop()
  const late = feed()
  openLive(undefined)
  newest().onopen?.()
  expect(late.missed).toEqual(['anything'])
})

it('nothing is missed while a station’s log begins, and all may be when it ends', () => {
  const { heard, missed } = feed()
  openLive(undefined)
  const wide = newest()
  wide.onopen?.()
  openLive('a-station')
  expect(newest().url).toBe('/v1/events?log=1&stationId=a-station')
  wide.say('station.changed')
  vi.advanceTimersByTime(200)
  expect(heard).toEqual(['station.changed'])
  newest().onopen?.()
  expect([wide.isClosed, missed]).toEqual([true, ['anything', 'frames']])
  openLive(undefined)
  newest().onopen?.()
  expect(missed).toEqual(['anything', 'frames', 'anything'])
  expect(FakeSource.all.filter(({ isClosed }) => !isClosed)).toHaveLength(1)
})

it('one that breaks while another takes its place does not say that all is down', () => {
  const { missed } = feed()
  openLive(undefined)
  const wide = newest()
  wide.onopen?.()
  openLive('a-station')
  wide.onerror?.()
  expect(liveState().status).toBe('live')
  newest().onopen?.()
  expect(missed).toEqual(['anything', 'anything'])
  vi.advanceTimersByTime(5000)
  expect(FakeSource.all).toHaveLength(2)
})

it('the longer it is refused, the longer it waits', () => {
  const waits: number[] = []
  const lost = (nextTryAt: number): void => {
    waits.push(nextTryAt - Date.now())
    vi.advanceTimersByTime(nextTryAt - Date.now())
  }
  const kept = keepStream('/events', [], { opened: () => {}, heard: () => {}, lost }, 60_000)
  for (let refusal = 0; refusal < 8; refusal += 1) newest().onerror?.()
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1000))
  kept.close()
})
