import { type Bus, type Notice, randomHex } from '../platform/index.ts'

export interface RingEvent {
  readonly n: number
  readonly notice: Notice
}

/** The last notices of each tenant that somebody watches, and who listens to them. */
export interface Rings {
  readonly epoch: string
  /** What came after `lastId`; undefined when that is no longer known (the reader must fetch anew). */
  after(tenantId: string, lastId: string): readonly RingEvent[] | undefined
  listen(tenantId: string, listener: (event: RingEvent) => void): () => void
  close(): void
}

const RING_LENGTH = 2_000
/** Of frames, which alone are long: some stations say much, and everything that is kept is memory. */
const MOST_CHARACTERS = 8_388_608
const COALESCE_MS = 1_000
/** A reader that comes back within this time misses nothing. */
const GRACE_MS = 60_000

interface Ring {
  next: number
  readonly events: RingEvent[]
  /** Of the frames among them. */
  characters: number
  readonly listeners: Set<(event: RingEvent) => void>
  /** Somebody listens, or did so a moment ago. While nobody does, much is not even made. */
  isHearing: boolean
  leaving: NodeJS.Timeout | undefined
}

function newRing(): Ring {
  return { next: 1, events: [], characters: 0, listeners: new Set(), isHearing: false, leaving: undefined }
}

function charactersOf({ notice }: RingEvent): number {
  return typeof notice['text'] === 'string' ? notice['text'].length : 0
}

/** The oldest. */
function forget(ring: Ring, count: number): void {
  for (const event of ring.events.splice(0, count)) ring.characters -= charactersOf(event)
}

/** From here on things are missing: whoever comes back later fetches anew. */
function deafen(ring: Ring): void {
  ring.isHearing = false
  ring.events.length = 0
  ring.characters = 0
  ring.next += 1
}

export function openRings(bus: Bus): Rings {
  const epoch = randomHex(4)
  const rings = new Map<string, Ring>()
  const ringOf = (tenantId: string): Ring => {
    let ring = rings.get(tenantId)
    if (ring === undefined) rings.set(tenantId, (ring = newRing()))
    return ring
  }
  const push = (tenantId: string, notice: Notice): void => {
    const ring = ringOf(tenantId)
    const event = { n: ring.next, notice }
    ring.next += 1
    ring.events.push(event)
    ring.characters += charactersOf(event)
    if (ring.events.length > RING_LENGTH) forget(ring, RING_LENGTH / 4)
    while (ring.characters > MOST_CHARACTERS) forget(ring, Math.ceil(ring.events.length / 4))
    for (const listener of ring.listeners) listener(event)
  }

  const isHearing = (tenantId: string): boolean => rings.get(tenantId)?.isHearing === true

  // Readings are many: of each session only the latest, once a second.
  const readings = new Map<string, { tenantId: string; notice: Notice }>()
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    timer = undefined
    for (const { tenantId, notice } of readings.values()) push(tenantId, notice)
    readings.clear()
  }
  const stop = bus.subscribe((tenantId, notice) => {
    if (!isHearing(tenantId)) return
    if (notice.type !== 'meter.read') return push(tenantId, notice)
    readings.set(`${tenantId} ${String(notice['sessionId'])}`, { tenantId, notice })
    timer ??= setTimeout(flush, COALESCE_MS)
  }, isHearing)

  return {
    epoch,
    after(tenantId, lastId) {
      const [sameEpoch, last] = lastId.split('.')
      const ring = ringOf(tenantId)
      const n = Number(last)
      if (sameEpoch !== epoch || !Number.isInteger(n) || n >= ring.next) return undefined
      const oldest = ring.events[0]?.n ?? ring.next
      return n + 1 < oldest ? undefined : ring.events.filter((event) => event.n > n)
    },
    listen(tenantId, listener) {
      const ring = ringOf(tenantId)
      clearTimeout(ring.leaving)
      ring.isHearing = true
      ring.listeners.add(listener)
      return () => {
        ring.listeners.delete(listener)
        if (ring.listeners.size === 0) ring.leaving = setTimeout(() => deafen(ring), GRACE_MS).unref()
      }
    },
    close() {
      stop()
      clearTimeout(timer)
      for (const { leaving } of rings.values()) clearTimeout(leaving)
    },
  }
}
