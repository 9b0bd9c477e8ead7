import { messagesOf, type Scenario, type Version } from './load.ts'
import type { Plan, Planned } from './set-up.ts'

/** What must be reached; the bench fails below. All but the transactions are ratios to the reference. */
export interface Floors {
  /** At least. */
  readonly rate?: number
  /** At most: CPU of Node and PostgreSQL per message. */
  readonly cpu?: number
  /** At most: what 99 of 100 messages took. */
  readonly p99?: number
  /** At most: per 1,000 messages. */
  readonly transactions?: number
}

export const layouts = ['one', 'equal', 'uneven'] as const
/** All stations of one tenant; of twenty alike; of twenty, one of which holds nine in ten. */
export type Layout = (typeof layouts)[number]

export const versionChoices: Readonly<Record<string, readonly Version[]>> = {
  '1.6': ['ocpp1.6'],
  '2.0.1': ['ocpp2.0.1'],
  mixed: ['ocpp1.6', 'ocpp2.0.1'],
}

/** One comparison. */
export interface Cell {
  readonly scenario: Scenario
  readonly stations: number
  readonly versions: string
  readonly layout: Layout
  /** `open`: at half of what ours takes at most. */
  readonly loop: 'closed' | 'open'
  readonly floors: Floors
}

export interface Choice {
  /** Names of groups; absent: all. */
  readonly only?: readonly string[]
  readonly stations?: readonly number[]
  readonly versions?: readonly string[]
  readonly layouts?: readonly Layout[]
  readonly isQuick?: boolean
  /** Instead of the floors of the rates. */
  readonly rateFloor?: number
}

interface Group {
  readonly name: string
  readonly scenario: readonly Scenario[]
  readonly stations: readonly number[]
  readonly versions: readonly string[]
  readonly layouts: readonly Layout[]
  readonly loop: Cell['loop']
  /** Also when there is little time. */
  readonly isQuick: boolean
}

/** The table of figures that the bench stands for, in the order in which it is measured. */
const groups: readonly Group[] = [
  { name: 'meter', scenario: ['meter'], loop: 'closed', ...both(), layouts: ['one'], isQuick: true },
  { name: 'session', scenario: ['session'], loop: 'closed', ...both(), layouts: ['one'], isQuick: true },
  { name: 'visit', scenario: ['visit'], loop: 'closed', ...mixed(1_000), layouts: ['one'], isQuick: false },
  { name: 'heartbeat', scenario: ['heartbeat'], loop: 'closed', ...mixed(100), layouts: ['one'], isQuick: true },
  { name: 'open', scenario: ['meter'], loop: 'open', ...mixed(100), layouts: ['one'], isQuick: true },
  {
    name: 'tenants',
    scenario: ['meter', 'session'],
    loop: 'closed',
    ...mixed(1_000),
    layouts: ['equal', 'uneven'],
    isQuick: false,
  },
  { name: 'connect', scenario: ['connect'], loop: 'closed', ...mixed(1_000), layouts: ['one'], isQuick: true },
]

/** What is not a cell, but can be asked for with `--only` too. */
export const besides = ['memory', 'slow-disk'] as const
export const groupNames: readonly string[] = [...groups.map(({ name }) => name), ...besides]

function both(): Pick<Group, 'stations' | 'versions'> {
  return { stations: [100, 1_000], versions: ['1.6', '2.0.1'] }
}

function mixed(stations: number): Pick<Group, 'stations' | 'versions'> {
  return { stations: [stations], versions: ['mixed'] }
}

export function floorsOf({ scenario, layout, loop, stations }: Omit<Cell, 'floors'>): Floors {
  if (loop === 'open') return { p99: 3 }
  if (scenario === 'heartbeat') return { rate: 0.6 }
  if (scenario === 'connect') return { rate: 0.15 }
  return {
    ...(scenario === 'visit' ? {} : { rate: layout === 'one' ? 0.4 : 0.3 }),
    ...(scenario === 'meter' && layout === 'one' ? { cpu: 2.5 } : {}),
    ...(stations >= 1_000 && layout === 'one' ? { transactions: 50 } : {}),
  }
}

export function cellsOf({ only, isQuick = false, rateFloor, ...choice }: Choice): readonly Cell[] {
  return groups
    .filter(({ name, isQuick: fits }) => only?.includes(name) ?? (fits || !isQuick))
    .flatMap((group) =>
      (choice.stations ?? (isQuick ? [100] : group.stations)).flatMap((stations) =>
        (choice.versions ?? (isQuick ? ['mixed'] : group.versions)).flatMap((versions) =>
          (choice.layouts ?? group.layouts).flatMap((layout) =>
            group.scenario.map((scenario) => {
              const cell = { scenario, stations, versions, layout, loop: group.loop }
              const floors = floorsOf(cell)
              return {
                ...cell,
                floors: rateFloor === undefined || floors.rate === undefined ? floors : { ...floors, rate: rateFloor },
              }
            }),
          ),
        ),
      ),
    )
}

const TENANTS = 20
const SHARE_OF_THE_LARGEST = 0.9

/** How many stations of each tenant a load uses. */
export function stationsPerTenant(stations: number, layout: Layout): readonly number[] {
  if (layout === 'one') return [stations]
  if (layout === 'equal') return spread(stations, TENANTS)
  const largest = Math.round(stations * SHARE_OF_THE_LARGEST)
  return [largest, ...spread(stations - largest, TENANTS - 1)]
}

function spread(count: number, over: number): readonly number[] {
  return Array.from({ length: over }, (_, n) => Math.floor(count / over) + (n < count % over ? 1 : 0))
}

/** What has to be set up for all of these. Stations that only connect need no card. */
export function planFor(cells: readonly Cell[], othersInTheFirst = 0): Plan {
  const most = (some: readonly Cell[]): readonly number[] => {
    const needs = some.map(({ stations, layout }) => stationsPerTenant(stations, layout))
    const tenants = Math.max(1, ...needs.map(({ length }) => length))
    return Array.from({ length: tenants }, (_, tenant) => Math.max(0, ...needs.map((need) => need[tenant] ?? 0)))
  }
  const [first = 0, ...rest] = most(cells)
  const [charging = 0] = most(cells.filter(({ scenario }) => messagesOf[scenario] > 1 || scenario === 'meter'))
  return { stations: [Math.max(first, othersInTheFirst), ...rest], charging }
}

/** The places of a load's stations among all planned: the first of each tenant. */
export function pick(planned: readonly Planned[], stations: number, layout: Layout): readonly number[] {
  const needed = [...stationsPerTenant(stations, layout)]
  const taken: number[] = []
  for (const [place, { tenant }] of planned.entries()) {
    const left = needed[tenant] ?? 0
    if (left === 0) continue
    needed[tenant] = left - 1
    taken.push(place)
  }
  if (taken.length < stations) throw new Error(`${stations} stations were wanted, ${taken.length} are there`)
  return taken
}
