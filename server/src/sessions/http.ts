import { z } from 'zod'
import { recordChange } from '../audit/index.ts'
import {
  type AnyRoute,
  cursorFrom,
  fromBeforeTo,
  instantShape,
  listOf,
  ok,
  pageOf,
  paging,
  refuse,
  type Refused,
  type Result,
  tenantRoute,
} from '../platform/index.ts'
import type { IdToken } from '../stations/index.ts'
import { checkValidity } from './check-validity.ts'
import type { SessionsDeps } from './deps.ts'
import { byOf, maySeeStation, oneSession } from './answer-session.ts'
import { figuresRoute } from './http-figures.ts'
import { limitRoutes } from './http-limits.ts'
import { stopRoutes } from './http-stop.ts'
import { RECORD_MADE } from './make-records.ts'
import { authorisers, sessionFlags, sessionStates } from './rules/index.ts'
import { detailShape, forShape, recordShape, sessionShape, startedShape } from './shapes.ts'
import { startSession } from './start-session.ts'
import { countRecords, countSessions, listRecords, listSessions, type SessionFilter } from './store-lists.ts'
import { RECORD_RELEASED } from './usage/revise-record.ts'
import { detailOf, withCosts, withHandedOn } from './views.ts'

const HANDING_ON = [RECORD_MADE, RECORD_RELEASED] as const
const params = z.strictObject({ id: z.uuid() })
const instant = instantShape
const NOT_FOUND = { 'no-such-session': 404 } as const

export function sessionRoutes(deps: SessionsDeps): readonly AnyRoute[] {
  return [
    listing,
    reading,
    figuresRoute,
    starting(deps),
    ...stopRoutes(deps),
    records,
    checkingValidity(deps),
    ...limitRoutes,
  ]
}

const listing = tenantRoute({
  method: 'GET',
  path: '/v1/sessions',
  tag: 'sessions',
  summary: 'Sessions, newest first; cost so far while they are open',
  right: 'sessions.read',
  query: z
    .strictObject({
      ...paging,
      stationId: z.uuid().optional(),
      state: z.enum(sessionStates).optional(),
      open: z.enum(['true', 'false']).optional(),
      flag: z.enum(sessionFlags).optional(),
      number: z
        .string()
        .refine((text) => /^\d{1,15}$/.test(text), { params: { code: 'not-whole' } })
        .optional(),
      from: instant.optional(),
      to: instant.optional(),
    })
    .refine(...fromBeforeTo),
  answer: listOf(sessionShape),
  handle: async (tx, { query, caller, at }) => {
    const { stationId, state, flag, number, from, to, limit } = query
    const open = query.open === undefined ? undefined : query.open === 'true'
    const filter: SessionFilter = { sites: caller.sites, stationId, state, open, flag, number, from, to }
    const rows = await listSessions(tx, filter, { limit: limit + 1, after: placeFrom(query.cursor) })
    const { shown, next } = pageOf(rows, limit, ({ startedAt, id }) => [startedAt.toString(), id])
    return ok({
      items: [...(await withCosts(tx, shown, at))],
      next,
      ...(query.count === 'true' ? { total: await countSessions(tx, filter) } : {}),
    })
  },
})

function placeFrom(cursor: string | undefined): { readonly startedAt: string; readonly id: string } | undefined {
  const [startedAt, id] = cursorFrom(cursor) ?? []
  const isPlace = instant.safeParse(startedAt).success && z.uuid().safeParse(id).success
  return isPlace ? { startedAt: String(startedAt), id: String(id) } : undefined
}

const reading = tenantRoute({
  method: 'GET',
  path: '/v1/sessions/:id',
  tag: 'sessions',
  summary: 'One session with meter values, periods, price lines and history',
  right: 'sessions.read',
  params,
  answer: detailShape,
  refusals: NOT_FOUND,
  handle: async (tx, { params: { id }, caller, at }) => {
    const [row] = await listSessions(tx, { sites: caller.sites, id }, { limit: 1 })
    if (row === undefined) return refuse('no-such-session')
    const made = await listRecords(tx, { sites: 'all', sessionId: id, effectTypes: HANDING_ON }, { limit: 100 })
    return ok(await detailOf(tx, row, made, at))
  },
})

/** Every code of VALID may refuse a start. */
const VALID_REFUSALS: Readonly<Record<string, number>> = Object.fromEntries(authorisers.map(({ code }) => [code, 409]))

const starting = (deps: SessionsDeps) =>
  tenantRoute({
    method: 'POST',
    path: '/v1/sessions',
    tag: 'sessions',
    summary: 'Start a session; without `for` by staff, with a one-use token made for it',
    right: 'sessions.write',
    body: z.strictObject({ stationId: z.uuid(), evseId: z.int().min(1).max(255), for: forShape.optional() }),
    answer: startedShape,
    status: 202,
    refusals: { ...VALID_REFUSALS, 'no-such-station': 404, 'not-supported': 422 },
    handle: async (tx, { body, caller, at }): Promise<Result<z.input<typeof startedShape>>> => {
      const whom = idTokenFrom(body.for)
      if (!whom.ok) return whom
      if (!(await maySeeStation(tx, caller, body.stationId))) return refuse('no-such-station')
      const idToken = whom.value
      const { stationId, evseId } = body
      const wish = { stationId, evseId, by: byOf(caller), ...(idToken === undefined ? {} : { idToken }) }
      const started = await startSession(tx, deps, wish, at)
      if (!started.ok) return started
      const { sessionId, commandId } = started.value
      const after = { stationId, evseId }
      await recordChange(tx, {
        caller,
        at,
        action: 'session.started',
        objectKind: 'session',
        objectId: sessionId,
        after,
      })
      return ok({ ...(await oneSession(tx, sessionId, at)), commandId })
    },
  })

const records = tenantRoute({
  method: 'GET',
  path: '/v1/session-records',
  tag: 'sessions',
  summary: 'Session data records with every revision, and how each was handed on',
  right: 'sessions.read',
  query: z.strictObject({ ...paging, sessionId: z.uuid().optional() }),
  answer: listOf(recordShape),
  handle: async (tx, { query, caller }) => {
    const { limit, sessionId } = query
    const filter = { sites: caller.sites, sessionId, effectTypes: HANDING_ON }
    const [createdAt, id, revision] = cursorFrom(query.cursor) ?? []
    const isPlace = instant.safeParse(createdAt).success && z.uuid().safeParse(id).success
    const after = isPlace ? { createdAt: String(createdAt), id: String(id), revision: Number(revision) } : undefined
    const rows = await listRecords(tx, filter, { limit: limit + 1, after })
    const { shown, next } = pageOf(rows, limit, (row) => [row.createdAt.toString(), row.sessionId, row.revision])
    return ok({
      items: await withHandedOn(tx, shown, caller.rights),
      next,
      ...(query.count === 'true' ? { total: await countRecords(tx, filter) } : {}),
    })
  },
})

const checkingValidity = (deps: SessionsDeps) =>
  tenantRoute({
    method: 'POST',
    path: '/v1/validity-checks',
    tag: 'sessions',
    summary: 'VALID: whether somebody may be served now, and if not why',
    right: 'sessions.read',
    body: z.strictObject({
      for: forShape,
      stationId: z.uuid().optional(),
      evseId: z.int().min(1).max(255).optional(),
    }),
    answer: z.strictObject({
      valid: z.boolean(),
      reasons: z.array(z.strictObject({ code: z.string(), message: z.string() })),
    }),
    refusals: { 'no-such-station': 404, 'not-supported': 422 },
    handle: async (
      tx,
      { body, caller, at },
    ): Promise<Result<{ valid: boolean; reasons: { code: string; message: string }[] }>> => {
      const whom = idTokenFrom(body.for)
      if (!whom.ok) return whom
      const { stationId, evseId } = body
      if (stationId !== undefined && !(await maySeeStation(tx, caller, stationId))) return refuse('no-such-station')
      const { reasons } = await checkValidity(tx, deps, {
        purpose: 'wish',
        at,
        ...(whom.value === undefined ? {} : { idToken: whom.value }),
        ...(stationId === undefined ? {} : { stationId }),
        ...(evseId === undefined ? {} : { evseId }),
      })
      const texts = reasons.map(({ code }) => ({ code, message: deps.texts.ofCode(caller.language, 'reason', code) }))
      return ok({ valid: reasons.length === 0, reasons: texts })
    },
  })

/** Of the ways to name somebody, only id tokens are built. */
function idTokenFrom(whom: z.output<typeof forShape> | undefined): Result<IdToken | undefined> {
  if (whom === undefined) return ok(undefined)
  if (!('idToken' in whom)) return notSupported('subscriberId' in whom ? '/for/subscriberId' : '/for/phone')
  const { uid, type } = whom.idToken
  return ok({ uid, ...(type === undefined ? {} : { type }) })
}

function notSupported(pointer: string): Refused {
  return refuse('not-supported', { fields: [{ pointer, code: 'not-supported' }] })
}
