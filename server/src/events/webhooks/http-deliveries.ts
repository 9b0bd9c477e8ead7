import { z } from 'zod'
import {
  type AnyRoute,
  idFrom,
  listOf,
  must,
  ok,
  pageOf,
  paging,
  refuse,
  tenantRoute,
  type Texts,
} from '../../platform/index.ts'
import type { WebhookDeps } from './deps.ts'
import { eventTypeNames, TEST_TYPE } from './event-types.ts'
import { publishTest } from './publish.ts'
import { clearDeadLetters } from './settle.ts'
import { countMatching, deliveryById, readDeliveries, requeue } from './store-deliveries.ts'
import { askNow, lockWebhook, wakeWebhooks, webhookById } from './store-webhooks.ts'
import { deliveryDetailShape, deliveryShape, deliveryStates, deliveryView, detailView, wordsOf } from './views.ts'

const TAG = 'webhooks'
const webhookParams = z.strictObject({ id: z.uuid() })
const deliveryParams = z.strictObject({ id: z.uuid(), deliveryId: z.uuid() })
const NOT_FOUND = { 'no-such-webhook': 404, 'no-such-delivery': 404 } as const

export function deliveryRoutes(deps: WebhookDeps, texts: Texts): AnyRoute[] {
  return [testing(deps, texts), listing(texts), reading(texts), resending(deps, texts), resendingDead(deps)]
}

const testing = (deps: WebhookDeps, texts: Texts): AnyRoute =>
  tenantRoute({
    method: 'POST',
    path: '/v1/webhooks/:id/test',
    tag: TAG,
    summary: 'Send a test, ahead of what waits; read its delivery for what became of it',
    right: 'webhooks.resend',
    params: webhookParams,
    answer: deliveryShape,
    status: 202,
    refusals: { 'no-such-webhook': 404, 'webhook-not-active': 409 },
    async handle(tx, { params, caller, at }) {
      const webhook = await lockWebhook(tx, params.id)
      if (webhook === undefined) return refuse('no-such-webhook')
      if (webhook.state !== 'active') return refuse('webhook-not-active')
      const id = await publishTest(tx, params.id, at)
      await askNow(tx, params.id, at)
      const change = { caller, at, objectKind: 'webhook', objectId: params.id, after: { deliveryId: id } }
      await deps.recordChange(tx, { ...change, action: 'webhook.tested' })
      const row = must(await deliveryById(tx, params.id, id), 'the test just made')
      return ok(deliveryView(row, wordsOf(texts, caller.language)))
    },
  })

const listing = (texts: Texts): AnyRoute =>
  tenantRoute({
    method: 'GET',
    path: '/v1/webhooks/:id/deliveries',
    tag: TAG,
    summary: 'What was handed on by it, newest first, with the cause where it was not taken',
    right: 'webhooks.read',
    params: webhookParams,
    query: z.strictObject({
      ...paging,
      state: z.enum(deliveryStates).optional(),
      type: z.enum([...eventTypeNames, TEST_TYPE]).optional(),
    }),
    answer: listOf(deliveryShape),
    refusals: { 'no-such-webhook': 404 },
    async handle(tx, { params, query, caller }) {
      if ((await webhookById(tx, params.id)) === undefined) return refuse('no-such-webhook')
      const filter = { webhookId: params.id, state: query.state, type: query.type }
      const rows = await readDeliveries(tx, filter, idFrom(query.cursor), query.limit + 1)
      const { shown, next } = pageOf(rows, query.limit, ({ id }) => [id])
      const words = wordsOf(texts, caller.language)
      return ok({
        items: shown.map((row) => deliveryView(row, words)),
        next,
        ...(query.count === 'true' ? { total: await countMatching(tx, filter) } : {}),
      })
    },
  })

const reading = (texts: Texts): AnyRoute =>
  tenantRoute({
    method: 'GET',
    path: '/v1/webhooks/:id/deliveries/:deliveryId',
    tag: TAG,
    summary: 'One delivery: what is sent, and its last tries',
    right: 'webhooks.read',
    params: deliveryParams,
    answer: deliveryDetailShape,
    refusals: NOT_FOUND,
    async handle(tx, { params, caller }) {
      const row = await deliveryById(tx, params.id, params.deliveryId)
      return row === undefined ? refuse('no-such-delivery') : ok(detailView(row, wordsOf(texts, caller.language)))
    },
  })

const resending = (deps: WebhookDeps, texts: Texts): AnyRoute =>
  tenantRoute({
    method: 'POST',
    path: '/v1/webhooks/:id/deliveries/:deliveryId/resend',
    tag: TAG,
    summary: 'Send it again under its former id, whatever became of it',
    right: 'webhooks.resend',
    params: deliveryParams,
    answer: deliveryShape,
    status: 202,
    refusals: NOT_FOUND,
    async handle(tx, { params, caller, at }) {
      if ((await lockWebhook(tx, params.id)) === undefined) return refuse('no-such-webhook')
      if ((await requeue(tx, params.id, { id: params.deliveryId }, at)) === 0) return refuse('no-such-delivery')
      await askNow(tx, params.id, at)
      await clearDeadLetters(tx, deps, params.id, at)
      const change = { caller, at, objectKind: 'webhook', objectId: params.id }
      await deps.recordChange(tx, { ...change, action: 'webhook.resent', after: { deliveryId: params.deliveryId } })
      const row = must(await deliveryById(tx, params.id, params.deliveryId), 'delivery')
      return ok(deliveryView(row, wordsOf(texts, caller.language)))
    },
  })

const resendingDead = (deps: WebhookDeps): AnyRoute =>
  tenantRoute({
    method: 'POST',
    path: '/v1/webhooks/:id/resend-dead',
    tag: TAG,
    summary: 'Send again all that was given up',
    right: 'webhooks.resend',
    params: webhookParams,
    answer: z.strictObject({ count: z.int() }),
    status: 202,
    refusals: { 'no-such-webhook': 404 },
    async handle(tx, { params, caller, at }) {
      if ((await lockWebhook(tx, params.id)) === undefined) return refuse('no-such-webhook')
      const count = await requeue(tx, params.id, 'dead', at)
      await wakeWebhooks(tx, [params.id], at)
      await clearDeadLetters(tx, deps, params.id, at)
      const change = { caller, at, objectKind: 'webhook', objectId: params.id }
      await deps.recordChange(tx, { ...change, action: 'webhook.resent', after: { count } })
      return ok({ count })
    },
  })
