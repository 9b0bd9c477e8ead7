import { parseArgs } from 'node:util'
import type { Timing } from './compare.ts'
import { type Choice, groupNames, type Layout, layouts, versionChoices } from './matrix.ts'

export interface Options {
  readonly choice: Choice
  readonly timing: Timing
  readonly isReferenceOnly: boolean
  readonly database: string | undefined
  readonly memoryStations: number
  readonly fsyncDelaysMs: readonly number[]
  /** A folder. */
  readonly profile: string | undefined
  readonly soakMinutes: number | undefined
}

const DEFAULTS = { rounds: 3, seconds: 2 }
const QUICK = { rounds: 2, seconds: 1.5 }
const WARM_UP_SECONDS = 0.5
const MEMORY_STATIONS = '10000'

/** Throws a sentence that says what is wrong with the arguments. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      stations: { type: 'string' },
      versions: { type: 'string' },
      tenants: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      floor: { type: 'string' },
      database: { type: 'string' },
      profile: { type: 'string' },
      soak: { type: 'string' },
      'memory-stations': { type: 'string', default: MEMORY_STATIONS },
      'fsync-delays': { type: 'string', default: '1,10' },
      'reference-only': { type: 'boolean', default: false },
    },
  })
  const { quick: isQuick } = values
  const usual = isQuick ? QUICK : DEFAULTS
  return {
    choice: {
      isQuick,
      ...(values.only === undefined ? {} : { only: among(values.only, groupNames, 'only') }),
      ...(values.stations === undefined ? {} : { stations: numbers(values.stations, 'stations') }),
      ...(values.versions === undefined
        ? {}
        : { versions: among(values.versions, Object.keys(versionChoices), 'versions') }),
      ...(values.tenants === undefined ? {} : { layouts: among<Layout>(values.tenants, layouts, 'tenants') }),
      ...(values.floor === undefined ? {} : { rateFloor: number(values.floor, 'floor') }),
    },
    timing: {
      rounds: values.rounds === undefined ? usual.rounds : number(values.rounds, 'rounds'),
      seconds: values.seconds === undefined ? usual.seconds : number(values.seconds, 'seconds'),
      warmUpSeconds: WARM_UP_SECONDS,
    },
    isReferenceOnly: values['reference-only'],
    database: values.database,
    memoryStations: number(values['memory-stations'], 'memory-stations'),
    fsyncDelaysMs: numbers(values['fsync-delays'], 'fsync-delays'),
    profile: values.profile,
    soakMinutes: values.soak === undefined ? undefined : number(values.soak.replace(/m$/, ''), 'soak'),
  }
}

function number(text: string, name: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0)) throw new Error(`--${name} is "${text}": give a number`)
  return value
}

const list = (text: string): readonly string[] => text.split(',').map((part) => part.trim())

function numbers(text: string, name: string): readonly number[] {
  return list(text).map((part) => number(part, name))
}

function among<T extends string>(text: string, known: readonly T[], name: string): readonly T[] {
  return list(text).map((part) => {
    const found = known.find((one) => one === part)
    if (found === undefined) throw new Error(`--${name} has no "${part}": there are ${known.join(', ')}`)
    return found
  })
}
