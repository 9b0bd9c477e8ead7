import type { WattHours, Watts } from '../../../../../units/index.ts'
import type { SessionFlag } from '../session.ts'

/** A reading, as far as it is judged. `receivedAt` is known once there is a suspicion. */
export interface UsageReading {
  readonly at: Temporal.Instant
  readonly receivedAt?: Temporal.Instant
  readonly context: string
  readonly registerWh: number | null
  readonly powerW: number | null
}

/** The energy of an interval, as a station tells it in place of a register or beside it. */
export interface UsageInterval {
  readonly at: Temporal.Instant
  readonly context: string
  readonly intervalWh: WattHours
}

/** Another session at the same EVSE. */
export interface Neighbour {
  readonly number: number
  readonly startedAt: Temporal.Instant
  readonly endedAt: Temporal.Instant
}

/** All that is known of a record when it is about to be handed on. */
export interface UsageInput {
  readonly startedAt: Temporal.Instant
  readonly endedAt: Temporal.Instant
  readonly energyWh: WattHours
  readonly flags: readonly SessionFlag[]
  /** When the record was made, by our clock. */
  readonly createdAt: Temporal.Instant
  readonly readings: readonly UsageReading[]
  readonly maxPowerW: Watts
  readonly neighbours: readonly Neighbour[]
  /** Given where there is no register at all, and no report is missing: else their sum would be too little. */
  readonly intervals?: readonly UsageInterval[]
  /** Where the session before this one at the same EVSE left the register. */
  readonly previousWh?: WattHours
  /** Somebody corrected an earlier revision. */
  readonly wasCorrected: boolean
}

/** A register on its way through the checks: what it said, and when, in milliseconds. */
export interface Point {
  readonly reading: UsageReading
  readonly ms: number
  readonly wh: number
}

export interface SeriesPoint {
  readonly at: Temporal.Instant
  readonly registerWh: WattHours
}
