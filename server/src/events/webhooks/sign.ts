import { createHmac, randomBytes } from 'node:crypto'

/** Standard Webhooks 1.0: a symmetric secret, 24 to 64 random bytes, written `whsec_` and base64. */
const PREFIX = 'whsec_'
const SECRET_BYTES = 32

export function newSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64')
}

export interface Signed {
  readonly id: string
  /** The moment of this try. */
  readonly at: Temporal.Instant
  readonly body: string
}

/** The headers of a try: one signature for each secret, so that a receiver who knows either is content. */
export function signedHeaders({ id, at, body }: Signed, secrets: readonly string[]): Readonly<Record<string, string>> {
  const timestamp = Math.floor(at.epochMilliseconds / 1_000)
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') }
}
