import type { ChargingPeriod, Dimension, Volume, VolumeUnit } from '../tariff.ts'

/** How one kind of price component counts. A new kind is a folder with such a row, and its place in the table. */
export interface ComponentKind {
  readonly dimension: Dimension
  readonly unit: VolumeUnit
  /** How many units its price is for: 1000 Wh, 3600 s, 1 piece. */
  readonly unitsPerPrice: bigint
  /** What people call that. */
  readonly per: 'kWh' | 'h' | 'session'
  /** Components of one group share one rounding to their step size at the end of the session; `none` is not rounded. */
  readonly stepGroup: 'energy' | 'time' | 'none'
  /** What every session has of it, whatever happens. */
  readonly volumePerSession: Volume
  /** What a period adds: whole units, additive, so that splitting a period changes nothing. */
  readonly volumeOf: (period: ChargingPeriod) => Volume
}
