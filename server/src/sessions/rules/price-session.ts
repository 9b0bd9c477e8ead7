import { isBefore, laterOf } from '../../../../units/index.ts'
import {
  calculatePrice,
  type ChargingPeriod,
  type Price,
  pricedPeriods,
  type RegisterReading,
  type Tariff,
} from '../../billing/rules/index.ts'
import { withoutEarlyStamps } from './early-stamps.ts'
import { SAME_CLOCK_MS } from './instant-of-report.ts'
import type { Session } from './session.ts'
import { energyOfSession } from './settle.ts'
import { flowChanges } from './transaction.ts'

/** A kept reading, as far as price goes. */
export interface KeptRegister {
  readonly at: Temporal.Instant
  readonly context: string
  readonly receivedAt: Temporal.Instant
  readonly registerWh: number | null
}

export interface PricedSession {
  /** Empty when nobody was allowed to charge: then there is no price either. */
  readonly periods: readonly ChargingPeriod[]
  /** Absent without a tariff, and without leave: staff decide, it is never 0. */
  readonly price?: Price
}

export interface Pricing {
  readonly tariff: Tariff | undefined
  /** The site's. */
  readonly timeZone: string
}

/** What a session costs: up to now while it is open, for good once it ended. */
export function priceSession(
  session: Session,
  readings: readonly KeptRegister[],
  { tariff, timeZone }: Pricing,
  now: Temporal.Instant,
): PricedSession {
  const { transaction, startedAt } = session
  const authorisedAt = transaction?.authorisedAt
  if (transaction === undefined || authorisedAt === undefined) return { periods: [] }
  const endedAt = laterOf(session.endedAt ?? transaction.ended?.at ?? now, startedAt)
  const periods = pricedPeriods({
    authorisedAt: laterOf(authorisedAt, startedAt),
    endedAt,
    flow: inOrder(flowChanges(transaction.flow)),
    registers: registersOf(session, readings, startedAt, endedAt),
  })
  if (tariff === undefined) return { periods }
  return { periods, price: calculatePrice(tariff, { startedAt, endedAt, timeZone, periods }) }
}

/** Numbered reports are in the order of their numbers: a clock that stepped back must not turn them round. */
function inOrder<T extends { readonly at: Temporal.Instant }>(points: readonly T[]): readonly T[] {
  let latest: Temporal.Instant | undefined
  return points.map((point) => {
    latest = latest === undefined ? point.at : laterOf(latest, point.at)
    return { ...point, at: latest }
  })
}

/** First and last register decide how much; those between only how it spreads over the periods. */
function registersOf(
  session: Session,
  readings: readonly KeptRegister[],
  startedAt: Temporal.Instant,
  endedAt: Temporal.Instant,
): readonly RegisterReading[] {
  const { first } = session.meter
  if (first === undefined) return []
  const firstWh = first.registerWh
  const lastWh = firstWh + energyOfSession(session)
  const isClockWrong = session.flags.includes('clock-corrected')
  const isInside = (at: Temporal.Instant): boolean => !isBefore(at, startedAt) && !isBefore(endedAt, at)
  const between = withoutEarlyStamps(readings).flatMap(({ at, receivedAt, registerWh }) => {
    const when =
      isInside(at) && !(isClockWrong && isInside(receivedAt) && !isSameClock(at, receivedAt)) ? at : receivedAt
    if (
      !isBefore(startedAt, when) ||
      !isBefore(when, endedAt) ||
      registerWh === null ||
      registerWh < firstWh ||
      registerWh > lastWh
    )
      return []
    return [{ at: when, registerWh }]
  })
  return [{ at: startedAt, registerWh: firstWh }, ...between, { at: endedAt, registerWh: lastWh }]
}

function isSameClock(at: Temporal.Instant, receivedAt: Temporal.Instant): boolean {
  return Math.abs(receivedAt.epochMilliseconds - at.epochMilliseconds) <= SAME_CLOCK_MS
}
