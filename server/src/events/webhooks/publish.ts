import { textFromInstant } from '../../../../units/index.ts'
import { newId, type Tx } from '../../platform/index.ts'
import { type EventType, eventTypes, TEST_TYPE } from './event-types.ts'
import { insertDeliveries, insertEvents, type NewDelivery } from './store-deliveries.ts'
import { listenersOf, wakeWebhooks } from './store-webhooks.ts'

/** Something that programs outside may want to know. */
export interface NewEvent {
  readonly type: EventType
  /** Its natural key within its type: it is told once. */
  readonly key: string
  readonly data: unknown
  /** Of those with one ordering, a target takes a higher position only after the lower ones. */
  readonly ordering?: { readonly of: string; readonly position: number }
}

/** Leaves events for every target that listens to them, in the transaction in which they came to be. */
export async function publishEvents(tx: Tx, events: readonly NewEvent[], at: Temporal.Instant): Promise<void> {
  if (events.length === 0) return
  const listeners = await listenersOf(tx, [...new Set(events.map(({ type }) => type))])
  if (listeners.length === 0) return
  const rows = events.map((event) => ({
    event,
    ...rowOf(event.type, eventTypes[event.type].version, event.key, event.data, at),
  }))
  const fresh = await insertEvents(tx, rows, at)
  const deliveries = rows
    .filter(({ id }) => fresh.has(id))
    .flatMap(({ id, event }) =>
      listeners
        .filter(({ types }) => types.includes(event.type))
        .map(
          ({ id: webhookId }): NewDelivery => ({
            id: newId(),
            webhookId,
            eventId: id,
            type: event.type,
            ordering: event.ordering?.of ?? null,
            position: event.ordering?.position ?? 0,
          }),
        ),
    )
  if (deliveries.length === 0) return
  await insertDeliveries(tx, deliveries, at)
  await wakeWebhooks(tx, [...new Set(deliveries.map(({ webhookId }) => webhookId))], at)
}

/** A test for one target; answers its delivery. */
export async function publishTest(tx: Tx, webhookId: string, at: Temporal.Instant): Promise<string> {
  const row = rowOf(TEST_TYPE, 1, newId(), { webhookId }, at)
  await insertEvents(tx, [row], at)
  const delivery = { id: newId(), webhookId, eventId: row.id, type: TEST_TYPE, ordering: null, position: 0 }
  // Before all that waits: whoever presses the button wants to know now.
  await insertDeliveries(tx, [delivery], at, Temporal.Instant.fromEpochMilliseconds(0))
  return delivery.id
}

function rowOf(type: string, version: number, key: string, data: unknown, at: Temporal.Instant) {
  const id = newId()
  const body = JSON.stringify({ id: messageId(id), type, version, timestamp: textFromInstant(at), data })
  return { id, type, version, key, body }
}

/** What a receiver sees as `webhook-id`: the same at each try, its key against taking one twice. */
export function messageId(eventId: string): string {
  return `msg_${eventId.replaceAll('-', '')}`
}
