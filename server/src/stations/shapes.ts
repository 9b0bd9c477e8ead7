import { z } from 'zod'
import { instantShape, instantText } from '../platform/index.ts'
import { connectorPhases, connectorStatuses } from './model.ts'
import { connectorTypes } from './rules/connector-types.ts'
import { passwordFault } from './rules/credential.ts'
import { evseSeens } from './rules/seen.ts'
import { isIdentity } from './rules/station-path.ts'

/** An instant in a body, read once. */
export const instant = instantShape
export const name = z.string().trim().min(1).max(100)
export const latitude = z.number().min(-90).max(90)
export const longitude = z.number().min(-180).max(180)

export const identity = z.string().refine(isIdentity, { params: { code: 'not-an-identity' } })
export const password = z.string().superRefine((text, context) => {
  const fault = passwordFault(text)
  if (fault !== undefined) context.addIssue({ code: 'custom', params: { code: `password-${fault}` } })
})

export const declaredEvses = z
  .array(
    z.strictObject({
      id: z.int().min(1).max(128),
      connectors: z
        .array(
          z.strictObject({
            id: z.int().min(1).max(16),
            type: z.enum(connectorTypes),
            format: z.enum(['SOCKET', 'CABLE']).optional(),
            maxPowerW: z.int().min(1).max(10_000_000).optional(),
          }),
        )
        .min(1)
        .max(16)
        .refine(areDistinct, { params: { code: 'repeated-id' } }),
    }),
  )
  .max(128)
  .refine(areDistinct, { params: { code: 'repeated-id' } })

function areDistinct(items: readonly { readonly id: number }[]): boolean {
  return new Set(items.map(({ id }) => id)).size === items.length
}

const seen = z.enum(evseSeens)
const words = z.enum(['waiting-for-cable', 'waiting-for-card', 'cable-still-in']).optional()

const evse = z.strictObject({
  id: z.int(),
  declared: z.boolean().describe('false: the station reported it, nobody declared it'),
  seen,
  words,
  since: instantText.optional(),
  connectors: z.array(
    z.strictObject({
      id: z.int(),
      type: z.string().nullable(),
      format: z.string().optional(),
      maxPowerW: z.int().optional(),
      status: z.enum(connectorStatuses).optional(),
      phase: z.enum(connectorPhases).optional(),
    }),
  ),
  report: z
    .strictObject({
      status: z.enum(connectorStatuses),
      phase: z.enum(connectorPhases).optional(),
      errorCode: z.string().optional(),
      info: z.string().optional(),
      vendorErrorCode: z.string().optional(),
      vendorErrorKey: z
        .string()
        .optional()
        .describe('the key, in /languages/<tag>.json, of what its vendor’s code means and what to do'),
      at: instantText,
    })
    .optional(),
  powerW: z.int().optional(),
  session: z.strictObject({ id: z.string(), state: z.string(), powerW: z.int().optional() }).optional(),
})

const connection = z.strictObject({
  state: z.enum(['connected', 'offline', 'unknown', 'never']),
  since: instantText.optional(),
  lastMessageAt: instantText.optional(),
  clockOffsetMs: z.int().optional(),
})

export const station = z.strictObject({
  id: z.uuid(),
  number: z.string().describe('what people read and type; its last digit checks the others'),
  identity: z.string(),
  name: z.string().optional(),
  siteId: z.string().optional(),
  site: z
    .strictObject({
      id: z.string(),
      name: z.string(),
      city: z.string().optional(),
      latitude: z.number().optional(),
      longitude: z.number().optional(),
      timeZone: z.string(),
    })
    .optional(),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
  state: z.enum(['active', 'test', 'disabled']),
  onboarding: z.enum(['waiting', 'accepted', 'refused']),
  securityProfile: z.int(),
  plainUntil: instantText.optional(),
  maxSessions: z.int().optional(),
  maxDurationSeconds: z.int().optional(),
  tariffId: z.string().optional(),
  url: z.string().describe('the address to type into the station'),
  protocol: z.string().optional(),
  vendor: z.string().optional(),
  model: z.string().optional(),
  serial: z.string().optional(),
  firmware: z.string().optional(),
  connection,
  seen,
  evses: z.array(evse),
  createdAt: instantText,
})

/** With the password that was made, which is shown this once. */
export const stationWithPassword = station.extend({ password: z.string().optional() })

export const mapItem = z.strictObject({
  id: z.string(),
  number: z.string(),
  name: z.string().optional(),
  siteId: z.string().optional(),
  siteName: z.string().optional(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  seen,
  evses: z.array(z.strictObject({ id: z.int(), seen, words })),
})

export const site = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  address: z.string().optional(),
  postalCode: z.string().optional(),
  city: z.string().optional(),
  country: z.string(),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
  timeZone: z.string(),
  access: z.string().optional(),
  openingHours: z.string().optional(),
  createdAt: instantText,
  stations: z.int(),
})

export const refusedStation = z.strictObject({
  id: z.uuid(),
  path: z.string(),
  identity: z.string().optional(),
  reason: z.string(),
  url: z.string().describe('the address it should have used'),
  address: z.string(),
  protocol: z.string().optional(),
  firstAt: instantText,
  lastAt: instantText,
  count: z.int(),
  mayKeepPassword: z.boolean(),
})

export const command = z.strictObject({
  id: z.uuid(),
  stationId: z.string(),
  sessionId: z.string().optional(),
  kind: z.string(),
  request: z.record(z.string(), z.unknown()),
  state: z.enum(['queued', 'sent', 'answered', 'effect-seen', 'failed', 'timed-out']),
  steps: z.array(z.strictObject({ state: z.string(), at: instantText })),
  answer: z.record(z.string(), z.unknown()).optional(),
  effect: z.strictObject({ what: z.string(), at: instantText }).optional(),
  expectedEffect: z.string().optional(),
  failure: z.string().optional(),
  by: z.strictObject({ kind: z.string(), name: z.string().optional() }),
  createdAt: instantText,
  dueAt: instantText.optional(),
  exact: z.unknown().optional(),
})

const said = z.strictObject({ at: instantText, text: z.string() })
export const logItem = z.strictObject({
  id: z.string(),
  at: instantText,
  direction: z.enum(['from-station', 'to-station']),
  messageId: z.string().optional(),
  action: z.string().optional(),
  request: said,
  answer: said.extend({ kind: z.enum(['result', 'error']) }).optional(),
  durationMs: z.int().optional(),
  marks: z.array(z.strictObject({ code: z.string(), pointer: z.string().optional(), note: z.string().optional() })),
})

export const refusedMessage = z.strictObject({
  id: z.string(),
  at: instantText,
  action: z.string().optional(),
  code: z.string(),
  text: z.string(),
  why: z.string(),
  count: z.int().describe('how often the same came'),
  lastAt: instantText,
  judged: z
    .strictObject({
      at: instantText,
      by: z.string(),
      outcome: z.enum(['taken', 'no-effect', 'refused']),
      why: z.string().optional(),
    })
    .optional(),
})

export const idParams = z.strictObject({ id: z.uuid() })
