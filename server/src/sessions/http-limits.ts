import { z } from 'zod'
import { recordChange } from '../audit/index.ts'
import { type AnyRoute, ok, tenantRoute, type Tx } from '../platform/index.ts'
import { tokenClass } from '../subscribers/index.ts'
import { lockTenant, readSettings, saveSettings } from '../tenants/index.ts'
import { limitDefaults, type SessionLimits, sessionLimitsFrom } from './limits.ts'

const MOST_SECONDS = 31 * 86_400
const seconds = z.int().min(60).max(MOST_SECONDS)

const limitsShape = z.strictObject({
  durationSeconds: z.int().describe('how long a session may run where neither station nor class says otherwise'),
  noEnergySeconds: z.int().describe('after so long without any energy at all a session is stopped'),
  classes: z
    .array(z.strictObject({ class: z.string(), durationSeconds: z.int() }))
    .describe('for tokens of a class; a station’s own limit comes before it'),
  defaults: z.strictObject({ durationSeconds: z.int(), noEnergySeconds: z.int() }),
})

const changes = z.strictObject({
  durationSeconds: seconds.nullish(),
  noEnergySeconds: seconds.nullish(),
  classes: z
    .array(z.strictObject({ class: tokenClass, durationSeconds: seconds }))
    .max(100)
    .refine((classes) => new Set(classes.map((one) => one.class)).size === classes.length, {
      params: { code: 'repeated-class' },
    })
    .optional(),
})

/** SES-LIMIT: what a tenant sets for all, and for classes of tokens. What runs already keeps the limits it began with. */
export const limitRoutes: readonly AnyRoute[] = [
  tenantRoute({
    method: 'GET',
    path: '/v1/session-limits',
    tag: 'sessions',
    summary: 'How long sessions may run',
    right: 'sessions.read',
    answer: limitsShape,
    handle: async (tx) => ok(viewOf(await limitsOf(tx))),
  }),
  tenantRoute({
    method: 'PATCH',
    path: '/v1/session-limits',
    tag: 'sessions',
    summary:
      'Set how long sessions may run: for all, and by class of token; null: the default. Holds for sessions that begin from now on',
    right: 'limits.write',
    body: changes,
    answer: limitsShape,
    handle: async (tx, { body, caller, at }) => {
      await lockTenant(tx)
      const before = await limitsOf(tx)
      const after: SessionLimits = {
        durationSeconds: body.durationSeconds === undefined ? before.durationSeconds : body.durationSeconds,
        noEnergySeconds: body.noEnergySeconds === undefined ? before.noEnergySeconds : body.noEnergySeconds,
        classes: body.classes ?? before.classes,
      }
      await saveSettings(tx, 'sessions', after)
      const change = { caller, at, objectKind: 'session-limits', objectId: tx.tenantId, before, after }
      await recordChange(tx, { ...change, action: 'session-limits.changed' })
      return ok(viewOf(after))
    },
  }),
]

async function limitsOf(tx: Tx): Promise<SessionLimits> {
  return sessionLimitsFrom(await readSettings(tx))
}

function viewOf({ durationSeconds, noEnergySeconds, classes }: SessionLimits): z.input<typeof limitsShape> {
  return {
    durationSeconds: durationSeconds ?? limitDefaults.durationSeconds,
    noEnergySeconds: noEnergySeconds ?? limitDefaults.noEnergySeconds,
    classes: classes.map((one) => ({ ...one })),
    defaults: limitDefaults,
  }
}
