import { z } from 'zod'
import { instantText } from '../../platform/index.ts'
import { priceTotalsShape } from '../../billing/index.ts'
import { checkActions, checkNames } from '../rules/index.ts'
import { decisions, usageStates } from './store.ts'

/** What the routes of usage errors answer. */

const findingShape = z.strictObject({
  check: z.enum(checkNames),
  text: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  marks: z.array(z.strictObject({ at: instantText, context: z.string() })),
})

const figures = {
  energyWh: z.int(),
  startedAt: instantText,
  endedAt: instantText,
  totals: priceTotalsShape.optional(),
}

export const errorShape = z.strictObject({
  id: z.uuid(),
  state: z.enum(usageStates),
  sessionId: z.uuid(),
  sessionNumber: z.int(),
  revision: z.int(),
  stationId: z.uuid(),
  stationNumber: z.string(),
  stationName: z.string().optional(),
  siteName: z.string().optional(),
  evseId: z.int(),
  foundAt: instantText,
  findings: z.array(findingShape),
  /** As the record has it that was judged. */
  recorded: z.strictObject(figures),
  proposed: z.strictObject(figures).optional(),
  decided: z
    .strictObject({
      at: instantText,
      by: z.strictObject({ kind: z.enum(['staff', 'key', 'rule', 'station']), name: z.string().optional() }),
      decision: z.enum(decisions).optional(),
      reason: z.string().optional(),
      revision: z.int().optional(),
      /** The figures that went on by it; absent where the station's later word took the record's place. */
      handedOn: z.strictObject(figures).optional(),
    })
    .optional(),
})
export type ErrorJson = z.input<typeof errorShape>

export const errorDetailShape = z.strictObject({
  ...errorShape.shape,
  maxPowerW: z.int(),
  /** The most that own figures may say for the time of the record. */
  mostWh: z.int(),
  flags: z.array(z.string()),
  meterValues: z.array(
    z.strictObject({
      at: instantText,
      receivedAt: instantText,
      context: z.string(),
      registerWh: z.int().optional(),
      powerW: z.int().optional(),
      /** The checks that speak of this reading. */
      checks: z.array(z.enum(checkNames)),
    }),
  ),
  proposedRegisters: z.array(z.strictObject({ at: instantText, registerWh: z.int() })),
})
export type ErrorDetailJson = z.input<typeof errorDetailShape>

export const checkShape = z.strictObject({
  check: z.enum(checkNames),
  about: z.string(),
  action: z.enum(checkActions),
  defaultAction: z.enum(checkActions),
})

export const previewShape = z.strictObject(figures)
