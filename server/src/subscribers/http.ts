import { z } from 'zod'
import { textFromInstant } from '../../../units/index.ts'
import { recordChange } from '../audit/index.ts'
import {
  type AnyRoute,
  idFrom,
  instantShape,
  type Keys,
  listOf,
  must,
  newId,
  ok,
  pageOf,
  paging,
  refuse,
  tenantRoute,
  type Tx,
  instantText,
} from '../platform/index.ts'
import { clearCachesFor } from './clear-caches.ts'
import { followCards } from './local-lists/keep-lists.ts'
import {
  changeToken,
  countTokens,
  findToken,
  insertToken,
  listTokens,
  removeToken,
  type TokenRow,
  tokenStatuses,
} from './store.ts'
import { type Reach, reachOf } from './store-reach.ts'
import { hashOfUid, last4Of } from './uid.ts'

export interface SubscribersDeps {
  readonly keys: Keys
}

/** OCPP 2.1 allows 255 characters; no control characters, which a log or a page could trip over. */
const uid = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .refine((text) => /^[\x20-\x7e]*$/.test(text), { params: { code: 'not-a-uid' } })
  .meta({ pattern: '^[\\x20-\\x7e]+$' })
/** As OCPP 2.x names them; 2.1 takes others too. */
const KNOWN_TYPES =
  'Central DirectPayment eMAID EVCCID ISO14443 ISO15693 KeyCode Local MacAddress NoAuthorization VIN'.split(' ')
/** A known one is kept as it is written there: that a PIN is shown to nobody must not hang on a capital letter. */
const type = z
  .string()
  .trim()
  .min(1)
  .max(20)
  .transform((text) => KNOWN_TYPES.find((known) => known.toLowerCase() === text.toLowerCase()) ?? text)
const label = z.string().trim().min(1).max(100)
const maxSessions = z.int().min(1).max(1_000)
/** A word of the tenant's own, such as `fleet` or `guest`: what may be set for a class holds for all its tokens. */
export const tokenClass = z
  .string()
  .refine((word) => /^[a-z0-9][a-z0-9-]{0,39}$/.test(word), { params: { code: 'not-a-class' } })
  .meta({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$' })

const reach = z.strictObject({
  stations: z.int(),
  told: z.int().describe('the clearing of its cache went out'),
  answered: z.int().describe('neither its cache nor its local list lets the card start any more'),
  failed: z.int().describe('no answer or an error, after further tries'),
})

const tokenShape = z.strictObject({
  id: z.uuid(),
  last4: z.string(),
  uidMasked: z.string(),
  type: z.string().optional(),
  label: z.string().optional(),
  groupLast4: z.string().optional(),
  status: z.enum(tokenStatuses),
  validUntil: instantText.optional(),
  maxSessions: z.int().optional(),
  class: z.string().optional(),
  createdAt: instantText,
  blockedReach: reach.optional(),
})
type TokenJson = z.input<typeof tokenShape>

/** How far a block has come changes by itself. */
function setByPeople(view: TokenJson): unknown {
  const { blockedReach: _, ...set } = view
  return set
}

const params = z.strictObject({ id: z.uuid() })
const NOT_FOUND = { 'no-such-id-token': 404 } as const

export function subscriberRoutes(deps: SubscribersDeps): readonly AnyRoute[] {
  return [listing(deps), reading, making(deps), changing(deps), removing]
}

const listing = ({ keys }: SubscribersDeps) =>
  tenantRoute({
    method: 'GET',
    path: '/v1/id-tokens',
    tag: 'id tokens',
    summary: 'Cards and other id tokens, newest first',
    right: 'tokens.read',
    query: z.strictObject({ ...paging, status: z.enum(tokenStatuses).optional(), uid: uid.optional() }),
    answer: listOf(tokenShape),
    handle: async (tx, { query }) => {
      const key = await keys.tenant(tx.tenantId)
      const filter = {
        status: query.status,
        uidHash: query.uid === undefined ? undefined : hashOfUid(key, query.uid),
      }
      const page = { limit: query.limit + 1, after: idFrom(query.cursor) }
      const rows = await listTokens(tx, filter, page)
      const { shown, next } = pageOf(rows, query.limit, ({ id }) => [id])
      return ok({
        items: await jsonFrom(tx, shown),
        next,
        ...(query.count === 'true' ? { total: await countTokens(tx, filter) } : {}),
      })
    },
  })

const reading = tenantRoute({
  method: 'GET',
  path: '/v1/id-tokens/:id',
  tag: 'id tokens',
  summary: 'One id token',
  right: 'tokens.read',
  params,
  answer: tokenShape,
  tagOf: setByPeople,
  refusals: NOT_FOUND,
  handle: async (tx, call) => {
    const row = await findToken(tx, call.params.id)
    return row === undefined ? refuse('no-such-id-token') : ok(await oneFrom(tx, row))
  },
})

const making = ({ keys }: SubscribersDeps) =>
  tenantRoute({
    method: 'POST',
    path: '/v1/id-tokens',
    tag: 'id tokens',
    summary: 'Add a card or another id token; a uid is unique in its tenant, compared without case',
    right: 'tokens.write',
    body: z.strictObject({
      uid,
      type: type.optional(),
      label: label.optional(),
      subscriberId: z.uuid().optional().describe('not built yet: refused'),
      status: z.enum(tokenStatuses).default('active'),
      validUntil: instantShape.optional(),
      groupUid: uid.optional(),
      maxSessions: maxSessions.optional(),
      class: tokenClass.optional(),
    }),
    answer: tokenShape,
    status: 201,
    refusals: { 'uid-taken': 409, 'not-supported': 422 },
    handle: async (tx, { body, caller, at }) => {
      if (body.subscriberId !== undefined)
        return refuse('not-supported', { fields: [{ pointer: '/subscriberId', code: 'not-supported' }] })
      const key = await keys.tenant(tx.tenantId)
      const id = newId()
      const { groupUid, uid: given, subscriberId: _, ...plain } = body
      const group = groupUid === undefined ? undefined : groupOf(key, groupUid)
      const isMade = await insertToken(tx, {
        ...plain,
        id,
        uid: key.encrypt(given),
        uidHash: hashOfUid(key, given),
        last4: last4Of(given, plain.type),
        group,
        at,
      })
      if (!isMade) {
        return refuse('uid-taken', { fields: [{ pointer: '/uid', code: 'registered' }] })
      }
      await followCards(tx, at)
      const after = { last4: last4Of(given, plain.type), status: body.status }
      await recordChange(tx, { caller, at, action: 'id-token.made', objectKind: 'id-token', objectId: id, after })
      return ok(await oneFrom(tx, must(await findToken(tx, id), 'id token')))
    },
  })

const changing = ({ keys }: SubscribersDeps) =>
  tenantRoute({
    method: 'PATCH',
    path: '/v1/id-tokens/:id',
    tag: 'id tokens',
    summary: 'Change an id token; null takes a member away. Blocking one clears the caches of all connected stations',
    right: 'tokens.write',
    params,
    body: z.strictObject({
      label: label.nullish(),
      status: z.enum(tokenStatuses).optional(),
      validUntil: instantShape.nullish(),
      groupUid: uid.nullish(),
      maxSessions: maxSessions.nullish(),
      class: tokenClass.nullish(),
    }),
    answer: tokenShape,
    tagOf: setByPeople,
    refusals: NOT_FOUND,
    handle: async (tx, { body, params: { id }, caller, at }) => {
      const before = await findToken(tx, id, true)
      if (before === undefined) return refuse('no-such-id-token')
      const key = await keys.tenant(tx.tenantId)
      const { groupUid, ...changes } = body
      const group = groupUid === undefined || groupUid === null ? groupUid : groupOf(key, groupUid)
      await changeToken(tx, id, { ...changes, group }, at)
      const now = must(await findToken(tx, id), 'id token')
      if (mayDoLess(before, now)) await clearCachesFor(tx, id, at)
      await followCards(tx, at)
      await recordChange(tx, {
        caller,
        at,
        action: 'id-token.changed',
        objectKind: 'id-token',
        objectId: id,
        before: told(before),
        after: told(now),
      })
      return ok(await oneFrom(tx, now))
    },
  })

const removing = tenantRoute({
  method: 'DELETE',
  path: '/v1/id-tokens/:id',
  tag: 'id tokens',
  summary: 'Remove an id token; it is unknown from now on',
  right: 'tokens.write',
  params,
  refusals: NOT_FOUND,
  handle: async (tx, { params: { id }, caller, at }) => {
    const before = await findToken(tx, id, true)
    if (before === undefined) return refuse('no-such-id-token')
    await removeToken(tx, id, at)
    await clearCachesFor(tx, id, at)
    await followCards(tx, at)
    await recordChange(tx, {
      caller,
      at,
      action: 'id-token.removed',
      objectKind: 'id-token',
      objectId: id,
      before: told(before),
    })
    return ok(undefined)
  },
})

function groupOf(key: Awaited<ReturnType<Keys['tenant']>>, groupUid: string) {
  return { uid: key.encrypt(groupUid), hash: hashOfUid(key, groupUid), last4: last4Of(groupUid) }
}

/** What stations remember of it would let it charge, or stop what others charge, when we would not. */
function mayDoLess(before: TokenRow, now: TokenRow): boolean {
  if (before.status === 'active' && now.status !== 'active') return true
  // The cards of its former group may stop each other's sessions.
  if (now.status === 'active' && before.groupHash !== null && !isSameGroup(before.groupHash, now)) return true
  const until = now.validUntil
  return until !== null && (before.validUntil === null || Temporal.Instant.compare(until, before.validUntil) < 0)
}

function isSameGroup(groupHash: Buffer, now: TokenRow): boolean {
  return now.groupHash !== null && groupHash.equals(now.groupHash)
}

/** For the audit: never a uid. */
function told({ last4, status, validUntil, maxSessions: most, label: name, class: ofClass }: TokenRow) {
  return { last4, status, validUntil: validUntil?.toString(), maxSessions: most, label: name, class: ofClass }
}

async function oneFrom(tx: Tx, row: TokenRow): Promise<TokenJson> {
  return must((await jsonFrom(tx, [row]))[0], 'id token')
}

async function jsonFrom(tx: Tx, rows: readonly TokenRow[]): Promise<TokenJson[]> {
  const blocked = rows.filter((row) => row.status !== 'active').map((row) => row.id)
  const reaches = new Map((await reachOf(tx, blocked)).map((one) => [one.tokenId, one]))
  return rows.map((row) => {
    const reached = reaches.get(row.id)
    return {
      id: row.id,
      last4: row.last4,
      uidMasked: `••••${row.last4}`,
      ...(row.type === null ? {} : { type: row.type }),
      ...(row.label === null ? {} : { label: row.label }),
      ...(row.groupLast4 === null ? {} : { groupLast4: row.groupLast4 }),
      status: row.status,
      ...(row.validUntil === null ? {} : { validUntil: textFromInstant(row.validUntil) }),
      ...(row.maxSessions === null ? {} : { maxSessions: row.maxSessions }),
      ...(row.class === null ? {} : { class: row.class }),
      createdAt: textFromInstant(row.createdAt),
      ...(reached === undefined ? {} : { blockedReach: reachJson(reached) }),
    }
  })
}

function reachJson({ stations, told, answered, failed }: Reach): z.input<typeof reach> {
  return { stations, told, answered, failed }
}
