import type { Micros, WattHours } from '../../../../units/index.ts'

/** What a price component prices, as OCPI names it (OCPI 2.2.1, TariffDimensionType). */
export const dimensions = ['FLAT', 'ENERGY', 'TIME', 'PARKING_TIME'] as const
export type Dimension = (typeof dimensions)[number]

/** A tariff after its check: prices exact, members without effect left out. */
export interface Tariff {
  readonly currency: string
  /** Prices contain tax: then the rounded amount with tax is the anchor, and the net is derived from it. */
  readonly taxIncluded: boolean
  readonly elements: readonly TariffElement[]
}

export interface TariffElement {
  readonly priceComponents: readonly PriceComponent[]
}

export interface PriceComponent {
  readonly dimension: Dimension
  /** Per kWh, per hour or per session. */
  readonly priceMicros: Micros
  /** Millionths of a percent: 25.5 % is `25_500_000n`. Undefined: no tax applies, which is not the same as 0 %. */
  readonly taxPercentMicros: bigint | undefined
  /** In Wh or seconds, at least 1. Without effect for FLAT. */
  readonly stepSize: number
}

/** What a stretch of a session is to its price. */
export type PeriodState = 'charging' | 'parking'

/** A stretch of a session with one state; `to` is not part of it. */
export interface ChargingPeriod {
  readonly from: Temporal.Instant
  readonly to: Temporal.Instant
  readonly energyWh: WattHours
  readonly state: PeriodState
}

/** What of a session decides its price. */
export interface RatedSession {
  readonly startedAt: Temporal.Instant
  readonly endedAt: Temporal.Instant
  /** IANA name, the site's. Decides about elements bound to local time, once such are built. */
  readonly timeZone: string
  /** In order of time, not overlapping. Time between periods costs nothing. */
  readonly periods: readonly ChargingPeriod[]
}

export type VolumeUnit = 'Wh' | 's' | 'piece'
/** A whole number of a volume's unit. */
export type Volume = number
