import { describe, expect, it, vi } from 'vitest'
import { localBus } from '../platform/index.ts'
import { openRings } from './ring.ts'

describe('the ring of live events', () => {
  it('gives a returning reader what it missed, in order', () => {
    const bus = localBus()
    const rings = openRings(bus)
    rings.listen('t1', () => {})
    for (const n of [1, 2, 3]) bus.publish('t1', { type: 'evse.changed', version: 1, n })
    bus.publish('t2', { type: 'evse.changed', version: 1, n: 'of another tenant' })
    expect(rings.after('t1', `${rings.epoch}.1`)?.map((event) => event.notice['n'])).toEqual([2, 3])
    expect(rings.after('t1', `${rings.epoch}.3`)).toEqual([])
    rings.close()
  })

  it('tells a reader of another epoch, or one too far behind, to fetch anew', () => {
    const bus = localBus()
    const rings = openRings(bus)
    rings.listen('t1', () => {})
    for (let n = 0; n < 5_000; n += 1) bus.publish('t1', { type: 'evse.changed', version: 1 })
    expect(rings.after('t1', 'dead.4999')).toBeUndefined()
    expect(rings.after('t1', `${rings.epoch}.1`)).toBeUndefined()
    expect(rings.after('t1', `${rings.epoch}.nonsense`)).toBeUndefined()
    expect(rings.after('t1', `${rings.epoch}.4999`)).toHaveLength(1)
    rings.close()
  })

  it('keeps few long frames: a station that floods while its log is watched takes no memory by it (row 20)', () => {
    const bus = localBus()
    const rings = openRings(bus)
    rings.listen('t1', () => {})
    const text = 'x'.repeat(65_536)
    for (let n = 1; n <= 1_000; n += 1) bus.publish('t1', { type: 'ocpp.frame', version: 1, text })
    const kept = (since: number) => rings.after('t1', `${rings.epoch}.${since}`)?.length
    expect(kept(990)).toBe(10)
    // More than eight million characters are not kept for whoever comes back; such a reader fetches anew.
    expect(kept(800)).toBeUndefined()
    for (let n = 1_001; n <= 2_000; n += 1) bus.publish('t1', { type: 'evse.changed', version: 1 })
    expect(kept(1_000)).toBe(1_000)
    rings.close()
  })

  it('keeps nothing of a network that nobody watches: there may be many', () => {
    const bus = localBus()
    const rings = openRings(bus)
    bus.publish('t1', { type: 'command.changed', version: 1 })
    bus.publish('t1', { type: 'command.changed', version: 1 })
    expect(rings.after('t1', `${rings.epoch}.1`)).toBeUndefined()
    rings.close()
  })

  it('hears while somebody listens and a minute longer; who comes back later must fetch anew', () => {
    vi.useFakeTimers()
    const bus = localBus()
    const rings = openRings(bus)
    expect(bus.isHeard('t1')).toBe(false)
    const leave = rings.listen('t1', () => {})
    bus.publish('t1', { type: 'evse.changed', version: 1 })
    leave()
    vi.advanceTimersByTime(59_000)
    expect(bus.isHeard('t1')).toBe(true)
    expect(rings.after('t1', `${rings.epoch}.1`)).toEqual([])
    vi.advanceTimersByTime(2_000)
    expect(bus.isHeard('t1')).toBe(false)
    expect(rings.after('t1', `${rings.epoch}.1`)).toBeUndefined()
    rings.close()
    vi.useRealTimers()
  })

  it('sends only the latest reading of a session, once a second', () => {
    vi.useFakeTimers()
    const bus = localBus()
    const rings = openRings(bus)
    const seen: unknown[] = []
    rings.listen('t1', (event) => seen.push(event.notice['powerW']))
    for (const powerW of [1, 2, 3]) bus.publish('t1', { type: 'meter.read', version: 1, sessionId: 's', powerW })
    expect(seen).toEqual([])
    vi.advanceTimersByTime(1_000)
    expect(seen).toEqual([3])
    rings.close()
    vi.useRealTimers()
  })
})
