import { movableClock, newId, type Outbound, openOutbound } from '../../platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../../platform/testing.ts'
import { saveSettings } from '../../tenants/index.ts'
import type { WebhookAlert, WebhookDeps } from './deps.ts'
import { type Dispatcher, openDispatcher } from './dispatch.ts'
import { type NewEvent, publishEvents } from './publish.ts'
import { newSecret } from './sign.ts'
import { type DeliveryRow, readDeliveries } from './store-deliveries.ts'
import { insertWebhook, webhookById, type WebhookRow } from './store-webhooks.ts'
import type { TestTarget } from './testing-target.ts'

/** A network with webhooks for tests: real PostgreSQL, real sockets, a clock that is moved, alerts kept in a list. */
export interface TestWebhooks {
  readonly ground: TestGround
  readonly clock: ReturnType<typeof movableClock>
  readonly deps: WebhookDeps
  readonly outbound: Outbound
  readonly tenantId: string
  readonly dispatcher: Dispatcher
  readonly alerts: (Pick<WebhookAlert, 'kind' | 'subject'> & { readonly what: 'raised' | 'cleared' })[]
  /** A webhook to a target on this machine, which is allowed for this network. */
  add(target: TestTarget, more?: { readonly types?: readonly string[] }): Promise<{ id: string; secret: string }>
  /** The record of a session in one revision comes to be. */
  publish(...events: readonly NewEvent[]): Promise<void>
  /** Sends what is due, until nothing is. */
  work(): Promise<void>
  deliveries(webhookId: string, state?: DeliveryRow['state']): Promise<readonly DeliveryRow[]>
  webhook(id: string): Promise<WebhookRow>
  close(): Promise<void>
}

export async function testWebhooks(timeoutMs = 2_000): Promise<TestWebhooks> {
  const clock = movableClock('2026-11-26T12:00:00Z')
  const ground = await testGround(clock)
  const tenantId = await makeTestTenant(ground, 'north')
  const alerts: TestWebhooks['alerts'] = []
  const outbound = openOutbound()
  const deps: WebhookDeps = {
    ...ground,
    outbound,
    chance: () => 0.5,
    timeoutMs,
    raiseAlert: async (_, { kind, subject }) => void alerts.push({ what: 'raised', kind, subject }),
    clearAlert: async (_, { kind, subject }) => void alerts.push({ what: 'cleared', kind, subject }),
    recordChange: async () => undefined,
  }
  const dispatcher = openDispatcher(deps)
  const ports = new Set<number>()
  return {
    ground,
    clock,
    deps,
    outbound,
    tenantId,
    dispatcher,
    alerts,
    async add(target, { types = ['session-record.created'] } = {}) {
      ports.add(target.port)
      const id = newId()
      const secret = newSecret()
      const key = await ground.keys.tenant(tenantId)
      await ground.database.inTenant(tenantId, async (tx) => {
        await saveSettings(
          tx,
          'outbound',
          [...ports].map((port) => ({ address: '127.0.0.1', port, plain: true })),
        )
        const sealed = key.encrypt(secret)
        const row = { id, name: 'Billing', url: target.url, types, state: 'active' as const, secret: sealed }
        await insertWebhook(tx, { ...row, at: clock.now() })
      })
      return { id, secret }
    },
    publish: (...events) => ground.database.inTenant(tenantId, (tx) => publishEvents(tx, events, clock.now())),
    async work() {
      while ((await dispatcher.startDue()) > 0) await dispatcher.idle()
    },
    deliveries: (webhookId, state) =>
      ground.database.inTenant(tenantId, (tx) => readDeliveries(tx, { webhookId, state }, undefined, 10_000)),
    async webhook(id) {
      const row = await ground.database.inTenant(tenantId, (tx) => webhookById(tx, id))
      if (row === undefined) throw new Error('no such webhook')
      return row
    },
    async close() {
      await dispatcher.stop()
      outbound.close()
      await ground.close()
    },
  }
}

/** A record of a session, as it is told. */
export function recordEvent(sessionId: string, revision = 1): NewEvent {
  return {
    type: 'session-record.created',
    key: `${sessionId}/${revision}`,
    data: { sessionId, revision, energyWh: 1_000 * revision },
    ordering: { of: sessionId, position: revision },
  }
}
