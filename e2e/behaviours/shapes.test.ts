import { describe, expect, it } from 'vitest'
import { secondsBetween } from '../../units/index.ts'
import { chanceFrom } from '../kit/chance.ts'
import { choices16, energyOf16, isParkingTold16, isRead16, isSilent16, type Shape16, steps16 } from './shapes-ocpp16.ts'
import {
  choices2,
  endsAt2,
  isDoubtful2,
  isParkingTold2,
  isRead2,
  type Shape2,
  startsAt2,
  steps2,
} from './shapes-ocpp2.ts'
import { alertsOf, openSpeaker, recordsOf, type Speaker, sessionsOf, until } from './station.ts'
import { day, registerWhAt, type Stamp, stamps, type Step, type ToldSoFar } from './true-day.ts'
import { useWhole } from './use-whole.ts'

// One true charge, told by many stations at once, each in a shape of its own: whatever the shape, the record must be the truth.

const whole = await useWhole()

/** When it is told, and by what clock. `backAt`: where its line was away until then; `connectsAt`: its socket opened just then. */
interface Delivery {
  readonly isQueued?: true
  readonly offline?: true
  readonly awayFrom?: number
  readonly connectsAt?: number
  readonly offsetSeconds?: number
  /** What is said of it, and what it cannot but be. */
  readonly flags?: readonly string[]
  readonly errors?: readonly string[]
  readonly revisions?: readonly number[]
}

const OWN_CLOCK = { flags: ['clock-corrected'], errors: ['noted clock-wrong'] }
const BY_RULE = { flags: ['clock-corrected', 'corrected'], errors: ['corrected clock-behind'], revisions: [1, 2] }
const deliveries = {
  live: {},
  queue: { isQueued: true },
  'queue, told so': { isQueued: true, offline: true },
  'away on the way': { awayFrom: 1_000, connectsAt: 2_000.5 },
  'an hour slow': { offsetSeconds: -3_600, ...OWN_CLOCK },
  'an hour slow, just connected': { offsetSeconds: -3_600, connectsAt: day.cardFirst - 5, ...BY_RULE },
  'five minutes fast': { offsetSeconds: 300, ...OWN_CLOCK },
} as const satisfies Record<string, Delivery>
type DeliveryName = keyof typeof deliveries
const deliveryOf = ({ delivery }: Telling): Delivery => deliveries[delivery]

interface Telling {
  readonly name: string
  readonly shape: { readonly is16: true; readonly said: Shape16 } | { readonly is16: false; readonly said: Shape2 }
  readonly version: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1'
  readonly stamp: Stamp
  readonly delivery: DeliveryName
  /** As text, from what a JSON library of others makes of it. */
  readonly isSpaced: boolean
}

type Choices = Readonly<Record<string, readonly unknown[]>>
type Chosen<T extends Choices> = { readonly [name in keyof T]: T[name][number] }

const plain = <T extends Choices>(choices: T): Chosen<T> =>
  Object.fromEntries(Object.entries(choices).map(([name, [first]]) => [name, first])) as Chosen<T>

/** The plain one, and for each choice one that differs from it there alone. */
function oneByOne<T extends Choices>(choices: T): readonly (readonly [string, Chosen<T>])[] {
  const others = Object.entries(choices).flatMap(([name, values]) =>
    values.slice(1).map((value) => [`${name} ${String(value)}`, { ...plain(choices), [name]: value }] as const),
  )
  return [['plain', plain(choices)], ...(others as (readonly [string, Chosen<T>])[])]
}

const pick = <T>(next: () => number, all: readonly T[]): T => all[Math.floor(next() * all.length)] as T
/** Anything of each choice, but what is no sound telling. */
function mixed<T extends Choices>(next: () => number, choices: T, isUnsound: (shape: Chosen<T>) => boolean): Chosen<T> {
  for (;;) {
    const entries = Object.entries(choices).map(([name, values]) => [name, pick(next, values)])
    const shape = Object.fromEntries(entries) as Chosen<T>
    if (!isUnsound(shape)) return shape
  }
}

const [PLAIN_STAMP] = stamps as readonly [Stamp]
const MIXED = Number(process.env['MIXED_SHAPES'] ?? 24)

function tellings(): readonly Telling[] {
  const of16 = { version: 'ocpp1.6', stamp: PLAIN_STAMP, delivery: 'live', isSpaced: false } as const
  const of2 = { ...of16, version: 'ocpp2.0.1' } as const
  const shape16 = (said: Shape16) => ({ is16: true as const, said })
  const shape2 = (said: Shape2) => ({ is16: false as const, said })
  const simple16 = shape16(plain(choices16))
  const simple2 = shape2(plain(choices2))
  const next = chanceFrom(Number(process.env['SHAPES_SEED'] ?? 20_261_127))
  const anyDelivery = (): DeliveryName => pick(next, ['live', 'away on the way', 'queue', 'queue, told so'] as const)
  return [
    ...oneByOne(choices16).map(([name, said]) => ({ ...of16, name: `1.6, ${name}`, shape: shape16(said) })),
    ...oneByOne(choices2).map(([name, said]) => ({ ...of2, name: `2.x, ${name}`, shape: shape2(said) })),
    // It shows that it charges, then that it begins, and reads no meter on the way.
    {
      ...of16,
      name: '1.6, shown to charge before it begins, and never read',
      shape: shape16({ ...plain(choices16), statuses: 'charging before the start', sample: 'none' }),
    },
    ...stamps.slice(1).flatMap((stamp) => [
      { ...of16, name: `1.6, times with ${stamp.name}`, shape: simple16, stamp },
      { ...of2, name: `2.x, times with ${stamp.name}`, shape: simple2, stamp },
    ]),
    ...(Object.keys(deliveries) as DeliveryName[]).slice(1).flatMap((delivery) => [
      { ...of16, name: `1.6, ${delivery}`, shape: simple16, delivery },
      { ...of2, name: `2.x, ${delivery}`, shape: simple2, delivery },
    ]),
    ...Array.from({ length: MIXED }, (_, index): Telling => {
      const more = { stamp: pick(next, stamps), delivery: anyDelivery(), isSpaced: next() < 0.5 }
      if (index % 2 === 0) {
        const shape = shape16(mixed(next, choices16, isSilent16))
        return { ...more, name: `1.6, mixed ${index}`, version: 'ocpp1.6', shape }
      }
      const version = pick(next, ['ocpp2.0.1', 'ocpp2.1'] as const)
      return { ...more, name: `${version}, mixed ${index}`, version, shape: shape2(mixed(next, choices2, isDoubtful2)) }
    }),
  ]
}

/** What comes of a telling, as far as anybody sees it. */
interface Outcome {
  readonly name: string
  readonly sessions: number
  readonly state: string
  readonly flags: readonly string[]
  readonly revisions: readonly number[]
  readonly energyWh: number
  readonly startedAt: string
  readonly endedAt: string
  readonly parkedAt: string | undefined
  readonly isParkedEmpty: boolean
  readonly alerts: readonly string[]
  readonly errors: readonly string[]
  readonly cents: number
}

interface FullRecord {
  readonly revision: number
  readonly flags: readonly string[]
  readonly energyWh: number
  readonly startedAt: string
  readonly endedAt: string
  readonly periods: readonly { readonly from: string; readonly state: string; readonly energyWh: number }[]
  readonly totals?: { readonly inclTax: { readonly minor: string } }
  readonly handedOn: readonly { readonly state: string }[]
}

interface Teller {
  readonly telling: Telling
  readonly station: Speaker
  readonly steps: readonly Step[]
  readonly told: ToldSoFar
}

const BEFORE_HOURS = 2
let begin = Temporal.Instant.fromEpochMilliseconds(0)

/** More would wait for the database longer than it lets anybody wait. */
const AT_ONCE = 6

async function someAtOnce<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  for (let index = 0; index < all.length; index += AT_ONCE) {
    results.push(...(await Promise.all(all.slice(index, index + AT_ONCE).map(work))))
  }
  return results
}

async function openTeller(telling: Telling): Promise<Teller> {
  const { version, stamp, shape } = telling
  const { offsetSeconds = 0, offline } = deliveryOf(telling)
  const station = await openSpeaker(whole, version, { evses: 1 })
  const write = (seconds: number): string =>
    stamp.write(begin.add({ milliseconds: Math.round((seconds + offsetSeconds) * 1_000) }))
  const words = { write, stamp }
  const more = offline === undefined ? {} : { offline }
  const steps = shape.is16 ? steps16(shape.said, begin, words) : steps2(shape.said, begin, { ...words, ...more })
  return { telling, station, steps: toldBy(deliveryOf(telling), steps), told: { transactionId: 0 } }
}

const RECONNECT = 'reconnect'

/** What happened while the line was away is told when it is back. */
function toldBy({ connectsAt, awayFrom }: Delivery, steps: readonly Step[]): readonly Step[] {
  if (connectsAt === undefined) return steps
  const isAway = ({ at }: Step): boolean => awayFrom !== undefined && at > awayFrom && at < connectsAt
  const late = steps.map((step) => (isAway(step) ? { ...step, at: connectsAt } : step))
  const back = { at: connectsAt, action: RECONNECT, payload: () => ({}) }
  return [...late.filter(({ at }) => at < connectsAt), back, ...late.filter(({ at }) => at >= connectsAt)]
}

let lastId = 0

/** Says it as text; throws where it is answered with an error. */
async function say({ telling, station, told }: Teller, { action, payload }: Step): Promise<void> {
  if (action === RECONNECT) return reconnect(station)
  lastId += 1
  const id = `shape-${lastId}`
  const call = [2, id, action, payload(told)]
  const { socket } = station.socket
  const answer = new Promise<readonly unknown[]>((resolve) => {
    const look = (data: Buffer): void => {
      const frame = JSON.parse(data.toString()) as readonly unknown[]
      if (frame[1] !== id) return
      socket.off('message', look)
      resolve(frame)
    }
    socket.on('message', look)
  })
  socket.send(telling.isSpaced ? `\n${JSON.stringify(call, null, 1)} ` : JSON.stringify(call))
  const [type, , said] = await answer
  if (type !== 3) throw new Error(`${telling.name}: ${action} was answered with ${JSON.stringify(await answer)}`)
  const { transactionId } = said as { transactionId?: number }
  if (transactionId !== undefined) told.transactionId = transactionId
}

/** All of them at their true times, at once; who was away tells it all when it is back. */
async function tellAll(tellers: readonly Teller[]): Promise<void> {
  const isQueued = ({ telling }: Teller): boolean => deliveryOf(telling).isQueued === true
  const live = tellers.filter((teller) => !isQueued(teller))
  const times = [...new Set(live.flatMap(({ steps }) => steps.map(({ at }) => at)))].toSorted((a, b) => a - b)
  for (const at of times) {
    moveTo(at)
    await Promise.all(
      live.map((teller) =>
        sayInOrder(
          teller,
          teller.steps.filter((step) => step.at === at),
        ),
      ),
    )
  }
  moveTo(day.back)
  await Promise.all(
    tellers.filter(isQueued).map(async (teller) => {
      await reconnect(teller.station)
      await sayInOrder(teller, teller.steps)
    }),
  )
}

async function reconnect(station: Speaker): Promise<void> {
  await station.close()
  await station.connect()
}

async function sayInOrder(teller: Teller, steps: readonly Step[]): Promise<void> {
  for (const step of steps) await say(teller, step)
}

function moveTo(seconds: number): void {
  const to = begin.add({ milliseconds: Math.round(seconds * 1_000) })
  const milliseconds = to.epochMilliseconds - whole.clock.now().epochMilliseconds
  if (milliseconds > 0) whole.clock.move({ milliseconds })
}

async function outcomeOf({ telling, station }: Teller): Promise<Outcome> {
  const sessions = await sessionsOf(whole, station)
  const records = await until(async () => {
    const all = (await recordsOf(whole, sessions[0]?.id)) as unknown as readonly FullRecord[]
    const isJudged = all.every(
      ({ handedOn }) => handedOn.length > 0 && handedOn.every(({ state }) => state !== 'waiting'),
    )
    return isJudged ? all : undefined
  })
  const record = records.at(-1)
  const { body } = await whole.call<{ items: { findings: { check: string }[]; state: string }[] }>(
    'GET',
    `/v1/usage-errors?stationId=${station.id}&limit=50`,
  )
  const parking = record?.periods.filter(({ state }) => state === 'parking') ?? []
  return {
    name: telling.name,
    sessions: sessions.length,
    state: sessions[0]?.state ?? 'none',
    flags: [...new Set([...(sessions[0]?.flags ?? []), ...(record?.flags ?? [])])].sort(),
    revisions: records.map(({ revision }) => revision),
    energyWh: record?.energyWh ?? -1,
    startedAt: record?.startedAt ?? '',
    endedAt: record?.endedAt ?? '',
    parkedAt: parking.map(({ from }) => from).join(', ') || undefined,
    isParkedEmpty: parking.every(({ energyWh }) => energyWh <= NEAR_WH),
    // Whether a clock is watched in time is not the matter here.
    alerts: (await alertsOf(whole, station)).map(({ kind }) => kind).filter((kind) => kind !== 'clock-wrong'),
    errors: body.items.flatMap(({ findings, state }) => findings.map(({ check }) => `${state} ${check}`)),
    cents: Number(record?.totals?.inclTax.minor),
  }
}

/** What a straight line between two readings may take for parking. */
const NEAR_WH = 75

function truthOf(telling: Telling): Outcome {
  const { name, shape, stamp } = telling
  const { isQueued, flags = [], errors = [], revisions = [1] } = deliveryOf(telling)
  const text = (seconds: number): string => {
    const at = begin.add({ milliseconds: Math.round(seconds * 1_000) })
    return (stamp.isCut === true ? at.round({ smallestUnit: 'second', roundingMode: 'floor' }) : at).toString()
  }
  const isUntimed = shape.is16 && shape.said.statuses === 'without a time'
  const isLost = isUntimed && isQueued === true
  const isParkingTold = shape.is16 ? isParkingTold16(shape.said) && !isLost : isParkingTold2(shape.said)
  const full = isUntimed ? begin.add({ milliseconds: day.full * 1_000 }).toString() : text(day.full)
  const isRead = shape.is16 ? isRead16(shape.said) : isRead2(shape.said)
  const energyWh = shape.is16 ? energyOf16(shape.said) : registerWhAt(day.stopped) - registerWhAt(day.started)
  const endedAt = text(shape.is16 ? day.stopped : endsAt2(shape.said))
  const parkedAt = isParkingTold ? full : undefined
  return {
    name,
    sessions: 1,
    state: 'ended',
    flags,
    revisions,
    energyWh,
    startedAt: text(shape.is16 ? day.started : startsAt2(shape.said)),
    endedAt,
    parkedAt,
    isParkedEmpty: isRead || !isParkingTold,
    alerts: [],
    errors,
    cents: centsOf(energyWh, parkedAt, endedAt),
  }
}

/** 0.25 a kWh and 2.00 an hour of parking, and 25.5 % of tax. */
function centsOf(energyWh: number, parkedAt: string | undefined, endedAt: string): number {
  const [from, to] = [parkedAt ?? endedAt, endedAt].map((text) => Temporal.Instant.from(text))
  const parkedSeconds = from === undefined || to === undefined ? 0 : secondsBetween(from, to)
  return Math.round((0.25 * (energyWh / 1_000) + 2 * (parkedSeconds / 3_600)) * 125.5)
}

describe('one charge in many shapes (END-VALIDATE)', () => {
  const all = tellings()
  it(`is the same record in each of ${all.length}`, async () => {
    begin = whole.clock.now().add({ hours: BEFORE_HOURS, minutes: 1, milliseconds: 350 })
    const tellers = await someAtOnce(all, openTeller)
    await tellAll(tellers)
    whole.clock.move({ minutes: 20 })
    await until(async () => {
      const { body } = await whole.call<{ items: { id: string }[] }>('GET', '/v1/sessions?open=true&limit=1')
      return body.items.length === 0
    })
    const seen = await someAtOnce(tellers, outcomeOf)
    const truth = tellers.map(({ telling }) => truthOf(telling))
    const isWrong = (_: unknown, index: number): boolean => JSON.stringify(seen[index]) !== JSON.stringify(truth[index])
    // What a mixed one had mixed is told with it.
    const wrong = (outcomes: readonly Outcome[]) =>
      outcomes.map((outcome, index) => ({ ...outcome, telling: tellers[index]?.telling })).filter(isWrong)
    expect(wrong(seen)).toEqual(wrong(truth))
    await Promise.all(tellers.map(({ station }) => station.close()))
  })
})
