import type { Deadlines, Meter, RegisterPoint, Session, Transaction } from './session.ts'
import { deadlineNames } from './session.ts'

/** A session as the row keeps it. Instants become RFC 3339 by themselves. */
export function jsonFromSession(session: Session): string {
  return JSON.stringify(session)
}

type Stored<T> = T extends Temporal.Instant
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Stored<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Stored<T[K]> }
      : T

const instant = (text: string): Temporal.Instant => Temporal.Instant.from(text)

/** The session again, from the parsed row. Only this program writes it. */
export function sessionFromJson(json: unknown): Session {
  const stored = json as Stored<Session>
  const { startedAt, endedAt, wish, transaction, meter, deadlines, ...plain } = stored
  return {
    ...plain,
    startedAt: instant(startedAt),
    meter: meterFrom(meter),
    deadlines: deadlinesFrom(deadlines),
    ...(endedAt === undefined ? {} : { endedAt: instant(endedAt) }),
    ...(wish === undefined ? {} : { wish: { ...wish, askedAt: instant(wish.askedAt) } }),
    ...(transaction === undefined ? {} : { transaction: transactionFrom(transaction) }),
  }
}

function meterFrom({ first, last, power }: Stored<Meter>): Meter {
  return {
    ...(first === undefined ? {} : { first: pointFrom(first) }),
    ...(last === undefined ? {} : { last: pointFrom(last) }),
    ...(power === undefined ? {} : { power: { ...power, at: instant(power.at) } }),
  }
}

function pointFrom(point: Stored<RegisterPoint>): RegisterPoint {
  return { ...point, at: instant(point.at) }
}

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
