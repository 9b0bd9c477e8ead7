import { secondsBetween } from '../../../../units/index.ts'
import { jsonFromTotals, type PriceTotalsJson, type Tariff } from '../../billing/rules/index.ts'
import { energyOfSession, isClosed, type KeptRegister, priceSession, type Session } from '../../sessions/rules/index.ts'

/** What anybody may see of a session that goes on: never who charges. */
export interface PublicSession {
  readonly energyWh: number
  readonly durationSeconds: number
  /** So far; absent without a tariff and before anybody was allowed to charge. */
  readonly cost?: PriceTotalsJson
}

/** Undefined for a session that is over: its driver's bill is nobody else's business. */
export function publicSession(
  kept: { readonly session: Session; readonly registers: readonly KeptRegister[] },
  pricing: { readonly tariff: Tariff | undefined; readonly timeZone: string },
  at: Temporal.Instant,
): PublicSession | undefined {
  const { session } = kept
  if (isClosed(session.state)) return undefined
  const { price } = priceSession(session, kept.registers, pricing, at)
  return {
    energyWh: energyOfSession(session),
    durationSeconds: Math.max(0, secondsBetween(session.startedAt, session.endedAt ?? at)),
    ...(price === undefined ? {} : { cost: jsonFromTotals(price.totals) }),
  }
}
