import { z } from 'zod'
import { settingKeys } from './settings.ts'

/** What happens to a station, as data. Where two numbers stand, something between them is drawn. */

const range = z.union([z.number(), z.tuple([z.number(), z.number()])])

const listed = z.union([z.boolean(), z.array(z.int())])
/** `Faults` in `state.ts`. */
const faults = z.strictObject({
  groundFailure: listed.optional(),
  connectorLock: listed.optional(),
  meterSilent: z.boolean().optional(),
  neverStops: z.boolean().optional(),
  dropReplies: z.number().min(0).max(1).optional(),
  mute: z.boolean().optional(),
  repeatMessages: z.int().min(1).optional(),
  delivery: z.enum(['in-order', 'reversed', 'shuffled']).optional(),
  lateSeconds: z.number().min(0).optional(),
  clockOffsetSeconds: z.number().optional(),
  clockDriftPpm: z.number().optional(),
})

const plainStep = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('wait'), seconds: range }),
  z.strictObject({
    do: z.literal('plug'),
    car: z
      .strictObject({
        batteryWh: z.number(),
        socPercent: z.number(),
        maxAcPowerW: z.number(),
        maxDcPowerW: z.number(),
        phases: z.literal([1, 3]),
        wantsPercent: z.number(),
      })
      .partial()
      .optional(),
  }),
  /** One of the station's cards; the same one until the cable is out. */
  z.strictObject({ do: z.literal('card'), uid: z.string().optional() }),
  /** Until one of the limits, or the car is full, or the transaction is ended by others. No transaction: a failure. */
  z.strictObject({
    do: z.literal('charge'),
    seconds: range.optional(),
    kWh: range.optional(),
    percent: range.optional(),
  }),
  /** The card again, where a transaction still runs. */
  z.strictObject({ do: z.literal('stop') }),
  z.strictObject({ do: z.literal('unplug') }),
  /** `true` for a fault that EVSEs have: this one. */
  z.strictObject({ do: z.literal('fault'), set: faults }),
  z.strictObject({ do: z.literal('offline'), seconds: range.optional() }),
  z.strictObject({ do: z.literal('online') }),
  z.strictObject({ do: z.literal('reboot') }),
  z.strictObject({ do: z.literal('registered') }),
])

export type ScenarioStep =
  | z.infer<typeof plainStep>
  | { readonly do: 'repeat'; readonly times?: number | undefined; readonly steps: readonly ScenarioStep[] }
  | {
      readonly do: 'choose'
      readonly among: readonly { readonly weight: number; readonly steps: readonly ScenarioStep[] }[]
    }

const anyStep: z.ZodType<ScenarioStep> = z.lazy(() => stepByName)
const stepByName = z.discriminatedUnion('do', [
  ...plainStep.options,
  z.strictObject({ do: z.literal('repeat'), times: z.int().min(1).optional(), steps: z.array(anyStep) }),
  z.strictObject({
    do: z.literal('choose'),
    among: z.array(z.strictObject({ weight: z.number().positive(), steps: z.array(anyStep) })).min(1),
  }),
])

export const scenarioSchema = z.strictObject({
  /** Played on every EVSE by itself. */
  steps: z.array(anyStep),
  /** What somebody does who was let in from outside: by a remote start, or by a card that a test or a page held out. */
  attend: z.array(anyStep).optional(),
  settings: z.partialRecord(z.enum(settingKeys), z.string()).optional(),
  faults: faults.optional(),
  startOfflineSeconds: z.number().optional(),
})

export type Scenario = z.infer<typeof scenarioSchema>

/** What is wrong with a scenario of one's own, place by place. */
export function whyNoScenario(error: z.ZodError): string {
  const [first, ...more] = error.issues.map((issue) => {
    const place = issue.path.join('/') || 'it'
    if (issue.code === 'unrecognized_keys') return `${place} has no ${issue.keys.join(', ')}`
    if (issue.code === 'invalid_union' && issue.discriminator !== undefined && 'options' in issue)
      return `${place} must be one of ${issue.options?.join(', ')}`
    if (issue.code === 'invalid_key') return `${issue.path.slice(0, -1).join('/')} has no ${String(issue.path.at(-1))}`
    return `${place}: ${issue.message}`
  })
  return more.length === 0 ? String(first) : `${first}; and ${more.length} more`
}
