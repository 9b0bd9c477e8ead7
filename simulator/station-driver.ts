import type { Answer, CallOutcome, IncomingCall, Peer } from '../ocpp/index.ts'
import { stationUrl } from './address.ts'
import { chanceFrom, seedOf } from './chance.ts'
import { dialects } from './dialects/index.ts'
import { type Habits, Line } from './line.ts'
import { hasNewToKeep, type Memory, stationFrom, textToKeep } from './memory.ts'
import type { StationSpec } from './new-station.ts'
import { type Acknowledgement, naturalKey } from './oracle.ts'
import { nextToSend } from './outbox.ts'
import type { Fact, Input, Ms, OutboxEntry, Output, Payload, StationState } from './state.ts'
import { nextDue, step } from './station-machine.ts'
import type { Timeline } from './timeline.ts'
import { numberSetting } from './turn.ts'

/** What can be seen of a station from outside. */
export type StationEvent =
  | Fact
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly code: number }
  /** `why`: what the system or the server said, such as an HTTP status. */
  | { readonly kind: 'connection-failed'; readonly why: string }
  | { readonly kind: 'call-refused'; readonly action: string; readonly code: string; readonly description: string }
  | { readonly kind: 'sent'; readonly action: string }
  /** A bug of the simulator: a message that does not fit its schema, or a fault in the frames. */
  | { readonly kind: 'own-fault'; readonly description: string }

export interface DriverOptions {
  readonly url: string
  readonly timeline: Timeline
  readonly onEvent: (event: StationEvent) => void
  readonly onAcknowledged: (acknowledgement: Acknowledgement) => void
  /** Called after everything that happened. */
  readonly onChange: () => void
  readonly timeoutMs: number
  /** Retries under the id they had, as OCPP allows; else under a new one each time. */
  readonly sameIdOnRetry: boolean
  /** Absent: a station that is made anew knows nothing of what was. */
  readonly memory: Memory | undefined
}

/** A station with a socket: the machine decides, this carries out. */
export class StationDriver {
  readonly #spec: StationSpec
  readonly #options: DriverOptions
  readonly #chance: () => number
  readonly #line: Line
  readonly #retryIds = new Map<number, string>()
  #memory: Memory | undefined
  #state: StationState
  #inFlight: number | undefined
  #isAnswering = false
  #nextId: string | undefined

  constructor(spec: StationSpec, options: DriverOptions) {
    const { timeline, timeoutMs, onEvent } = options
    this.#spec = spec
    this.#options = options
    this.#chance = chanceFrom(seedOf(`${spec.identity}/driver`) ^ (spec.seed ?? 0))
    this.#memory = options.memory
    this.#state = stationFrom(spec, options.memory?.recall(spec.identity), timeline.now())
    this.#line = new Line({
      url: stationUrl(spec.url ?? options.url, spec.identity),
      identity: spec.identity,
      password: spec.password,
      protocol: spec.protocol,
      timeline,
      timeoutMs,
      chance: this.#chance,
      newId: () => this.#nextId ?? crypto.randomUUID(),
      handle: (call) => this.#handle(call),
      onOpen: () => this.#opened(),
      onClosed: (code) => {
        onEvent({ kind: 'disconnected', code })
        this.apply({ kind: 'socket-closed' })
      },
      onFailure: (why) => onEvent({ kind: 'connection-failed', why }),
      onFault: (description) => onEvent({ kind: 'own-fault', description }),
      habits: () => habitsOf(this.#state),
    })
  }

  get state(): StationState {
    return this.#state
  }

  /** Something happens to the station. */
  apply(input: Input): readonly Output[] {
    const before = this.#state
    const { state, outputs } = step(before, input, this.#options.timeline.now())
    this.#state = state
    if (hasNewToKeep(before, state)) this.#keep()
    for (const output of outputs) this.#carryOut(output)
    if (!this.#isAnswering) void this.#pump()
    this.#options.onChange()
    return outputs
  }

  due(): Ms {
    return Math.min(this.#line.due(), nextDue(this.#state) ?? Number.POSITIVE_INFINITY)
  }

  wake(at: Ms): void {
    this.#line.wake(at)
    this.apply({ kind: 'tick' })
  }

  get isBusy(): boolean {
    return this.#line.isBusy || (this.#line.peer !== undefined && this.#inFlight !== undefined)
  }

  /** Cuts the connection; undefined: until `goOnline`. */
  goOffline(seconds: number | undefined): void {
    this.#line.goOffline(seconds)
    this.apply({ kind: 'socket-closed' })
  }

  goOnline(): void {
    this.#line.goOnline()
  }

  /** As when the power goes: a station with a memory knows the moment, and its registers then. */
  stop(): void {
    this.#keep()
    this.#memory = undefined
    this.#line.drop()
  }

  #keep(): void {
    this.#memory?.keep(this.#spec.identity, textToKeep(this.#state, this.#options.timeline.now()))
  }

  #opened(): void {
    this.#isAnswering = false
    this.#options.onEvent({ kind: 'connected' })
    this.apply({ kind: 'socket-open' })
  }

  #carryOut(output: Output): void {
    switch (output.kind) {
      case 'connect':
        return this.#line.want()
      case 'disconnect':
        return this.#line.drop()
      case 'password':
        this.#line.setPassword(output.password)
        // The answer leaves first; then the station comes again with the new one.
        return this.#line.want(1000)
      case 'fact':
        return this.#options.onEvent(output.fact)
      case 'answer':
      case 'not-supported':
        return
    }
  }

  #handle(call: IncomingCall): Promise<Answer> | Answer {
    if (this.#state.faults.mute) return new Promise<Answer>(() => {})
    this.#isAnswering = true
    const outputs = this.apply({ kind: 'call', action: call.action, payload: call.payload })
    const afterSent = (): void => {
      this.#isAnswering = false
      void this.#pump()
    }
    const answer = outputs.find((output) => output.kind === 'answer')
    if (answer !== undefined) return { kind: 'result', payload: answer.payload, afterSent }
    return { kind: 'error', code: 'NotSupported', afterSent }
  }

  /** Sends what waits, one message at a time. */
  async #pump(): Promise<void> {
    const { peer } = this.#line
    if (this.#inFlight !== undefined || peer === undefined || this.#isAnswering) return
    const entry = nextToSend(this.#state, this.#options.timeline.now())
    if (entry === undefined) return
    this.#inFlight = entry.id
    const input = await this.#deliver(peer, entry)
    this.#inFlight = undefined
    this.apply(input)
  }

  /** Sends one message, as often as the fault says, and tells what came of it the first time. */
  async #deliver(peer: Peer, entry: OutboxEntry): Promise<Input> {
    const { action, payload } = dialects[this.#spec.protocol].render(entry.message, this.#state)
    let first: Input | undefined
    for (let repeat = 0; repeat < Math.max(1, this.#state.faults.repeatMessages); repeat += 1) {
      this.#nextId = this.#idFor(entry, repeat)
      const onSent = (): void => this.#options.onEvent({ kind: 'sent', action })
      const outcome = await peer.call(action, payload, { onSent })
      const wasLost = outcome.kind === 'answered' && this.#chance() < this.#state.faults.dropReplies
      this.#note(action, payload, outcome, { repeat, wasLost })
      first ??= wasLost ? { kind: 'failed', entry: entry.id, why: 'no-reply' } : inputOf(entry.id, outcome)
      if (outcome.kind === 'connection-lost') break
    }
    this.#nextId = undefined
    if (first?.kind === 'answered') this.#retryIds.delete(entry.id)
    return first ?? { kind: 'failed', entry: entry.id, why: 'unsent' }
  }

  #idFor(entry: OutboxEntry, repeat: number): string {
    const id = crypto.randomUUID()
    if (!this.#options.sameIdOnRetry || repeat > 0 || entry.lane === 'now') return id
    const known = this.#retryIds.get(entry.id) ?? id
    this.#retryIds.set(entry.id, known)
    return known
  }

  #note(
    action: string,
    payload: Payload,
    outcome: CallOutcome,
    how: Pick<Acknowledgement, 'repeat' | 'wasLost'>,
  ): void {
    const { onEvent, onAcknowledged, timeline } = this.#options
    const { identity, protocol } = this.#spec
    switch (outcome.kind) {
      case 'answered': {
        const key = naturalKey(action, payload)
        const at = Temporal.Instant.fromEpochMilliseconds(timeline.now())
        return onAcknowledged({ identity, protocol, action, key, at, payload, answer: outcome.payload, ...how })
      }
      case 'invalid-call':
        return onEvent({ kind: 'own-fault', description: `${action}: ${outcome.description}` })
      case 'error':
        return onEvent({ kind: 'call-refused', action, code: outcome.code, description: outcome.description })
      case 'invalid-answer':
        return onEvent({ kind: 'call-refused', action, code: outcome.kind, description: outcome.description })
      case 'timed-out':
      case 'connection-lost':
        return
    }
  }
}

function habitsOf(state: StationState): Habits {
  return {
    isWanted: state.power === 'on',
    backOffMinimum: numberSetting(state, 'backOffMinimum'),
    backOffRandom: numberSetting(state, 'backOffRandom'),
    backOffDoublings: numberSetting(state, 'backOffDoublings'),
    pingInterval: numberSetting(state, 'pingInterval'),
  }
}

function inputOf(entry: number, outcome: CallOutcome): Input {
  switch (outcome.kind) {
    case 'answered':
      return { kind: 'answered', entry, payload: outcome.payload }
    case 'timed-out':
      return { kind: 'failed', entry, why: 'no-reply' }
    case 'connection-lost':
      return { kind: 'failed', entry, why: 'unsent' }
    case 'error':
    case 'invalid-answer':
    case 'invalid-call':
      return { kind: 'failed', entry, why: 'refused' }
  }
}
