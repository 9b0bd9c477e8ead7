import type { WattHours } from '../../../../../units/index.ts'
import type { UsageInput } from './usage-input.ts'

/**
 * What the intervals of a session sum up to, for a station that tells no register (OCPP: interval measurands are summed, and
 * never mixed with registers). Those of one kind only, as periodic and clock-aligned ones tell the same energy twice, and the
 * one at the end, which is what is left since the last of them. Undefined where there are none.
 */
export function sumOfIntervals({
  intervals = [],
  startedAt,
}: Pick<UsageInput, 'intervals' | 'startedAt'>): { energyWh: WattHours; count: number } | undefined {
  const during = intervals.filter(({ at }) => Temporal.Instant.compare(at, startedAt) > 0)
  const kind = ['periodic', 'clock', 'transaction-end'].find((one) => during.some(({ context }) => context === one))
  if (kind === undefined) return undefined
  const counted = during.filter(({ context }) => context === kind || context === 'transaction-end')
  const energyWh = counted.reduce((sum, { intervalWh }) => sum + intervalWh, 0)
  return Number.isSafeInteger(energyWh) ? { energyWh, count: counted.length } : undefined
}
