import type { Delivery, Webhook, WebhookHealth } from '../../api-types.ts'

/**
 * When a delivery is tried again, as far as that can be promised: not while its webhook is paused or disabled, nor while its
 * target is down. Then one delivery at a time asks whether it is back, and the target's own next try is what counts.
 */
export function nextTryOf(
  delivery: Pick<Delivery, 'state' | 'attempts' | 'nextTryAt'>,
  webhook: Pick<Webhook, 'state'>,
  health: Pick<WebhookHealth, 'state'>,
): string | undefined {
  const isTried = delivery.state === 'waiting' && delivery.attempts > 0
  return isTried && webhook.state === 'active' && health.state !== 'down' ? delivery.nextTryAt : undefined
}
