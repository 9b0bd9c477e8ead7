import { readingContexts } from '../../stations/model.ts'
import {
  type Deadlines,
  deadlineNames,
  type Meter,
  type RegisterPoint,
  type Session,
  type Transaction,
} from './session.ts'

/**
 * A session as its row keeps it: the machine as JSON (instants become RFC 3339 by themselves), and the meter as a short
 * text of numbers, since that is all that most reports change.
 */
export function textFromMachine({ meter: _, ...rest }: Session): string {
  return JSON.stringify(rest)
}

/** `[[at, context, Wh], [at, context, Wh], [at, W]]` with milliseconds and the context's place in its list; 0: none. */
export function textFromMeter({ first, last, power }: Meter): string {
  return `[${point(first)},${point(last)},${power === undefined ? 0 : `[${power.at.epochMilliseconds},${power.powerW}]`}]`
}

function point(given: RegisterPoint | undefined): string {
  if (given === undefined) return '0'
  return `[${given.at.epochMilliseconds},${readingContexts.indexOf(given.context)},${given.registerWh}]`
}

type Stored<T> = T extends Temporal.Instant
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Stored<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Stored<T[K]> }
      : T

const instant = (text: string): Temporal.Instant => Temporal.Instant.from(text)

/** Parsed machines by session: most reports leave them as they are. A text that differs is parsed anew. */
const parsed = new Map<string, { readonly text: string; readonly machine: Omit<Session, 'meter'> }>()
const MOST_PARSED = 5_000

/** The session again. Only this program writes these texts. */
export function sessionFromText(id: string, machineText: string, meterText: string): Session {
  const known = parsed.get(id)
  const machine = known?.text === machineText ? known.machine : machineFrom(machineText)
  if (known?.text !== machineText) {
    if (parsed.size >= MOST_PARSED) parsed.clear()
    parsed.set(id, { text: machineText, machine })
  }
  return { ...machine, meter: meterFrom(meterText) }
}

function machineFrom(text: string): Omit<Session, 'meter'> {
  const stored = JSON.parse(text) as Stored<Omit<Session, 'meter'>>
  const { startedAt, endedAt, wish, transaction, deadlines, ...plain } = stored
  return {
    ...plain,
    startedAt: instant(startedAt),
    deadlines: deadlinesFrom(deadlines),
    ...(endedAt === undefined ? {} : { endedAt: instant(endedAt) }),
    ...(wish === undefined ? {} : { wish: { ...wish, askedAt: instant(wish.askedAt) } }),
    ...(transaction === undefined ? {} : { transaction: transactionFrom(transaction) }),
  }
}

type StoredPoint = readonly [number, number, number] | 0

function meterFrom(text: string): Meter {
  const [first, last, power] = JSON.parse(text) as readonly [StoredPoint, StoredPoint, readonly [number, number] | 0]
  return {
    ...(first === 0 ? {} : { first: pointFrom(first) }),
    ...(last === 0 ? {} : { last: pointFrom(last) }),
    ...(power === 0 ? {} : { power: { at: instantOf(power[0]), powerW: power[1] } }),
  }
}

function pointFrom([at, context, registerWh]: readonly [number, number, number]): RegisterPoint {
  return { at: instantOf(at), context: readingContexts[context] ?? 'other', registerWh }
}

const instantOf = (milliseconds: number): Temporal.Instant => Temporal.Instant.fromEpochMilliseconds(milliseconds)

function deadlinesFrom(stored: Stored<Deadlines>): Deadlines {
  return Object.fromEntries(
    deadlineNames.flatMap((name) => {
      const at = stored[name]
      return at === undefined ? [] : [[name, instant(at)]]
    }),
  )
}

function transactionFrom(stored: Stored<Transaction>): Transaction {
  const { started, ended, newest, earliestAt, authorisedAt, flow, ...plain } = stored
  return {
    ...plain,
    newest: { ...newest, at: instant(newest.at) },
    earliestAt: instant(earliestAt),
    flow: flow.map((point) => ({ ...point, at: instant(point.at) })),
    ...(started === undefined ? {} : { started: { ...started, at: instant(started.at) } }),
    ...(ended === undefined ? {} : { ended: { ...ended, at: instant(ended.at) } }),
    ...(authorisedAt === undefined ? {} : { authorisedAt: instant(authorisedAt) }),
  }
}
