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
  'ping',
  'hello',
] as const

let state: LiveState = { status: 'connecting' }
let source: EventSource | undefined
let address: string | undefined
let receive: (events: readonly LiveEvent[]) => void = () => {}
let refetch: () => void = () => {}
let retry: ReturnType<typeof setTimeout> | undefined
let attempts = 0
const listeners = new Set<() => void>()

export function liveState(): LiveState {
  return state
}

export function onLiveState(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** `missed` is called when events may have been lost: after a break, or when the server no longer knows our last id. */
export function openLive(
  url: string,
  onEvents: (events: readonly LiveEvent[]) => void,
  missed: () => void,
): () => void {
  receive = onEvents
  refetch = missed
  address = url
  attempts = 0
  connect()
  return close
}

export function tryLiveNow(): void {
  if (state.status === 'down') connect()
}

function close(): void {
  clearTimeout(retry)
  source?.close()
  source = undefined
  address = undefined
}

function connect(): void {
  clearTimeout(retry)
  source?.close()
  if (address === undefined) return
  const stream = new EventSource(address)
  source = stream
  stream.onopen = () => {
    const wasDown = state.downSince !== undefined
    attempts = 0
    set({ status: 'live', lastEventAt: Date.now() })
    if (wasDown) refetch()
  }
  stream.onerror = () => lost(stream)
  for (const type of eventTypes) stream.addEventListener(type, (event) => heard(type, event.data))
}

function lost(stream: EventSource): void {
  if (stream !== source) return
  // The browser would try again by itself, but it does not say when; the banner does.
  stream.close()
  // What still waits to be shown comes again with everything else once the stream is back.
  clearTimeout(together)
  together = undefined
  waiting = []
  const wait = Math.min(15_000, 1000 * 2 ** attempts)
  attempts += 1
  set({
    ...state,
    status: 'down',
    downSince: state.downSince ?? state.lastEventAt ?? Date.now(),
    nextTryAt: Date.now() + wait,
  })
  retry = setTimeout(connect, wait)
}

// A busy network says many things a second. They are shown together, five times a second, so that the page stays quick.
const togetherMilliseconds = 200
let waiting: LiveEvent[] = []
let together: ReturnType<typeof setTimeout> | undefined

function heard(type: string, data: unknown): void {
  if (type === 'resync') refetch()
  const content = type === 'resync' || type === 'ping' || type === 'hello' ? undefined : parsed(data)
  if (content !== undefined) waiting.push({ type, content })
  together ??= setTimeout(() => {
    together = undefined
    const events = waiting
    waiting = []
    if (source === undefined) return
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
