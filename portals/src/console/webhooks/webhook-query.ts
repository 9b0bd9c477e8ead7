import { queryOptions } from '@tanstack/react-query'
import { get } from '../../api.ts'
import type { Delivery, DeliveryDetail, List, Webhook, WebhookHealth, WebhookListed } from '../../api-types.ts'
import { usePages } from '../../pages-of-list.ts'

/** Deliveries are no live events: pages ask again every few seconds. */
const EVERY_MS = 4_000

export function useWebhooks() {
  return usePages<List<WebhookListed>>({
    key: ['webhooks', 'all'],
    path: '/v1/webhooks',
    filters: { limit: 200 },
    everyMs: () => EVERY_MS,
  })
}

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id],
    queryFn: ({ signal }) => get<Webhook>(`/v1/webhooks/${id}`, signal),
    refetchInterval: EVERY_MS,
  })

export const healthQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id, 'health'],
    queryFn: ({ signal }) => get<WebhookHealth>(`/v1/webhooks/${id}/health`, signal),
    refetchInterval: EVERY_MS,
  })

export function useDeliveries(id: string, state: string | undefined) {
  return usePages<List<Delivery>>({
    key: ['webhooks', id, 'deliveries', 'of-state', state],
    path: `/v1/webhooks/${id}/deliveries`,
    filters: { state },
    everyMs: () => EVERY_MS,
  })
}

/** How soon it is asked again what became of a test: quickly at first; a target that hangs may take long. */
export function testRefetchMs(attempts: number | undefined, asked: number): number | false {
  if (attempts !== undefined && attempts > 0) return false
  return asked < 20 ? 500 : EVERY_MS
}

export const deliveryQuery = (id: string, deliveryId: string) =>
  queryOptions({
    queryKey: ['webhooks', id, 'deliveries', deliveryId],
    queryFn: ({ signal }) => get<DeliveryDetail>(`/v1/webhooks/${id}/deliveries/${deliveryId}`, signal),
    refetchInterval: EVERY_MS,
  })
