import type { Watts } from '../../../../../units/index.ts'

/** Where nothing is declared: what the strongest connector of a kind gives (OCPI connector types), in W. */
const BY_TYPE: Readonly<Record<string, Watts>> = {
  DOMESTIC_F: 3_700,
  DOMESTIC_E: 3_700,
  DOMESTIC_J: 3_700,
  IEC_62196_T1: 19_200,
  IEC_62196_T2: 43_500,
  IEC_62196_T3A: 3_700,
  IEC_62196_T3C: 43_500,
  IEC_62196_T1_COMBO: 500_000,
  IEC_62196_T2_COMBO: 500_000,
  CHADEMO: 400_000,
  MCS: 3_750_000,
}
const UNKNOWN_W = 1_000_000

export interface ConnectorPower {
  readonly type: string | null
  readonly maxPowerW: Watts | null
}

/** The most that may come out of one of these connectors: as declared, else by its type, else a sane cap. */
export function mostPower(connectors: readonly ConnectorPower[]): Watts {
  const each = connectors.map(({ type, maxPowerW }) => maxPowerW ?? BY_TYPE[type ?? ''] ?? UNKNOWN_W)
  return each.length === 0 ? UNKNOWN_W : Math.max(...each)
}

/** Within a session: meters that are read once a minute. */
const SLACK_SECONDS = 60
/** In a stretch this short, one step of a meter that counts in whole kWh proves nothing. */
const SHORT_SECONDS = 120
const WHOLE_STEP_WH = 1_000

/**
 * The energy that is believed of a stretch within a session, in Wh: what the connector gives, and more by a tenth or by what a
 * minute brings, whichever is more; in less than two minutes one step of a meter that counts in kWh.
 */
export function believedStepWh(maxPowerW: Watts, durationMs: number): number {
  const seconds = Math.max(0, durationMs) / 1_000
  const given = (maxPowerW * seconds) / 3_600
  const minute = (maxPowerW * SLACK_SECONDS) / 3_600
  const step = seconds < SHORT_SECONDS ? WHOLE_STEP_WH : 0
  return Math.floor(given + Math.max(given * 0.1, minute, step))
}

/** Begin and end are each stamped in whole seconds. */
const CLOCK_SECONDS = 2
/** One step of a meter that shows tenths of a kWh. */
const METER_STEP_WH = 100

/**
 * The energy that is believed of a whole session, in Wh (row 6): what the connector gives in its time, and a tenth more.
 * Where a tenth is less than the steps of clock and meter, those.
 */
export function believedWh(maxPowerW: Watts, durationMs: number): number {
  const given = (maxPowerW * Math.max(0, durationMs)) / 3_600_000
  const coarse = (maxPowerW * CLOCK_SECONDS) / 3_600 + METER_STEP_WH
  return Math.floor(given + Math.max(given * 0.1, coarse))
}
