/**
 * Receives what Lataamo hands on by webhook: verifies each message, takes each once, keeps the latest revision of every session and
 * the alerts that are open.
 * Nothing but Node is needed.
 *
 *     WEBHOOK_SECRET=whsec_… PORT=9000 node docs/receive-webhooks.ts
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import http from 'node:http'

const FIVE_MINUTES = 300

/**
 * Whether a message is from who holds the secret, and fresh (Standard Webhooks 1.0). The body must be the very bytes that came: verify
 * first, parse then. While a secret is being replaced there are two signatures; one that fits is enough.
 */
export function isGenuine(
  secret: string,
  headers: http.IncomingHttpHeaders,
  body: Buffer,
  now: Temporal.Instant,
): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false
  if (!(Math.abs(now.epochMilliseconds / 1_000 - Number(timestamp)) <= FIVE_MINUTES)) return false
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
  return signatures.split(' ').some((one) => {
    const [version, signature = ''] = one.split(',')
    const given = Buffer.from(signature, 'base64')
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
  })
}

interface SessionRecord {
  readonly sessionId: string
  readonly revision: number
  readonly energyWh: number
}

interface Alert {
  readonly id: string
  readonly severity: 'critical' | 'major' | 'minor'
  readonly state: 'open' | 'acknowledged' | 'cleared'
  readonly text: string
}

interface Message {
  readonly id: string
  readonly type: string
  readonly version: number
  readonly timestamp: string
  readonly data: unknown
}

// A real receiver keeps both in its database, in one transaction with what it does.
const seen = new Set<string>()
const records = new Map<string, SessionRecord>()
const alerts = new Map<string, Alert>()

function take({ id, type, version, data }: Message): void {
  // The same message may come more than once: it has the same id then.
  if (seen.has(id)) return
  seen.add(id)
  // A type or a version that is not known yet is none of ours.
  if (version !== 1) return
  if (type === 'session-record.created') takeRecord(data as SessionRecord)
  if (type.startsWith('alert.')) takeAlert(data as Alert)
}

function takeRecord(record: SessionRecord): void {
  // A later revision replaces the earlier one: what was billed is corrected by the difference.
  if ((records.get(record.sessionId)?.revision ?? 0) < record.revision) records.set(record.sessionId, record)
  console.log(`session ${record.sessionId}, revision ${record.revision}: ${record.energyWh} Wh`)
}

function takeAlert(alert: Alert): void {
  if (alert.state === 'cleared') alerts.delete(alert.id)
  else alerts.set(alert.id, alert)
  console.log(`alert ${alert.id}, ${alert.severity}, ${alert.state}: ${alert.text} (${alerts.size} open)`)
}

if (import.meta.main) {
  const secret = process.env['WEBHOOK_SECRET']
  if (secret === undefined)
    throw new Error('Set WEBHOOK_SECRET to the secret that was shown when the webhook was made.')
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      if (!isGenuine(secret, request.headers, body, Temporal.Now.instant())) {
        response.writeHead(401).end()
        return
      }
      take(JSON.parse(body.toString()) as Message)
      // Answer once it is kept, within 15 seconds. Anything but 2xx is sent again.
      response.writeHead(204).end()
    })
  })
  server.listen(Number(process.env['PORT'] ?? 9000), '127.0.0.1', () => {
    console.log('receiving')
  })
}
