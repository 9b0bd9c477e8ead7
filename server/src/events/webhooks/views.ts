import { z } from 'zod'
import { instantText } from '../../platform/index.ts'
import type { Texts } from '../../platform/index.ts'
import { isDown } from '../rules/retry.ts'
import { eventTypeNames, TEST_TYPE } from './event-types.ts'
import { messageId } from './publish.ts'
import type { DeliveryDetail, DeliveryRow, Try } from './store-deliveries.ts'
import type { DeliveryCounts, WebhookRow } from './store-webhooks.ts'

const webhookStates = ['active', 'paused', 'disabled'] as const
export const deliveryStates = ['waiting', 'delivered', 'dead'] as const
export const typesShape = z
  .array(z.enum(eventTypeNames))
  .min(1)
  .transform((types) => [...new Set(types)])

const causeShape = z.strictObject({ code: z.string(), text: z.string() })

export const webhookShape = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  url: z.string(),
  types: z.array(z.enum(eventTypeNames)),
  state: z.enum(webhookStates),
  disabledAt: instantText.optional(),
  /** Until then the former secret signs too. */
  formerSecretUntil: instantText.optional(),
  createdAt: instantText,
  changedAt: instantText,
})

export const healthShape = z.strictObject({
  state: z.enum(['unused', 'well', 'failing', 'down']),
  since: instantText.optional(),
  cause: causeShape.optional(),
  retryAt: instantText.optional(),
  lastSuccessAt: instantText.optional(),
  waiting: z.int(),
  dead: z.int(),
})

export const deliveryShape = z.strictObject({
  id: z.uuid(),
  webhookId: z.uuid(),
  messageId: z.string(),
  type: z.enum([...eventTypeNames, TEST_TYPE]),
  /** What it is about, such as session and revision. */
  key: z.string(),
  /** Of a session's record: the number by which people know the session. */
  sessionNumber: z.int().optional(),
  state: z.enum(deliveryStates),
  attempts: z.int(),
  nextTryAt: instantText.optional(),
  cause: causeShape.optional(),
  createdAt: instantText,
  lastAttemptAt: instantText.optional(),
  deliveredAt: instantText.optional(),
  deadAt: instantText.optional(),
})

export const deliveryDetailShape = z.strictObject({
  ...deliveryShape.shape,
  /** The body as it is sent. */
  body: z.string(),
  history: z.array(
    z.strictObject({
      at: instantText,
      tookMs: z.int(),
      cause: causeShape.optional(),
      status: z.int().optional(),
      answer: z.string().optional(),
      detail: z.string().optional(),
    }),
  ),
})

export type Words = (code: string) => z.output<typeof causeShape>

/** Causes in a caller's language; `status-503` is one text for all statuses. */
export function wordsOf(texts: Texts, language: string): Words {
  return (code) => {
    const status = /^status-(\d+)$/.exec(code)?.[1]
    const key = status === undefined ? code : status.startsWith('3') ? 'redirect' : 'status'
    return { code, text: texts.find(language, `events.cause.${key}`, { status }) ?? code.replaceAll('-', ' ') }
  }
}

const instant = <N extends string>(name: N, at: Temporal.Instant | null): { readonly [K in N]?: string } =>
  at === null ? {} : ({ [name]: at.toString() } as { readonly [K in N]?: string })

export function webhookView(row: WebhookRow, at: Temporal.Instant): z.input<typeof webhookShape> {
  const { id, name, url, types, state, formerUntil } = row
  const isRotating = formerUntil !== null && Temporal.Instant.compare(at, formerUntil) < 0
  return {
    id,
    name,
    url,
    // What a newer version had known and this one does not is left out.
    types: eventTypeNames.filter((type) => types.includes(type)),
    state,
    ...instant('disabledAt', row.disabledAt),
    ...instant('formerSecretUntil', isRotating ? formerUntil : null),
    createdAt: row.createdAt.toString(),
    changedAt: row.changedAt.toString(),
  }
}

export function healthView(
  row: WebhookRow,
  counts: DeliveryCounts | undefined,
  words: Words,
): z.input<typeof healthShape> {
  const { failingSince, lastSuccessAt, lastCause, retryAt } = row
  const state = isDown(row)
    ? 'down'
    : failingSince !== null
      ? 'failing'
      : lastSuccessAt === null && lastCause === null
        ? 'unused'
        : 'well'
  return {
    state,
    ...instant('since', failingSince),
    ...(lastCause === null ? {} : { cause: words(lastCause) }),
    ...instant('retryAt', retryAt),
    ...instant('lastSuccessAt', lastSuccessAt),
    waiting: counts?.waiting ?? 0,
    dead: counts?.dead ?? 0,
  }
}

export function deliveryView(row: DeliveryRow, words: Words): z.input<typeof deliveryShape> {
  const isHeldUp = row.state === 'waiting' && !row.isHead
  const cause = isHeldUp ? 'waits-for-earlier' : row.cause
  return {
    id: row.id,
    webhookId: row.webhookId,
    messageId: messageId(row.eventId),
    type: row.type as z.input<typeof deliveryShape>['type'],
    key: row.key,
    ...(row.sessionNumber === null ? {} : { sessionNumber: Number(row.sessionNumber) }),
    state: row.state,
    attempts: row.attempts,
    ...instant('nextTryAt', isHeldUp ? null : row.dueAt),
    ...(cause === null ? {} : { cause: words(cause) }),
    createdAt: row.createdAt.toString(),
    ...instant('lastAttemptAt', row.lastAttemptAt),
    ...instant('deliveredAt', row.deliveredAt),
    ...instant('deadAt', row.deadAt),
  }
}

export function detailView(row: DeliveryDetail, words: Words): z.input<typeof deliveryDetailShape> {
  return { ...deliveryView(row, words), body: row.body, history: row.history.map((one) => tryView(one, words)) }
}

function tryView({ at, tookMs, cause, status, answer, detail }: Try, words: Words) {
  return {
    at,
    tookMs,
    ...(cause === undefined ? {} : { cause: words(cause) }),
    ...(status === undefined ? {} : { status }),
    ...(answer === undefined ? {} : { answer }),
    ...(detail === undefined ? {} : { detail }),
  }
}
