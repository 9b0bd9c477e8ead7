import { falls } from './meter.ts'

interface Stamped {
  readonly at: Temporal.Instant
  readonly context: string
  readonly registerWh: number | null
}

/**
 * Readings that can be put in order of their times. What is read by the clock may bear the start of the interval that ends then (OCPP 1.6,
 * ClockAlignedDataInterval). It shows where one stands above what was read later in another context: then none of those tells when it was.
 */
export function withoutEarlyStamps<T extends Stamped>(readings: readonly T[]): readonly T[] {
  if (!readings.some(isAligned)) return readings
  const sorted = readings.toSorted((left, right) => Temporal.Instant.compare(left.at, right.at))
  let highest: { readonly at: Temporal.Instant; readonly context: string; readonly registerWh: number } | undefined
  for (const { at, context, registerWh } of sorted) {
    if (registerWh === null) continue
    const said = { at, context, registerWh }
    if (!isAligned(said)) {
      if (highest !== undefined && !highest.at.equals(at) && falls(highest, said)) return readings.filter(isNotAligned)
    } else if (highest === undefined || registerWh > highest.registerWh) highest = said
  }
  return readings
}

export function isAligned({ context }: { readonly context: string }): boolean {
  return context === 'clock'
}

const isNotAligned = (reading: { readonly context: string }): boolean => !isAligned(reading)
