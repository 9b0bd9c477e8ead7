/** Energy in whole watt-hours. */
export type WattHours = number

/** Power in whole watts. */
export type Watts = number

/** Rounds to whole watt-hours where a number comes in. Throws RangeError for what is no number or beyond 2^53. */
export function wattHoursFrom(value: number, unit: 'Wh' | 'kWh'): WattHours {
  return whole(unit === 'kWh' ? value * 1000 : value, 'Wh')
}

/** Rounds to whole watts where a number comes in. Throws RangeError for what is no number or beyond 2^53. */
export function wattsFrom(value: number, unit: 'W' | 'kW'): Watts {
  return whole(unit === 'kW' ? value * 1000 : value, 'W')
}

function whole(value: number, unit: string): number {
  const rounded = Math.round(value)
  if (!Number.isSafeInteger(rounded)) throw new RangeError(`not a whole number of ${unit}: ${value}`)
  // Math.round gives -0 for small negative values, which prints and compares oddly.
  return rounded === 0 ? 0 : rounded
}
