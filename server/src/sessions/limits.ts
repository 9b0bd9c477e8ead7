import type { Limits } from './rules/index.ts'

/** SES-LIMIT and its like, where the tenant set nothing else. */
const DEFAULTS = { answerSeconds: 60, noEnergySeconds: 1_800, durationSeconds: 86_400, maxPowerW: 1_000_000 }
/** Our timer for the cable runs this much longer than the station's. */
const CABLE_GRACE_SECONDS = 30

/** How long things may take at a station: its cable time, and `settings.sessions` of its tenant. */
export function limitsFor(
  station: { readonly cableTimeoutSeconds: number; readonly settings: unknown } | undefined,
): Limits {
  const settings = (station?.settings ?? {}) as { readonly sessions?: Readonly<Record<string, unknown>> }
  const own = settings.sessions ?? {}
  const seconds = (name: 'noEnergySeconds' | 'durationSeconds'): number => {
    const value = own[name]
    return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : DEFAULTS[name]
  }
  return {
    answerSeconds: DEFAULTS.answerSeconds,
    cableSeconds: (station?.cableTimeoutSeconds ?? 120) + CABLE_GRACE_SECONDS,
    noEnergySeconds: seconds('noEnergySeconds'),
    durationSeconds: seconds('durationSeconds'),
    maxPowerW: DEFAULTS.maxPowerW,
  }
}
