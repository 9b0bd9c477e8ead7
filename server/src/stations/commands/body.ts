import { z } from 'zod'
import type { StationCommand } from '../model.ts'
import { isCredentialSetting } from '../rules/mask.ts'

const evse = z.int().min(1).max(128)
const connector = z.int().min(1).max(16)
const settingName = z.string().min(1).max(200)

const setting = z.strictObject({
  // A key written past us would lock the station out: we could not know it.
  name: settingName.refine((name) => !isCredentialSetting(name), { params: { code: 'credential-by-setting' } }),
  value: z.string().max(2_500),
})

/** What may be asked of a station over REST, by kind. */
export const commandBody = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('start-transaction'),
    evse,
    connector: connector.optional(),
    idToken: z.strictObject({ uid: z.string().min(1).max(255), type: z.string().max(20).optional() }).optional(),
  }),
  z.strictObject({ kind: z.literal('stop-transaction'), transactionNumber: z.string().min(1).max(36) }),
  z.strictObject({ kind: z.literal('fetch-meter'), evse, transactionNumber: z.string().max(36).optional() }),
  z.strictObject({ kind: z.literal('transaction-status'), transactionNumber: z.string().min(1).max(36) }),
  z.strictObject({ kind: z.literal('unlock'), evse, connector: connector.default(1) }),
  z.strictObject({
    kind: z.literal('set-availability'),
    evse: evse.optional(),
    connector: connector.optional(),
    operative: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('reset'), how: z.enum(['soft', 'hard']).default('soft'), evse: evse.optional() }),
  z.strictObject({
    kind: z.literal('trigger'),
    message: z.enum(['boot', 'status', 'heartbeat', 'meter', 'firmware', 'log']),
    evse: evse.optional(),
    connector: connector.optional(),
  }),
  z.strictObject({ kind: z.literal('read-settings'), names: z.array(settingName).min(1).max(100).optional() }),
  z.strictObject({ kind: z.literal('write-settings'), settings: z.array(setting).min(1).max(50) }),
  z.strictObject({ kind: z.literal('clear-cache') }),
  z.strictObject({ kind: z.literal('read-list') }),
  z.strictObject({
    kind: z.literal('vendor-data'),
    vendorId: z.string().min(1).max(255),
    messageId: z.string().max(50).optional(),
    content: z.unknown().optional(),
  }),
  z.strictObject({ kind: z.literal('raw-call'), action: z.string().min(1).max(50), payload: z.unknown() }),
])
export type CommandBody = z.output<typeof commandBody>

/** The command itself. A start is a session's: it is judged, and gets its token and its number there. */
export function commandFrom(body: Exclude<CommandBody, { readonly kind: 'start-transaction' }>): StationCommand {
  return withoutAbsent(body) as StationCommand
}

export function withoutAbsent<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T
}
