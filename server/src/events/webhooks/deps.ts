import type { Ground, Outbound, StaffOrKey, Tx } from '../../platform/index.ts'

export interface WebhookAlert {
  readonly tenantId: string
  readonly kind: 'webhook-failing' | 'webhook-disabled' | 'webhook-dead-letter'
  readonly severity: 'critical' | 'major' | 'minor'
  readonly subject: string
  readonly evidence: Readonly<Record<string, unknown>>
  readonly at: Temporal.Instant
}

/** Who did what to a webhook, for the audit trail. */
export interface WebhookChange {
  readonly caller: StaffOrKey
  readonly at: Temporal.Instant
  readonly action: string
  readonly objectKind: string
  readonly objectId: string
  readonly before?: unknown
  readonly after?: unknown
}

/** What webhooks are given besides the ground; alerts are a feature above, the audit trail one beside. */
export interface WebhookDeps extends Pick<Ground, 'database' | 'keys' | 'clock' | 'log'> {
  readonly outbound: Outbound
  raiseAlert(tx: Tx, alert: WebhookAlert): Promise<void>
  clearAlert(tx: Tx, cleared: Pick<WebhookAlert, 'tenantId' | 'kind' | 'subject' | 'at'>): Promise<void>
  recordChange(tx: Tx, change: WebhookChange): Promise<void>
  /** From 0 to 1, for spreading retries. */
  readonly chance?: () => number
  /** For one try, from the look-up of the name to the answer's headers. */
  readonly timeoutMs?: number
}
