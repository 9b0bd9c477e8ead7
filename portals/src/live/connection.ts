import { query } from '../api.ts'
import { keepStream, type KeptStream, type StreamHandlers } from './kept-stream.ts'

/**
 * One event stream for the page. Its state says how old what is shown may be; while it is down the page says so and tries
 * again, after 1 s, then 2, 4, at most 15.
 */

export interface LiveState {
  readonly status: 'connecting' | 'live' | 'down'
  /** Milliseconds since the epoch, by this machine's clock. */
  readonly lastEventAt?: number
  readonly downSince?: number
  readonly nextTryAt?: number
}

export interface LiveEvent {
  readonly type: string
  readonly content: Readonly<Record<string, unknown>>
}

const eventTypes = [
  'station.changed',
  'evse.changed',
  'session.changed',
  'meter.read',
  'command.changed',
  'ocpp.frame',
  'alert.changed',
  'refused-station',
  'resync',
  'hello',
] as const

const mostWaitMs = 15_000

interface Live {
  /** Undefined: of all stations. */
  readonly stationId: string | undefined
  readonly stream: KeptStream
  isOpen: boolean
}

let state: LiveState = { status: 'connecting' }
let current: Live | undefined
/** Still heard until the one that takes its place is open, so that nothing is missed between them. */
let former: Live | undefined
let receive: (events: readonly LiveEvent[]) => void = () => {}
let refetch: (what: Missed) => void = () => {}
const listeners = new Set<() => void>()

/** What may have happened unheard: anything, or only frames of the station that is listened to from now on. */
export type Missed = 'anything' | 'frames'

export function liveState(): LiveState {
  return state
}

export function onLiveState(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * `missed` is called when what was fetched before may be old: whenever the stream is opened, the first time too, and when the server
 * no longer knows our last id.
 */
export function feedFromLive(
  onEvents: (events: readonly LiveEvent[]) => void,
  missed: (what: Missed) => void,
): () => void {
  receive = onEvents
  refetch = missed
  return () => {
    receive = () => {}
    refetch = () => {}
    close()
  }
}

/** Opened before the pages ask for anything: what is asked for once it is open need not be asked for again. */
export function openLiveEarly(): void {
  if (current === undefined) openLive(undefined)
}

/** With the frames of one station, or with the events of all. */
export function openLive(stationId: string | undefined): void {
  if (current !== undefined && current.stationId === stationId) return
  if (current?.isOpen === true) {
    former?.stream.close()
    former = current
  } else current?.stream.close()
  const url = `/v1/events${stationId === undefined ? '' : query({ log: 1, stationId })}`
  const handlers: StreamHandlers = {
    opened: () => opened(live),
    heard,
    lost: (nextTryAt) => (live === current ? lost(nextTryAt) : leaveFormer()),
  }
  const live: Live = { stationId, stream: keepStream(url, eventTypes, handlers, mostWaitMs), isOpen: false }
  current = live
}

export function tryLiveNow(): void {
  if (state.status === 'down') current?.stream.tryNow()
}

function close(): void {
  current?.stream.close()
  current = undefined
  leaveFormer()
}

function leaveFormer(): void {
  former?.stream.close()
  former = undefined
}

function opened(live: Live): void {
  live.isOpen = true
  const missed = former !== undefined && former.stationId === undefined ? 'frames' : 'anything'
  leaveFormer()
  set({ status: 'live', lastEventAt: Date.now() })
  refetch(missed)
}

function lost(nextTryAt: number): void {
  if (current !== undefined) current.isOpen = false
  leaveFormer()
  // What still waits to be shown comes again with everything else once the stream is back.
  clearTimeout(together)
  together = undefined
  waiting = []
  set({ ...state, status: 'down', downSince: state.downSince ?? state.lastEventAt ?? Date.now(), nextTryAt })
}

// A busy network says many things a second. They are shown together, five times a second, so that the page stays quick.
const togetherMilliseconds = 200
let waiting: LiveEvent[] = []
let together: ReturnType<typeof setTimeout> | undefined

function heard(type: string, data: unknown): void {
  if (type === 'resync') refetch('anything')
  const content = type === 'resync' || type === 'beat' || type === 'hello' ? undefined : parsed(data)
  if (content !== undefined) waiting.push({ type, content })
  together ??= setTimeout(() => {
    together = undefined
    const events = waiting
    waiting = []
    if (current === undefined) return
    set({ status: 'live', lastEventAt: Date.now() })
    if (events.length > 0) receive(events)
  }, togetherMilliseconds)
}

function parsed(data: unknown): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(String(data))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    // A cut event; the next one or a refetch brings the truth.
    return undefined
  }
}

function set(next: LiveState): void {
  state = next
  for (const listener of listeners) listener()
}
