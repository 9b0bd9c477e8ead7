import type { DataKey, OutboundOutcome } from '../../platform/index.ts'
import { readOutbound } from '../../tenants/index.ts'
import { allowedFrom } from './allowed-targets.ts'
import type { WebhookDeps } from './deps.ts'
import { settle, type Tried } from './settle.ts'
import { isDown } from '../rules/retry.ts'
import { messageId } from './publish.ts'
import { signedHeaders } from './sign.ts'
import { byIndex, claimDeliveries, type ClaimedDelivery, nextDue } from './store-deliveries.ts'
import {
  dueWebhooks,
  lockWebhook,
  type Secrets,
  secretsOf,
  setDue,
  setRetryAt,
  type WebhookRow,
} from './store-webhooks.ts'

/** Hands events on: each target by itself, so that none slows another. */
export interface Dispatcher {
  /** Begins with every target that has something to do and is not being worked on; answers how many. Waits for none of them. */
  startDue(): Promise<number>
  /** Resolves when nothing is being sent. */
  idle(): Promise<void>
  /** Breaks off what is being sent, which will be sent again, and waits for that to be written down. */
  stop(): Promise<void>
}

/** So many at once to a target that is well; one that is down gets one. */
const AT_ONCE = 16
const TIMEOUT_MS = 15_000
/** Beyond a try's time: then another may take what one that died had claimed. */
const CLAIMED_FOR = Temporal.Duration.from({ seconds: 30 })

interface Claim {
  readonly webhook: WebhookRow
  readonly secrets: Secrets
  readonly allowed: ReturnType<typeof allowedFrom>
  readonly deliveries: readonly ClaimedDelivery[]
}

export function openDispatcher(deps: WebhookDeps): Dispatcher {
  const running = new Map<string, Promise<void>>()
  const stopping = new AbortController()

  const run = async (tenantId: string, webhookId: string): Promise<void> => {
    const key = await deps.keys.tenant(tenantId)
    for (;;) {
      const claim = await claimDue(deps, tenantId, webhookId)
      if (claim === undefined) return
      const tried = await Promise.all(
        claim.deliveries.map(async (delivery): Promise<Tried> => {
          const outcome = await send(deps, key, claim, delivery, stopping.signal)
          return { delivery, outcome, url: claim.webhook.url }
        }),
      )
      await deps.database.inTenant(tenantId, (tx) => settle(tx, deps, webhookId, tried))
      if (stopping.signal.aborted) return
    }
  }

  return {
    async startDue() {
      if (stopping.signal.aborted) return 0
      const due = await deps.database.asWorker((tx) => dueWebhooks(tx, deps.clock.now()))
      let started = 0
      for (const { tenantId, id } of due) {
        if (running.has(id)) continue
        started += 1
        const work = run(tenantId, id)
          .catch((error: unknown) =>
            deps.log.warn('events could not be handed on and wait', { tenantId, webhookId: id, error }),
          )
          .finally(() => running.delete(id))
        running.set(id, work)
      }
      return started
    },
    async idle() {
      while (running.size > 0) await Promise.all(running.values())
    },
    async stop() {
      stopping.abort()
      await Promise.all(running.values())
    },
  }
}

/** What may go to a target now; undefined: nothing, and the target's row says when again. */
async function claimDue(
  { database, clock }: WebhookDeps,
  tenantId: string,
  webhookId: string,
): Promise<Claim | undefined> {
  return database.inTenant(tenantId, async (tx) => {
    const at = clock.now()
    const webhook = await lockWebhook(tx, webhookId)
    const secrets = webhook === undefined ? undefined : await secretsOf(tx, webhookId)
    if (webhook === undefined || secrets === undefined) return undefined
    if (webhook.state !== 'active') {
      await setDue(tx, webhookId, null)
      return undefined
    }
    const { retryAt } = webhook
    if (retryAt !== null && Temporal.Instant.compare(retryAt, at) > 0) {
      await setDue(tx, webhookId, retryAt)
      return undefined
    }
    const until = at.add(CLAIMED_FOR)
    await byIndex(tx)
    const limit = isDown(webhook) ? 1 : AT_ONCE
    const deliveries = await claimDeliveries(tx, webhookId, { at, until, limit })
    if (deliveries.length === 0) {
      await setDue(tx, webhookId, await nextDue(tx, webhookId))
      return undefined
    }
    // Nobody else asks a target that is down meanwhile.
    if (isDown(webhook)) await setRetryAt(tx, webhookId, until)
    return { webhook, secrets, deliveries, allowed: allowedFrom((await readOutbound(tx))?.allowed) }
  })
}

async function send(
  { outbound, clock, timeoutMs }: WebhookDeps,
  key: DataKey,
  { webhook, secrets, allowed }: Claim,
  { eventId, body }: ClaimedDelivery,
  signal: AbortSignal,
): Promise<OutboundOutcome> {
  const at = clock.now()
  const { secret, formerSecret, formerUntil } = secrets
  const alsoFormer = formerSecret !== null && formerUntil !== null && Temporal.Instant.compare(at, formerUntil) < 0
  const plain = [secret, ...(alsoFormer ? [formerSecret] : [])].map((sealed) => key.decrypt(sealed).toString())
  return outbound.post({
    url: webhook.url,
    body,
    headers: {
      ...signedHeaders({ id: messageId(eventId), at, body }, plain),
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Lataamo-Webhooks/1',
    },
    timeoutMs: timeoutMs ?? TIMEOUT_MS,
    allowed,
    signal,
  })
}
