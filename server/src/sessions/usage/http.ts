import { z } from 'zod'
import { recordChange } from '../../audit/index.ts'
import {
  type AnyRoute,
  cursorFrom,
  fromBeforeTo,
  instantShape,
  listOf,
  must,
  ok,
  pageOf,
  paging,
  refuse,
  tenantRoute,
  type Texts,
  wholeListOf,
} from '../../platform/index.ts'
import type { SessionsDeps } from '../deps.ts'
import { checkActions, checkNames, type UsageCheck, usageChecks } from '../rules/index.ts'
import { readingsOf } from '../store-meter.ts'
import { decideError, ownCorrection, previewOf } from './decide-error.ts'
import { checkShape, errorDetailShape, errorShape, previewShape } from './shapes.ts'
import { chooseAction, chosenActions, decisions, usageStates } from './store.ts'
import { countErrors, type ErrorFilter, listErrors } from './store-lists.ts'
import { errorDetail, errorView, figuresOf } from './views.ts'

const params = z.strictObject({ id: z.uuid() })
const instant = instantShape
const NOT_FOUND = { 'no-such-usage-error': 404 } as const
const OWN = { 'end-before-start': 422, 'end-in-future': 422, 'above-plausible': 422 } as const
/** As much as a column holds and a connector never gives. */
const energyWh = z.int().min(0).max(1_000_000_000)
const figures = { energyWh: energyWh.optional(), startedAt: instant.optional(), endedAt: instant.optional() }

/** What END-VALIDATE found, and what is decided about it. */
export function usageRoutes(deps: SessionsDeps): readonly AnyRoute[] {
  const { texts } = deps
  return [listing(texts), reading(texts), deciding(deps), calculating, checks(texts), oneCheck(texts), choosing(texts)]
}

const listing = (texts: Texts) =>
  tenantRoute({
    method: 'GET',
    path: '/v1/usage-errors',
    tag: 'usage-errors',
    summary: 'What validating usage data found, newest first; `held` waits for a decision and is not billed',
    right: 'sessions.read',
    query: z
      .strictObject({
        ...paging,
        state: z.enum(usageStates).optional(),
        check: z.enum(checkNames).optional(),
        stationId: z.uuid().optional(),
        sessionId: z.uuid().optional(),
        from: instant.optional(),
        to: instant.optional(),
      })
      .refine(...fromBeforeTo),
    answer: listOf(errorShape),
    handle: async (tx, { query, caller }) => {
      const { state, check, stationId, sessionId, from, to, limit } = query
      const filter: ErrorFilter = { sites: caller.sites, state, check, stationId, sessionId, from, to }
      const [foundAt, id] = cursorFrom(query.cursor) ?? []
      const isPlace = instant.safeParse(foundAt).success && z.uuid().safeParse(id).success
      const after = isPlace ? { foundAt: String(foundAt), id: String(id) } : undefined
      const rows = await listErrors(tx, filter, { limit: limit + 1, after })
      const { shown, next } = pageOf(rows, limit, (row) => [row.foundAt.toString(), row.id])
      return ok({
        items: shown.map((row) => errorView(row, texts, caller.language)),
        next,
        ...(query.count === 'true' ? { total: await countErrors(tx, filter) } : {}),
      })
    },
  })

const reading = (texts: Texts) =>
  tenantRoute({
    method: 'GET',
    path: '/v1/usage-errors/:id',
    tag: 'usage-errors',
    summary: 'One of them with its readings, the offending ones marked, and the proposed correction',
    right: 'sessions.read',
    params,
    answer: errorDetailShape,
    refusals: NOT_FOUND,
    handle: async (tx, { params: { id }, caller }) => {
      const [error] = await listErrors(tx, { sites: caller.sites, id }, { limit: 1 })
      if (error === undefined) return refuse('no-such-usage-error')
      const readings = await readingsOf(tx, [{ tenantId: tx.tenantId, id: error.sessionId }])
      return ok(errorDetail(error, readings, texts, caller.language))
    },
  })

/** Figures that a decision would not take are refused: else others would be billed than were sent. */
const decisionBody = z
  .strictObject({ decision: z.enum(decisions), reason: z.string().trim().min(3).max(1_000), ...figures })
  .superRefine((body, context) => {
    const given = (['energyWh', 'startedAt', 'endedAt'] as const).filter((name) => body[name] !== undefined)
    if (body.decision === 'own-figures') {
      if (given.length === 0)
        context.addIssue({ code: 'custom', path: ['energyWh'], params: { code: 'no-own-figures' } })
      return
    }
    for (const name of given) context.addIssue({ code: 'custom', path: [name], params: { code: 'only-own-figures' } })
  })

const deciding = (deps: SessionsDeps) =>
  tenantRoute({
    method: 'POST',
    path: '/v1/usage-errors/:id/decide',
    tag: 'usage-errors',
    summary:
      'Let the record go as it is, take the proposed correction, or say own figures; corrections are a further revision',
    right: 'usage.decide',
    params,
    body: decisionBody,
    answer: errorDetailShape,
    refusals: { ...NOT_FOUND, ...OWN, 'already-decided': 409, 'newer-record': 409, 'no-proposal': 409 },
    handle: async (tx, { params: { id }, body, caller, at }) => {
      const [error] = await listErrors(tx, { sites: caller.sites, id }, { limit: 1 })
      if (error === undefined) return refuse('no-such-usage-error')
      const decided = await decideError(tx, deps, error, { ...body, caller, at })
      if (!decided.ok) return decided
      const [after] = await listErrors(tx, { sites: caller.sites, id }, { limit: 1 })
      const readings = await readingsOf(tx, [{ tenantId: tx.tenantId, id: error.sessionId }])
      return ok(errorDetail(must(after, 'usage error'), readings, deps.texts, caller.language))
    },
  })

const calculating = tenantRoute({
  method: 'POST',
  path: '/v1/usage-errors/:id/calculate',
  tag: 'usage-errors',
  summary: 'What own figures would cost; changes nothing',
  right: 'sessions.read',
  params,
  body: z.strictObject(figures),
  answer: previewShape,
  refusals: { ...NOT_FOUND, ...OWN },
  handle: async (tx, { params: { id }, body, caller, at }) => {
    const [error] = await listErrors(tx, { sites: caller.sites, id }, { limit: 1 })
    if (error === undefined) return refuse('no-such-usage-error')
    const correction = ownCorrection(error, body, at)
    if (!correction.ok) return correction
    return ok(figuresOf(await previewOf(tx, error, correction.value, at)))
  },
})

const checks = (texts: Texts) =>
  tenantRoute({
    method: 'GET',
    path: '/v1/usage-checks',
    tag: 'usage-errors',
    summary: 'Every check of usage data, and what a finding of it does',
    right: 'sessions.read',
    answer: wholeListOf(checkShape),
    handle: async (tx, { caller }) => {
      const chosen = await chosenActions(tx)
      return ok({
        items: checkNames.map((check) => checkView(check, chosen[check], texts, caller.language)),
        next: null,
      })
    },
  })

const checkParams = z.strictObject({ check: z.enum(checkNames) })
/** The rest of it is the program's own. */
const chosenAction = ({ action }: z.input<typeof checkShape>) => action

const oneCheck = (texts: Texts) =>
  tenantRoute({
    method: 'GET',
    path: '/v1/usage-checks/:check',
    tag: 'usage-errors',
    summary: 'One check of usage data',
    right: 'sessions.read',
    params: checkParams,
    answer: checkShape,
    tagOf: chosenAction,
    handle: async (tx, { params: { check }, caller }) =>
      ok(checkView(check, (await chosenActions(tx))[check], texts, caller.language)),
  })

const choosing = (texts: Texts) =>
  tenantRoute({
    method: 'PATCH',
    path: '/v1/usage-checks/:check',
    tag: 'usage-errors',
    summary: 'Choose what a finding of a check does from now on: hold, accept, or correct where a correction is known',
    right: 'usage.write',
    params: checkParams,
    body: z.strictObject({ action: z.enum(checkActions) }),
    answer: checkShape,
    tagOf: chosenAction,
    handle: async (tx, { params: { check }, body: { action }, caller, at }) => {
      const before = (await chosenActions(tx))[check] ?? usageChecks[check]
      await chooseAction(tx, check, action)
      await recordChange(tx, {
        caller,
        at,
        action: 'usage-check.changed',
        objectKind: 'usage-check',
        objectId: check,
        before: { action: before },
        after: { action },
      })
      return ok(checkView(check, action, texts, caller.language))
    },
  })

function checkView(
  check: UsageCheck,
  action: (typeof checkActions)[number] | undefined,
  texts: Texts,
  language: string,
) {
  const about = texts.ofCode(language, 'usage-check', check)
  return { check, about, action: action ?? usageChecks[check], defaultAction: usageChecks[check] }
}
