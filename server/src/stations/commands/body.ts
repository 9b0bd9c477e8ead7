import { z } from 'zod'
import type { StationCommand } from '../model.ts'
import { isCredentialSetting } from '../rules/mask.ts'

interface Place {
  readonly evseId?: number | undefined
  readonly connectorId?: number | undefined
}

const evseId = z.int().min(1).max(128)
const connectorId = z.int().min(1).max(16)
const settingName = z.string().min(1).max(200)

const setting = z.strictObject({
  // A key written past us would lock the station out: we could not know it.
  name: settingName.refine((name) => !isCredentialSetting(name), { params: { code: 'credential-by-setting' } }),
  value: z.string().max(2_500),
})

/** Never one target twice in a request (2.x, SetVariables and GetVariables); names are spelled in any case. */
const areDistinct = (names: readonly string[]): boolean =>
  new Set(names.map((name) => name.toLowerCase())).size === names.length
const repeated = { params: { code: 'repeated-setting' } }

/** A connector is one of its EVSE; alone it would name none, and all of the station be meant. */
const ofItsEvse = [
  (place: Place): boolean => place.connectorId === undefined || place.evseId !== undefined,
  { path: ['evseId'] as PropertyKey[], params: { code: 'missing' } },
] as const

/** What may be asked of a station over REST, by kind. */
const bodyByKind = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('start-transaction'),
    evseId,
    connectorId: connectorId.optional(),
    idToken: z.strictObject({ uid: z.string().min(1).max(255), type: z.string().max(20).optional() }).optional(),
  }),
  z.strictObject({ kind: z.literal('stop-transaction'), transactionNumber: z.string().min(1).max(36) }),
  z.strictObject({ kind: z.literal('fetch-meter'), evseId, transactionNumber: z.string().max(36).optional() }),
  z.strictObject({ kind: z.literal('transaction-status'), transactionNumber: z.string().min(1).max(36) }),
  z.strictObject({ kind: z.literal('unlock'), evseId, connectorId: connectorId.default(1) }),
  z
    .strictObject({
      kind: z.literal('set-availability'),
      evseId: evseId.optional(),
      connectorId: connectorId.optional(),
      operative: z.boolean(),
    })
    .refine(...ofItsEvse),
  z.strictObject({
    kind: z.literal('reset'),
    how: z.enum(['soft', 'hard']).default('soft'),
    evseId: evseId.optional(),
  }),
  z
    .strictObject({
      kind: z.literal('trigger'),
      message: z.enum(['boot', 'status', 'heartbeat', 'meter', 'firmware', 'log']),
      evseId: evseId.optional(),
      connectorId: connectorId.optional(),
    })
    .refine(...ofItsEvse),
  z.strictObject({
    kind: z.literal('read-settings'),
    names: z.array(settingName).min(1).max(100).refine(areDistinct, repeated).optional(),
  }),
  z.strictObject({
    kind: z.literal('write-settings'),
    settings: z
      .array(setting)
      .min(1)
      .max(50)
      .refine((settings) => areDistinct(settings.map(({ name }) => name)), repeated),
  }),
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
export type CommandBody = z.output<typeof bodyByKind>

/** REST's names of the model's places. */
const NAMES = { evse: 'evseId', connector: 'connectorId' } as const

/** The model's names are taken too: they were REST's own until 0.1.0, and a page that is open still says them. */
export const commandBody = z.preprocess(
  (body) => (typeof body === 'object' && body !== null && !Array.isArray(body) ? renamed(body, NAMES) : body),
  bodyByKind,
)

/** The command itself. A start is a session's: it is judged, and gets its token and its number there. */
export function commandFrom({
  evseId,
  connectorId,
  ...rest
}: Exclude<CommandBody, { readonly kind: 'start-transaction' }> & Place): StationCommand {
  return withoutAbsent({ ...rest, evse: evseId, connector: connectorId }) as StationCommand
}

/** A command's members as REST shows them. */
export function requestView(command: object): Record<string, unknown> {
  return renamed(command, NAMES)
}

/** A member whose new name is there already keeps its own. */
function renamed(members: object, names: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => {
      const now = Object.hasOwn(names, name) ? names[name] : undefined
      return [now === undefined || Object.hasOwn(members, now) ? name : now, value]
    }),
  )
}

export function withoutAbsent<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T
}
