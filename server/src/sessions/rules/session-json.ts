import { readingContexts } from '../../stations/model.ts'
import { energyOf } from './meter.ts'
import {
  type Deadlines,
  deadlineNames,
  isClosed,
  type Meter,
  type RegisterPoint,
  type Session,
  type Transaction,
} from './session.ts'

/**
 * A session as its row keeps it: the machine (instants become RFC 3339 by themselves), and apart from it, as short as can
 * be, the progress, which is all that most reports change.
 */
export function textFromMachine(session: Session): string {
  const { meter: _, transaction, ...rest } = session
  if (transaction === undefined) return JSON.stringify(rest)
  const { seen: __, newest: ___, ...kept } = transaction
  return JSON.stringify({ ...rest, transaction: kept })
}

/** `[[at, context, Wh], [at, context, Wh], [at, W, most W], seen, [at, seqNo]]`: milliseconds, the context's place in its list; 0: none. */
export function textFromProgress({ meter, transaction }: Session): string {
  const { first, last, power } = meter
  const watts = power === undefined ? '0' : `[${power.at.epochMilliseconds},${power.powerW},${power.mostW}]`
  const { seen = [], newest } = transaction ?? {}
  const mark = newest === undefined ? '0' : `[${newest.at.epochMilliseconds},${newest.seqNo ?? 'null'}]`
  return `[${point(first)},${point(last)},${watts},[${seen.join(',')}],${mark}]`
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

type Machine = Omit<Session, 'meter' | 'transaction'> & {
  readonly transaction?: Omit<Transaction, 'seen' | 'newest'>
}

/** Machines by session, as they were last read or written: most reports leave them as they are. A text that differs is parsed anew. */
const parsed = new Map<string, { readonly text: string; readonly machine: Machine }>()
const MOST_PARSED = 5_000

/** The text of a session that is about to be saved: when it is read again, it need not be parsed. */
export function textToSave(id: string, session: Session): string {
  const text = textFromMachine(session)
  if (isClosed(session.state)) parsed.delete(id)
  else remember(id, text, session)
  return text
}

function remember(id: string, text: string, machine: Machine): void {
  if (parsed.size >= MOST_PARSED) parsed.clear()
  parsed.set(id, { text, machine })
}

/** The session again. Only this program writes these texts. */
export function sessionFromText(id: string, machineText: string, progressText: string): Session {
  const known = parsed.get(id)
  const machine = known?.text === machineText ? known.machine : machineFrom(machineText)
  if (known?.text !== machineText) remember(id, machineText, machine)
  const [first, last, power, seen, newest] = JSON.parse(progressText) as StoredProgress
  const { transaction, ...rest } = machine
  const meter: Meter = {
    ...(first === 0 ? {} : { first: pointFrom(first) }),
    ...(last === 0 ? {} : { last: pointFrom(last) }),
    ...(power === 0 ? {} : { power: { at: instantOf(power[0]), powerW: power[1], mostW: power[2] ?? power[1] } }),
  }
  const now = withoutVoid(rest, meter)
  if (transaction === undefined || newest === 0) return { ...now, meter }
  const mark = { at: instantOf(newest[0]), ...(newest[1] === null ? {} : { seqNo: newest[1] }) }
  return { ...now, meter, transaction: { ...transaction, seen, newest: mark } }
}

/** With the first energy, which may have come the short way, the deadline for it is void. */
function withoutVoid<T extends { readonly deadlines: Deadlines }>(machine: T, meter: Meter): T {
  if (machine.deadlines['no-energy'] === undefined || energyOf(meter) === 0) return machine
  const { 'no-energy': _, ...deadlines } = machine.deadlines
  return { ...machine, deadlines }
}

type StoredPoint = readonly [number, number, number]
type StoredProgress = readonly [
  StoredPoint | 0,
  StoredPoint | 0,
  // A server of the version before wrote no third.
  readonly [number, number, number?] | 0,
  readonly number[],
  readonly [number, number | null] | 0,
]

function machineFrom(text: string): Machine {
  const stored = JSON.parse(text) as Stored<Machine>
  const { startedAt, endedAt, lastHeard, wish, transaction, deadlines, ...plain } = stored
  return {
    ...plain,
    startedAt: instant(startedAt),
    deadlines: deadlinesFrom(deadlines),
    ...(endedAt === undefined ? {} : { endedAt: instant(endedAt) }),
    ...(lastHeard === undefined ? {} : { lastHeard: { stamp: instant(lastHeard.stamp), at: instant(lastHeard.at) } }),
    ...(wish === undefined ? {} : { wish: { ...wish, askedAt: instant(wish.askedAt) } }),
    ...(transaction === undefined ? {} : { transaction: transactionFrom(transaction) }),
  }
}

function pointFrom([at, context, registerWh]: StoredPoint): RegisterPoint {
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

function transactionFrom(stored: Stored<Omit<Transaction, 'seen' | 'newest'>>): Omit<Transaction, 'seen' | 'newest'> {
  const { started, ended, earliestAt, authorisedAt, freeSince, stopped, flow, ...plain } = stored
  return {
    ...plain,
    earliestAt: instant(earliestAt),
    flow: flow.map((point) => ({ ...point, at: instant(point.at) })),
    ...(started === undefined ? {} : { started: { ...started, at: instant(started.at) } }),
    ...(ended === undefined ? {} : { ended: { ...ended, at: instant(ended.at) } }),
    ...(authorisedAt === undefined ? {} : { authorisedAt: instant(authorisedAt) }),
    ...(freeSince === undefined ? {} : { freeSince: instant(freeSince) }),
    ...(stopped === undefined ? {} : { stopped: { ...stopped, at: instant(stopped.at) } }),
  }
}

/** Whether a report changed nothing but the progress. What stays equal stays the same value, so that a glance shows it. */
export function isProgressOnly(before: Session, now: Session): boolean {
  const { meter: _, transaction: then, ...known } = before
  const { meter: __, transaction, ...rest } = now
  if (!isShallowSame(known, rest)) return false
  if (then === undefined || transaction === undefined) return then === transaction
  const { seen: ___, newest: ____, ...kept } = then
  const { seen: _____, newest: ______, ...own } = transaction
  return isShallowSame(kept, own)
}

function isShallowSame(left: object, right: object): boolean {
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => left[name as keyof typeof left] === right[name as keyof typeof right])
  )
}
