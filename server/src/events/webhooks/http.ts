import { z } from 'zod'
import {
  type AnyRoute,
  idFrom,
  judgeUrl,
  listOf,
  must,
  newId,
  ok,
  type OutboundRefusal,
  pageOf,
  paging,
  refuse,
  type Refused,
  tenantRoute,
  type Texts,
  type Tx,
} from '../../platform/index.ts'
import { lockTenant, readOutbound } from '../../tenants/index.ts'
import { allowedFrom } from './allowed-targets.ts'
import type { WebhookDeps } from './deps.ts'
import { deliveryRoutes } from './http-deliveries.ts'
import { newSecret } from './sign.ts'
import { releaseWaiting } from './store-deliveries.ts'
import {
  changeWebhook,
  countDeliveries,
  countWebhooks,
  deleteWebhook,
  insertWebhook,
  lockWebhook,
  readWebhooks,
  replaceSecret,
  setState,
  webhookById,
  type WebhookRow,
} from './store-webhooks.ts'
import { healthShape, healthView, typesShape, webhookShape, webhookView, wordsOf } from './views.ts'

const TAG = 'webhooks'
const webhookParams = z.strictObject({ id: z.uuid() })
const NOT_FOUND = { 'no-such-webhook': 404 } as const
const MOST = 20

const nameShape = z.string().trim().min(1).max(200)
const urlShape = z.string().trim().min(1).max(2_000)
const stateShape = z.enum(['active', 'paused'])

/** A former secret that stops to sign is no change of anybody's. */
function setByPeople(view: z.input<typeof webhookShape>): unknown {
  const { formerSecretUntil: _, ...set } = view
  return set
}

/** Targets that are told of events, and what became of each (Standard Webhooks 1.0). */
export function webhookRoutes(deps: WebhookDeps, texts: Texts): AnyRoute[] {
  return [
    listing(texts),
    making(deps),
    reading,
    health(texts),
    changing(deps),
    rotating(deps),
    removing(deps),
    ...deliveryRoutes(deps, texts),
  ]
}

const listing = (texts: Texts): AnyRoute =>
  tenantRoute({
    method: 'GET',
    path: '/v1/webhooks',
    tag: TAG,
    summary: 'Webhooks, each with how its target is',
    right: 'webhooks.read',
    query: z.strictObject(paging),
    answer: listOf(z.strictObject({ ...webhookShape.shape, health: healthShape })),
    async handle(tx, { query, caller, at }) {
      const rows = await readWebhooks(tx, idFrom(query.cursor), query.limit + 1)
      const { shown, next } = pageOf(rows, query.limit, ({ id }) => [id])
      const counts = await countDeliveries(
        tx,
        shown.map(({ id }) => id),
      )
      const words = wordsOf(texts, caller.language)
      const total = query.count === 'true' ? { total: await countWebhooks(tx) } : {}
      return ok({
        items: shown.map((row) => ({
          ...webhookView(row, at),
          health: healthView(
            row,
            counts.find(({ webhookId }) => webhookId === row.id),
            words,
          ),
        })),
        next,
        ...total,
      })
    },
  })

const making = (deps: WebhookDeps): AnyRoute =>
  tenantRoute({
    method: 'POST',
    path: '/v1/webhooks',
    tag: TAG,
    summary: 'Add a webhook; the answer holds its secret once',
    right: 'webhooks.write',
    body: z.strictObject({
      name: nameShape,
      url: urlShape,
      types: typesShape.default(['session-record.created']),
      state: stateShape.default('active'),
    }),
    answer: z.strictObject({ ...webhookShape.shape, secret: z.string() }),
    status: 201,
    refusals: { 'target-not-allowed': 422, 'too-many-webhooks': 409 },
    async handle(tx, { body, caller, at }) {
      const fault = await faultOfUrl(tx, body.url)
      if (fault !== undefined) return fault
      // Two that are made at once must not both be the last.
      await lockTenant(tx)
      if ((await countWebhooks(tx)) >= MOST) return refuse('too-many-webhooks')
      const key = await deps.keys.tenant(tx.tenantId)
      const id = newId()
      const secret = newSecret()
      await insertWebhook(tx, { ...body, id, secret: key.encrypt(secret), at })
      const { name, types, state } = body
      const after = { name, types, state, host: new URL(body.url).host }
      await deps.recordChange(tx, { caller, at, action: 'webhook.made', objectKind: 'webhook', objectId: id, after })
      return ok({ ...webhookView(must(await webhookById(tx, id), 'the webhook just made'), at), secret })
    },
  })

const reading = tenantRoute({
  method: 'GET',
  path: '/v1/webhooks/:id',
  tag: TAG,
  summary: 'One webhook',
  right: 'webhooks.read',
  params: webhookParams,
  answer: webhookShape,
  tagOf: setByPeople,
  refusals: NOT_FOUND,
  async handle(tx, { params, at }) {
    const row = await webhookById(tx, params.id)
    return row === undefined ? refuse('no-such-webhook') : ok(webhookView(row, at))
  },
})

const health = (texts: Texts): AnyRoute =>
  tenantRoute({
    method: 'GET',
    path: '/v1/webhooks/:id/health',
    tag: TAG,
    summary: 'How its target is, and how much waits for it',
    right: 'webhooks.read',
    params: webhookParams,
    answer: healthShape,
    refusals: NOT_FOUND,
    async handle(tx, { params, caller }) {
      const row = await webhookById(tx, params.id)
      if (row === undefined) return refuse('no-such-webhook')
      const [counts] = await countDeliveries(tx, [row.id])
      return ok(healthView(row, counts, wordsOf(texts, caller.language)))
    },
  })

const changing = (deps: WebhookDeps): AnyRoute =>
  tenantRoute({
    method: 'PATCH',
    path: '/v1/webhooks/:id',
    tag: TAG,
    summary: 'Change a webhook, pause it, or set it going again; what came meanwhile is sent then',
    right: 'webhooks.write',
    params: webhookParams,
    body: z.strictObject({
      name: nameShape.optional(),
      url: urlShape.optional(),
      types: typesShape.optional(),
      state: stateShape.optional(),
    }),
    answer: webhookShape,
    tagOf: setByPeople,
    refusals: { ...NOT_FOUND, 'target-not-allowed': 422 },
    async handle(tx, { params, body, caller, at }) {
      const before = await lockWebhook(tx, params.id)
      if (before === undefined) return refuse('no-such-webhook')
      const fault = body.url === undefined ? undefined : await faultOfUrl(tx, body.url)
      if (fault !== undefined) return fault
      const { id } = before
      await changeWebhook(tx, id, {
        name: body.name ?? before.name,
        url: body.url ?? before.url,
        types: body.types ?? before.types,
        at,
      })
      // A target under a new address, or set going again, is no longer what failed.
      const state = body.state ?? before.state
      if (state !== before.state || (state === 'active' && body.url !== undefined)) {
        await setState(tx, id, state, at)
        await releaseWaiting(tx, id, at)
        for (const kind of ['webhook-failing', 'webhook-disabled'] as const)
          await deps.clearAlert(tx, { tenantId: tx.tenantId, kind, subject: id, at })
      }
      const after = must(await webhookById(tx, id), 'the webhook just changed')
      const change = { caller, at, objectKind: 'webhook', objectId: id }
      await deps.recordChange(tx, {
        ...change,
        action: 'webhook.changed',
        before: audited(before),
        after: audited(after),
      })
      return ok(webhookView(after, at))
    },
  })

const rotating = (deps: WebhookDeps): AnyRoute =>
  tenantRoute({
    method: 'POST',
    path: '/v1/webhooks/:id/rotate-secret',
    tag: TAG,
    summary: 'Make a new secret, shown once; the former one signs too for a while',
    right: 'webhooks.write',
    params: webhookParams,
    body: z.strictObject({ formerForHours: z.int().min(0).max(168).default(24) }),
    answer: z.strictObject({ ...webhookShape.shape, secret: z.string() }),
    refusals: NOT_FOUND,
    async handle(tx, { params, body, caller, at }) {
      if ((await lockWebhook(tx, params.id)) === undefined) return refuse('no-such-webhook')
      const key = await deps.keys.tenant(tx.tenantId)
      const secret = newSecret()
      const formerUntil = at.add({ hours: body.formerForHours })
      await replaceSecret(tx, params.id, { secret: key.encrypt(secret), formerUntil, at })
      const after = { formerUntil: formerUntil.toString() }
      await deps.recordChange(tx, {
        caller,
        at,
        action: 'webhook.secret-rotated',
        objectKind: 'webhook',
        objectId: params.id,
        after,
      })
      return ok({ ...webhookView(must(await webhookById(tx, params.id), 'webhook'), at), secret })
    },
  })

const removing = (deps: WebhookDeps): AnyRoute =>
  tenantRoute({
    method: 'DELETE',
    path: '/v1/webhooks/:id',
    tag: TAG,
    summary: 'Remove a webhook with its deliveries; what waits is never sent',
    right: 'webhooks.write',
    params: webhookParams,
    refusals: NOT_FOUND,
    async handle(tx, { params, caller, at }) {
      const before = await lockWebhook(tx, params.id)
      if (before === undefined) return refuse('no-such-webhook')
      await deleteWebhook(tx, params.id)
      for (const kind of ['webhook-failing', 'webhook-disabled', 'webhook-dead-letter'] as const)
        await deps.clearAlert(tx, { tenantId: tx.tenantId, kind, subject: params.id, at })
      const change = { caller, at, objectKind: 'webhook', objectId: params.id }
      await deps.recordChange(tx, { ...change, action: 'webhook.removed', before: audited(before) })
      return ok(undefined)
    },
  })

/** What an address says by itself. Where its name leads is judged at each try. */
async function faultOfUrl(tx: Tx, url: string): Promise<Refused<'target-not-allowed'> | undefined> {
  const judged = judgeUrl(url, allowedFrom((await readOutbound(tx))?.allowed))
  return judged.ok ? undefined : notAllowed(judged.refusal)
}

function notAllowed(code: OutboundRefusal): Refused<'target-not-allowed'> {
  return refuse('target-not-allowed', { fields: [{ pointer: '/url', code }] })
}

/** The address may hold a secret in its path: the trail keeps the host alone. */
function audited({ name, url, types, state }: WebhookRow) {
  return { name, types, state, host: new URL(url).host }
}
