import type { Limits } from './rules/index.ts'

/** SES-LIMIT and its like, where the tenant set nothing else. */
export const limitDefaults = { noEnergySeconds: 1_800, durationSeconds: 86_400 } as const
const ANSWER_SECONDS = 60
const MAX_POWER_W = 1_000_000
/** Our timer for the cable runs this much longer than the station's. */
const CABLE_GRACE_SECONDS = 30

export interface ClassLimit {
  readonly class: string
  readonly durationSeconds: number
}

/** What a tenant has set (`settings.sessions`); null: the default holds. */
export interface SessionLimits {
  readonly durationSeconds: number | null
  readonly noEnergySeconds: number | null
  readonly classes: readonly ClassLimit[]
}

/** From a tenant's settings, whatever lies there. */
export function sessionLimitsFrom(settings: unknown): SessionLimits {
  const { sessions: own = {} } = (settings ?? {}) as { readonly sessions?: Readonly<Record<string, unknown>> }
  const classes = Array.isArray(own['classes']) ? (own['classes'] as readonly unknown[]) : []
  return {
    durationSeconds: secondsFrom(own['durationSeconds']),
    noEnergySeconds: secondsFrom(own['noEnergySeconds']),
    classes: classes.flatMap((one) => {
      const { class: name, durationSeconds } = (one ?? {}) as Readonly<Record<string, unknown>>
      const seconds = secondsFrom(durationSeconds)
      return typeof name === 'string' && seconds !== null ? [{ class: name, durationSeconds: seconds }] : []
    }),
  }
}

function secondsFrom(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null
}

/**
 * How long things may take at a station for whoever charges: the station's own limit comes before that of the token's class,
 * that before the tenant's (SES-LIMIT).
 */
export function limitsFor(
  station:
    | { readonly cableTimeoutSeconds: number; readonly maxDurationSeconds: number | null; readonly settings: unknown }
    | undefined,
  tokenClass?: string | null,
): Limits {
  const own = sessionLimitsFrom(station?.settings)
  const ofClass = own.classes.find((one) => one.class === tokenClass)?.durationSeconds
  return {
    answerSeconds: ANSWER_SECONDS,
    cableSeconds: (station?.cableTimeoutSeconds ?? 120) + CABLE_GRACE_SECONDS,
    noEnergySeconds: own.noEnergySeconds ?? limitDefaults.noEnergySeconds,
    durationSeconds: station?.maxDurationSeconds ?? ofClass ?? own.durationSeconds ?? limitDefaults.durationSeconds,
    maxPowerW: MAX_POWER_W,
  }
}
