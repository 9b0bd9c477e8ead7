import type { OutboundOutcome, Tx } from '../../platform/index.ts'
import { judge, type Verdict } from '../rules/outcome.ts'
import { afterFailure, type Health, howLong, isDown, nextTry, WELL } from '../rules/retry.ts'
import type { WebhookDeps } from './deps.ts'
import { type ClaimedDelivery, type Fate, hasDead, releaseWaiting, saveFates, type Try } from './store-deliveries.ts'
import { lockWebhook, saveHealth, setState, type WebhookRow } from './store-webhooks.ts'

export interface Tried {
  readonly delivery: ClaimedDelivery
  readonly outcome: OutboundOutcome
  /** Who was asked. */
  readonly url: string
}

/** Tries that are kept of each delivery. */
const KEPT = 10

interface Learnt {
  readonly health: Health
  readonly lastCause: string | null
  readonly wasTaken: boolean
  readonly isUnwanted: boolean
  readonly fates: readonly Fate[]
}

/** Writes down what became of tries, and what they say of the target, in one transaction. */
export async function settle(tx: Tx, deps: WebhookDeps, webhookId: string, tried: readonly Tried[]): Promise<void> {
  const at = deps.clock.now()
  const before = await lockWebhook(tx, webhookId)
  // Deleted while it was asked.
  if (before === undefined) return
  const learnt = learn(before, tried, at, deps.chance ?? Math.random)
  const settled = await saveFates(tx, learnt.fates, at)
  const lastSuccessAt = learnt.wasTaken ? at : before.lastSuccessAt
  await saveHealth(tx, webhookId, { ...learnt.health, lastCause: learnt.lastCause, lastSuccessAt })
  if (isDown(before) && !isDown(learnt.health)) await releaseWaiting(tx, webhookId, at)
  await tell(tx, deps, before, { ...learnt, fates: learnt.fates.filter(({ id }) => settled.has(id)) }, at)
}

function learn(before: WebhookRow, tried: readonly Tried[], at: Temporal.Instant, chance: () => number): Learnt {
  let health: Health = before
  let { lastCause } = before
  let wasTaken = false
  let isUnwanted = false
  const fates: Fate[] = []
  for (const one of tried) {
    const { delivery, outcome } = one
    const verdict = judgeTry(before, one, at)
    const counts = !isDown(before)
    fates.push(fateOf(delivery, { verdict, outcome, at, counts, chance: chance() }))
    if (verdict.kind === 'taken') wasTaken = true
    if (verdict.kind === 'taken' || (verdict.kind === 'not-taken' && verdict.fault === 'message')) {
      health = WELL
      lastCause = null
    } else if (verdict.kind !== 'broken-off') {
      const waitSeconds = verdict.kind === 'not-taken' ? verdict.waitSeconds : undefined
      health = afterFailure(health, at, { chance: chance(), waitSeconds })
      lastCause = verdict.cause
      isUnwanted ||= verdict.kind === 'unwanted'
    }
  }
  // Broken off while down: it may be asked again at once, by whoever starts next.
  const isOpen = isDown(before) && health === before
  return { health: isOpen ? { ...health, retryAt: at } : health, lastCause, wasTaken, isUnwanted, fates }
}

/** A no from under another address than it has now says nothing of it. */
function judgeTry({ url: now }: WebhookRow, { outcome, url }: Tried, at: Temporal.Instant): Verdict {
  const verdict = judge(outcome, at)
  return url === now || verdict.kind === 'taken' ? verdict : { kind: 'broken-off' }
}

interface Fated {
  readonly verdict: Verdict
  readonly outcome: OutboundOutcome
  readonly at: Temporal.Instant
  /** Whether a failure counts against the delivery: not where the target is known to be down. */
  readonly counts: boolean
  readonly chance: number
}

function fateOf(
  { id, attempts, tries, history, claimedUntil }: ClaimedDelivery,
  { verdict, outcome, at, counts, chance }: Fated,
): Fate {
  if (verdict.kind === 'broken-off')
    return { id, state: 'waiting', attempts, tries, dueAt: at, fault: null, cause: null, history, claimedUntil }
  const seen: Fate = {
    id,
    state: 'delivered',
    attempts: attempts + 1,
    tries,
    dueAt: null,
    fault: null,
    cause: null,
    history: [...history, tryOf(verdict, outcome, at)].slice(-KEPT),
    claimedUntil,
  }
  if (verdict.kind === 'taken') return seen
  const fault = verdict.kind === 'not-taken' ? verdict.fault : 'target'
  const { cause } = verdict
  if (fault === 'target' && !counts) return { ...seen, state: 'waiting', dueAt: at, fault, cause }
  const dueAt = nextTry(tries + 1, fault, at, chance)
  if (dueAt === undefined) return { ...seen, state: 'dead', tries: tries + 1, fault, cause }
  return { ...seen, state: 'waiting', tries: tries + 1, dueAt, fault, cause }
}

function tryOf(verdict: Verdict, outcome: OutboundOutcome, at: Temporal.Instant): Try {
  const cause = verdict.kind === 'not-taken' || verdict.kind === 'unwanted' ? { cause: verdict.cause } : {}
  const said =
    outcome.kind === 'answered'
      ? { status: outcome.status, ...(outcome.excerpt === '' ? {} : { answer: shown(outcome.excerpt, 500) }) }
      : outcome.kind === 'failed'
        ? { detail: shown(outcome.detail, 300) }
        : {}
  return { at: at.toString(), tookMs: outcome.tookMs, ...cause, ...said }
}

// oxlint-disable-next-line no-control-regex -- they are just what is taken out
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g

/** A stranger's words: what the database cannot keep, and what would act on a screen, is replaced. */
function shown(text: string, most: number): string {
  return text.slice(0, most).replaceAll(CONTROL, '\ufffd').toWellFormed()
}

/** Staff hear of a target that stays away, of one that is given up, and of what will not be tried again. */
async function tell(
  tx: Tx,
  deps: WebhookDeps,
  webhook: WebhookRow,
  { health, lastCause, isUnwanted, fates }: Learnt,
  at: Temporal.Instant,
): Promise<void> {
  const { tenantId } = tx
  const subject = webhook.id
  const evidence = { name: webhook.name, cause: lastCause }
  const about = { tenantId, subject, at }
  const dead = fates.filter(({ state }) => state === 'dead')
  const [first] = dead
  if (first !== undefined) {
    const more = { name: webhook.name, cause: first.cause, deliveryId: first.id }
    await deps.raiseAlert(tx, { ...about, kind: 'webhook-dead-letter', severity: 'critical', evidence: more })
  }
  const failing = howLong(health, at)
  if (isUnwanted || failing === 'give-up') {
    await setState(tx, webhook.id, 'disabled', at)
    await deps.clearAlert(tx, { ...about, kind: 'webhook-failing' })
    await deps.raiseAlert(tx, { ...about, kind: 'webhook-disabled', severity: 'critical', evidence })
  } else if (failing === 'tell') {
    await deps.raiseAlert(tx, { ...about, kind: 'webhook-failing', severity: 'major', evidence })
  } else if (failing === 'well' && isDown(webhook)) {
    await deps.clearAlert(tx, { ...about, kind: 'webhook-failing' })
  }
}

/** After a resend: the alert stays for as long as something is dead. */
export async function clearDeadLetters(
  tx: Tx,
  deps: WebhookDeps,
  webhookId: string,
  at: Temporal.Instant,
): Promise<void> {
  if (await hasDead(tx, webhookId)) return
  await deps.clearAlert(tx, { tenantId: tx.tenantId, kind: 'webhook-dead-letter', subject: webhookId, at })
}
