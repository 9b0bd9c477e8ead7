import { draw } from './chance.ts'
import type { Dialect } from './dialects/dialect.ts'
import { type SettingKey, settingRows } from './settings.ts'
import type { EvseState, Fact, Message, Ms, Output, OutboxEntry, StationState } from './state.ts'

/**
 * One step of the machine while it is being decided. The state is replaced, never changed, so that the caller's stays
 * what it was; the outputs are gathered in order.
 */
export interface Turn {
  state: StationState
  readonly at: Ms
  readonly dialect: Dialect
  readonly outputs: Output[]
}

export function change(turn: Turn, patch: Partial<StationState>): void {
  turn.state = { ...turn.state, ...patch }
}

export function findEvse(state: StationState, id: number): EvseState | undefined {
  return state.evses.find((evse) => evse.spec.id === id)
}

/** The EVSE as it is now in this turn. For ids that are known to exist. */
export function evseOf(turn: Turn, id: number): EvseState {
  const evse = findEvse(turn.state, id)
  if (evse === undefined) throw new RangeError(`no EVSE ${id}`)
  return evse
}

export function changeEvse(turn: Turn, id: number, patch: Partial<EvseState>): void {
  change(turn, { evses: turn.state.evses.map((evse) => (evse.spec.id === id ? { ...evse, ...patch } : evse)) })
}

export function textSetting(state: StationState, key: SettingKey): string {
  return state.settings[key] ?? settingRows[key].value
}

export function numberSetting(state: StationState, key: SettingKey): number {
  return Number(textSetting(state, key))
}

export function isSet(state: StationState, key: SettingKey): boolean {
  return textSetting(state, key) === 'true'
}

export function listSetting(state: StationState, key: SettingKey): readonly string[] {
  return textSetting(state, key)
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '')
}

/** What the station believes the time to be, in whole milliseconds. */
export function stationTime(state: StationState, at: Ms): Ms {
  const { clockOffsetSeconds, clockDriftPpm } = state.faults
  const offset = clockOffsetSeconds === undefined ? state.clockOffsetMs : clockOffsetSeconds * 1000
  return Math.round(at + offset + ((at - state.clockSetAt) * clockDriftPpm) / 1e6)
}

/** A number from 0 up to but without 1, and the turn's generator moved on. */
export function chance(turn: Turn): number {
  const { value, next } = draw(turn.state.random)
  change(turn, { random: next })
  return value
}

export function between(turn: Turn, low: number, high: number): number {
  return low + chance(turn) * (high - low)
}

/**
 * Puts a message into the outbox, if the version has words for it. `early`: it may leave before the station is accepted.
 */
export function say(turn: Turn, message: Message, lane: OutboxEntry['lane'], early = false): void {
  if (!turn.dialect.says(message)) return
  const late = lane === 'transaction' ? turn.state.faults.lateSeconds * 1000 : 0
  const entry: OutboxEntry = {
    id: turn.state.nextEntry,
    message,
    lane,
    attempts: 0,
    notBefore: turn.at + late,
    mayLeaveEarly: early || message.kind === 'boot',
  }
  change(turn, { outbox: [...turn.state.outbox, entry], nextEntry: entry.id + 1 })
}

export function tell(turn: Turn, fact: Fact): void {
  turn.outputs.push({ kind: 'fact', fact })
}

/** Whether the station may speak of its own accord. */
export function isOnline(state: StationState): boolean {
  return state.isConnected && state.registration === 'Accepted'
}
