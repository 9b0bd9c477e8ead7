/** What may be done about a finding: wait for a person, let the record go as it is, or correct it without asking. */
export const checkActions = ['hold', 'accept', 'correct'] as const
export type CheckAction = (typeof checkActions)[number]

/**
 * END-VALIDATE: every check there is, and what a finding of it does where the tenant chose nothing else. `correct` falls
 * back to `hold` where no correction is known.
 */
export const usageChecks = {
  'begin-missing': 'hold',
  'end-missing': 'accept',
  'values-missing': 'hold',
  'intervals-summed': 'correct',
  'report-gap': 'accept',
  'register-backwards': 'hold',
  'register-reset': 'hold',
  'register-rollover': 'correct',
  'stray-reading': 'correct',
  'unit-jump': 'hold',
  'units-disagree': 'hold',
  'power-too-high': 'hold',
  'power-too-low': 'hold',
  'power-reading': 'accept',
  'negative-value': 'hold',
  'time-disorder': 'hold',
  'clock-wrong': 'accept',
  'clock-behind': 'correct',
  'session-overlap': 'hold',
  'reading-differs': 'accept',
  'stop-without-number': 'accept',
  'changed-after-decision': 'hold',
} as const satisfies Readonly<Record<string, CheckAction>>

export type UsageCheck = keyof typeof usageChecks
export const checkNames = Object.keys(usageChecks) as [UsageCheck, ...UsageCheck[]]

/** One thing that is wrong with what a station measured. `values`: figures for its text. */
export interface Finding {
  readonly check: UsageCheck
  readonly values: Readonly<Record<string, string | number>>
  /** The readings it is about: time and context, as their rows are named. */
  readonly marks: readonly { readonly at: Temporal.Instant; readonly context: string }[]
}

/** What a tenant chose, check by check. */
export type ChosenActions = Readonly<Partial<Record<UsageCheck, CheckAction>>>

/** What becomes of a record: the strictest of what its findings ask for. Without findings it is handed on. */
export function actionFor(findings: readonly Finding[], chosen: ChosenActions, canCorrect: boolean): CheckAction {
  const actions = findings.map(({ check }): CheckAction => chosen[check] ?? usageChecks[check])
  if (actions.includes('hold')) return 'hold'
  if (!actions.includes('correct')) return 'accept'
  return canCorrect ? 'correct' : 'hold'
}
