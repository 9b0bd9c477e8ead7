import { z } from 'zod'
import { instantText } from '../platform/index.ts'
import { priceLineShape, priceTotalsShape } from '../billing/index.ts'
import { startedByKinds } from './held.ts'
import { sessionFlags, sessionStates } from './rules/index.ts'

/** What the routes of sessions answer. */

export const sessionShape = z.strictObject({
  id: z.uuid(),
  number: z.int(),
  state: z.enum(sessionStates),
  flags: z.array(z.enum(sessionFlags)),
  stationId: z.uuid(),
  stationNumber: z.string(),
  stationName: z.string().optional(),
  siteName: z.string().optional(),
  evseId: z.int(),
  connectorId: z.int().optional(),
  startedBy: z.strictObject({
    kind: z.enum(startedByKinds),
    last4: z.string().optional(),
    name: z.string().optional(),
  }),
  startedAt: instantText,
  endedAt: instantText.optional(),
  stopReason: z.string().optional(),
  energyWh: z.int(),
  powerW: z.int().optional(),
  durationSeconds: z.int(),
  chargingSeconds: z.int().optional(),
  parkingSeconds: z.int().optional(),
  cost: z
    .strictObject({ totals: priceTotalsShape, tariffId: z.uuid(), tariffVersion: z.int(), soFar: z.boolean() })
    .optional(),
  transactionNumber: z.string().optional(),
  protocol: z.string().optional(),
})
export type SessionJson = z.input<typeof sessionShape>

export const startedShape = z.strictObject({ ...sessionShape.shape, commandId: z.uuid().optional() })

const period = z.strictObject({
  from: instantText,
  to: instantText,
  energyWh: z.int(),
  state: z.enum(['charging', 'parking']),
})

export const detailShape = z.strictObject({
  ...sessionShape.shape,
  meterValues: z.array(
    z.strictObject({
      at: instantText,
      context: z.string(),
      registerWh: z.int().optional(),
      powerW: z.int().optional(),
      currentsMa: z.array(z.int().nullable()).optional(),
      voltagesMv: z.array(z.int().nullable()).optional(),
      socTenths: z.int().optional(),
    }),
  ),
  periods: z.array(period),
  lines: z.array(priceLineShape),
  history: z.array(z.strictObject({ at: instantText, kind: z.string(), state: z.string(), by: z.string() })),
  records: z.array(z.int()),
})
export type DetailJson = z.input<typeof detailShape>

export const recordShape = z.strictObject({
  sessionId: z.uuid(),
  sessionNumber: z.int(),
  revision: z.int(),
  createdAt: instantText,
  reason: z.enum(['ended', 'estimate', 'truth', 'correction']),
  stationId: z.uuid(),
  stationNumber: z.string(),
  evseId: z.int(),
  startedAt: instantText,
  endedAt: instantText,
  stopReason: z.string().optional(),
  energyWh: z.int(),
  estimated: z.boolean(),
  flags: z.array(z.enum(sessionFlags)),
  idToken: z.strictObject({ id: z.uuid().optional(), last4: z.string() }).optional(),
  meterValues: z.array(
    z.strictObject({
      at: instantText,
      context: z.string(),
      registerWh: z.int().optional(),
      powerW: z.int().optional(),
      socTenths: z.int().optional(),
    }),
  ),
  periods: z.array(period),
  lines: z.array(priceLineShape),
  totals: priceTotalsShape.optional(),
  tariff: z.strictObject({ id: z.uuid(), version: z.int() }).optional(),
  correction: z
    .strictObject({
      ofRevision: z.int(),
      energyWh: z.int(),
      checks: z.array(z.string()),
      by: z.strictObject({
        kind: z.enum(['staff', 'key', 'rule']),
        id: z.uuid().optional(),
        name: z.string().optional(),
      }),
      reason: z.string(),
    })
    .optional(),
  handedOn: z.array(
    z.strictObject({
      to: z.enum(['built-in-billing', 'webhook']),
      /** `held`: waits for a decision (END-VALIDATE). `replaced`: never handed on, a later revision took its place. */
      state: z.enum(['waiting', 'done', 'failed', 'held', 'replaced']),
      at: instantText.optional(),
      attempts: z.int(),
      /** Of a webhook: its name, and where its delivery is read. */
      name: z.string().optional(),
      webhookId: z.uuid().optional(),
      deliveryId: z.uuid().optional(),
    }),
  ),
})
export type RecordJson = z.input<typeof recordShape>

const idToken = z.strictObject({ uid: z.string().trim().min(1).max(255), type: z.string().trim().max(20).optional() })

/** For whom: one of these. */
export const forShape = z.union([
  z.strictObject({ idToken }),
  z.strictObject({ subscriberId: z.uuid() }),
  z.strictObject({ phone: z.string().min(3).max(30) }),
])
