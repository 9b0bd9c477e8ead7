import { type AnyRoute, openOutbound, type Texts } from '../../platform/index.ts'
import type { WebhookDeps } from './deps.ts'
import { openDispatcher } from './dispatch.ts'
import { webhookRoutes } from './http.ts'

export interface Webhooks {
  readonly routes: readonly AnyRoute[]
  /** For the worker: begins with what is due; answers how many targets. */
  sendDue(): Promise<number>
  /** Breaks off what is being sent, which will be sent again, and waits for that to be written down. */
  close(): Promise<void>
}

export function wireWebhooks(given: Omit<WebhookDeps, 'outbound'>, texts: Texts): Webhooks {
  const outbound = openOutbound()
  const deps = { ...given, outbound }
  const dispatcher = openDispatcher(deps)
  return {
    routes: webhookRoutes(deps, texts),
    sendDue: dispatcher.startDue,
    async close() {
      await dispatcher.stop()
      outbound.close()
    },
  }
}
