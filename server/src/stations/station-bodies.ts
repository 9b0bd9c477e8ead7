import { z } from 'zod'
import * as shapes from './shapes.ts'

/** How long a session may run here, whoever charges. */
const maxDurationSeconds = z
  .int()
  .min(60)
  .max(31 * 86_400)

const settings = {
  name: shapes.name.optional(),
  siteId: z.uuid().optional(),
  latitude: shapes.latitude.optional(),
  longitude: shapes.longitude.optional(),
  state: z.enum(['active', 'test', 'disabled']).optional(),
  securityProfile: z.int().min(0).max(3).optional(),
  plainUntil: shapes.instant.optional(),
  maxSessions: z.int().min(1).max(128).optional(),
  maxDurationSeconds: maxDurationSeconds.optional(),
  tariffId: z.uuid().optional(),
}

/** What a station is made of. */
export const newStation = z.strictObject({
  identity: shapes.identity,
  ...settings,
  password: shapes.password.optional(),
  onboarding: z.enum(['accepted', 'waiting']).optional(),
  evses: shapes.declaredEvses.optional(),
})

/** What of it may be changed; null takes a member away. */
export const stationChanges = z.strictObject({
  ...settings,
  identity: shapes.identity.optional(),
  name: shapes.name.nullable().optional(),
  siteId: z.uuid().nullable().optional(),
  latitude: shapes.latitude.nullable().optional(),
  longitude: shapes.longitude.nullable().optional(),
  plainUntil: shapes.instant.nullable().optional(),
  maxSessions: z.int().min(1).max(128).nullable().optional(),
  maxDurationSeconds: maxDurationSeconds.nullable().optional(),
  tariffId: z.uuid().nullable().optional(),
  onboarding: z.enum(['accepted', 'waiting', 'refused']).optional(),
  /** Described anew, each with just these connectors; those that are not named stay as they are. */
  evses: shapes.declaredEvses.optional(),
  /** EVSEs that are no longer there; their sessions stay. */
  removeEvses: z.array(z.int().min(1).max(255)).max(128).optional(),
})
