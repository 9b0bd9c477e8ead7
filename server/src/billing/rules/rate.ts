import { isBefore, subtractMoney, sumMoney, textFromInstant } from '../../../../units/index.ts'
import { measuredLines } from './measure.ts'
import type { Price } from './price.ts'
import { roundLines } from './round-lines.ts'
import { dimensions, type RatedSession, type Tariff } from './tariff.ts'

/**
 * The one calculation behind cost so far, session records, `/v1/price-calculations` and pages. Exact until the amounts of
 * each dimension are rounded once. Periods are cut to whole seconds at their borders, never by their lengths, so that
 * splitting one changes nothing. Throws RangeError for what no border should have let in: negative or broken energy, a
 * period that ends before it begins or overlaps the one before it.
 */
export function calculatePrice(tariff: Tariff, session: RatedSession): Price {
  mustBePossible(session)
  const measured = measuredLines(tariff, session.periods)
  const lines = dimensions.flatMap((dimension) =>
    roundLines(
      tariff,
      measured.filter((line) => line.kind.dimension === dimension),
    ),
  )
  const sum = (part: 'exclTax' | 'inclTax') =>
    sumMoney(
      lines.map((line) => line[part]),
      tariff.currency,
    )
  const [exclTax, inclTax] = [sum('exclTax'), sum('inclTax')]
  return { totals: { exclTax, tax: subtractMoney(inclTax, exclTax), inclTax }, lines }
}

function mustBePossible(session: RatedSession): void {
  let earliest: Temporal.Instant | undefined
  for (const period of session.periods) {
    const wrongEnergy = !Number.isSafeInteger(period.energyWh) || period.energyWh < 0
    const wrongTime = isBefore(period.to, period.from) || (earliest !== undefined && isBefore(period.from, earliest))
    if (wrongEnergy || wrongTime) throw new RangeError(`impossible period from ${textFromInstant(period.from)}`)
    earliest = period.to
  }
}
