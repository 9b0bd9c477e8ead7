import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { dialects } from './dialects/index.ts'
import { newStation, type StationSpec } from './new-station.ts'
import type { EvseState, Faults, Ms, StationState } from './state.ts'
import { end } from './transactions.ts'
import { change, changeEvse, say, stationTime, type Turn } from './turn.ts'

/** Where stations keep what outlives their power: the flash of a real one. */
export interface Memory {
  /** What was kept last; undefined: nothing yet. */
  recall(identity: string): string | undefined
  /** Called before anything is said that rests on it, so it must not return before it is kept. */
  keep(identity: string, text: string): void
}

/** One file a station. A file is whole or not there; it outlives the program's death, though not the machine's. */
export function folderMemory(folder: string): Memory {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const fileOf = (identity: string): string => path.join(folder, `${encodeURIComponent(identity)}.json`)
  return {
    recall(identity) {
      try {
        return readFileSync(fileOf(identity), 'utf8')
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
    },
    keep(identity, text) {
      const file = fileOf(identity)
      writeFileSync(`${file}.new`, text, { mode: 0o600 })
      renameSync(`${file}.new`, file)
    },
  }
}

/** Registers, open transactions, what waits to be delivered, and what the central system has set. */
const keptMembers = [
  'random',
  'clockOffsetMs',
  'clockSetAt',
  'settings',
  'faults',
  'inoperative',
  'localList',
  'cache',
  'evses',
  'outbox',
  'nextEntry',
  'nextEventId',
  'numbers',
] as const satisfies readonly (keyof StationState)[]

type Kept = Pick<StationState, (typeof keptMembers)[number]>

/** Counts up when a program can no longer read what its predecessor kept: then the station begins afresh. */
const keptVersion = 1

export function hasNewToKeep(before: StationState, after: StationState): boolean {
  return keptMembers.some((name) => before[name] !== after[name])
}

/** `at`: the last moment at which the station is known to have had power. */
export function textToKeep(state: StationState, at: Ms): string {
  const kept = Object.fromEntries(keptMembers.map((name) => [name, state[name]]))
  return JSON.stringify({ version: keptVersion, protocol: state.protocol, at, kept })
}

/** A station whose power comes back: what it kept, with the transactions ended that the loss has interrupted. */
export function stationFrom(spec: StationSpec, text: string | undefined, now: Ms): StationState {
  const fresh = newStation(spec, now)
  const memory = text === undefined ? undefined : read(text)
  if (memory === undefined || memory.protocol !== spec.protocol) return fresh
  const { kept, at } = memory
  const state: StationState = {
    ...fresh,
    ...kept,
    settings: { ...fresh.settings, ...kept.settings },
    faults: fresh.faults,
    outbox: kept.outbox.filter(({ lane }) => lane === 'transaction'),
    evses: fresh.evses.map((evse) => withKept(evse, kept.evses)),
  }
  return withoutOldProblems(afterPowerLoss(state, Math.min(at, now)), kept.faults, now)
}

interface Memorised {
  readonly version: number
  readonly protocol: string
  readonly at: Ms
  readonly kept: Kept
}

/** Undefined when another version of this program kept it, or the machine died while it was written. */
function read(text: string): Memorised | undefined {
  try {
    const memory = JSON.parse(text) as Memorised
    const isWhole = keptMembers.every((name) => memory.kept[name] !== undefined)
    return memory.version === keptVersion && isWhole ? memory : undefined
  } catch {
    return undefined
  }
}

/** The device may have been changed meanwhile; its meters go on, and a meter never counts down. */
function withKept(evse: EvseState, kept: readonly EvseState[]): EvseState {
  const same = kept.find(({ spec }) => spec.id === evse.spec.id)
  return same === undefined ? evse : { ...evse, ...same, spec: evse.spec }
}

/**
 * The station knows when its power went and what its registers were then. It tells so once it is connected: the end of
 * each transaction waits in its queue (stop reason PowerLoss; 2.x with `offline`). Whoever was there has driven away.
 */
function afterPowerLoss(state: StationState, at: Ms): StationState {
  const turn: Turn = { state, at, dialect: dialects[state.protocol], outputs: [] }
  for (const { spec } of state.evses) {
    end(turn, spec.id, 'AbnormalCondition', 'PowerLoss')
    changeEvse(turn, spec.id, {
      connector: undefined,
      car: undefined,
      powerW: 0,
      asking: undefined,
      authorised: undefined,
      cableDeadline: undefined,
      isFinishing: false,
    })
  }
  return turn.state
}

/** Faults do not outlive the program, so what was told of them is taken back. */
function withoutOldProblems(state: StationState, told: Faults, at: Ms): StationState {
  const turn: Turn = { state, at, dialect: dialects[state.protocol], outputs: [] }
  const takeBack = (code: string, evses: readonly number[], still: readonly number[]): void => {
    for (const evse of evses.filter((id) => !still.includes(id))) {
      const eventId = turn.state.nextEventId
      change(turn, { nextEventId: eventId + 1 })
      say(
        turn,
        { kind: 'problem', evse, code, isCleared: true, at: stationTime(turn.state, at), eventId },
        'transaction',
      )
    }
  }
  takeBack('GroundFailure', told.groundFailure, state.faults.groundFailure)
  takeBack('ConnectorLockFailure', told.connectorLock, state.faults.connectorLock)
  return turn.state
}
