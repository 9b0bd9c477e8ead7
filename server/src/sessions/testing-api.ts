import { carryOutDue, newId, ok, openHttp, openTexts, refuse, takeDue } from '../platform/index.ts'
import { wireSubscribers } from '../subscribers/index.ts'
import { type TestNetwork, testNetwork } from './testing-network.ts'
import { type Sessions, wireSessions } from './wire.ts'

/** What tests read of answers; the routes' own shapes are checked by the server. */
export interface TestBody {
  readonly id: string
  readonly state: string
  readonly items: readonly [TestBody, ...TestBody[]]
  readonly next: string | null
  readonly total: number
  readonly label?: string
  readonly flags: readonly string[]
  readonly lines: readonly unknown[]
  readonly history: readonly { readonly state: string }[]
  readonly reasons: readonly { readonly code: string; readonly message: string }[]
  readonly blockedReach: {
    readonly stations: number
    readonly told: number
    readonly answered: number
    readonly failed: number
  }
}

export interface TestApi {
  readonly network: TestNetwork
  readonly sessions: Sessions
  call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: TestBody }>
  workDeadlines(): Promise<number>
  workEffects(): Promise<number>
  close(): Promise<void>
}

/** Sessions and cards over REST for one member of staff, with a worker that works when told. */
export async function testApi(): Promise<TestApi> {
  const network = await testNetwork()
  const { ground, tenantId } = network
  const sessions = wireSessions(network.deps)
  const { raiseAlerts, clearAlerts } = network.deps
  const subscribers = wireSubscribers({
    ...network.deps,
    raiseAlert: (tx, alert) => raiseAlerts(tx, [alert]),
    clearAlert: (tx, cleared) => clearAlerts(tx, [cleared]),
  })
  const http = await openHttp({
    ground,
    texts: openTexts('languages'),
    routes: [...sessions.routes, ...subscribers.routes],
    async authenticate({ authorization }) {
      if (authorization !== 'Bearer key') return refuse('wrong-key')
      const rights = new Set([
        'sessions.read',
        'sessions.write',
        'usage.decide',
        'usage.write',
        'tokens.read',
        'tokens.write',
        'limits.write',
        'webhooks.read',
      ])
      return ok({ kind: 'staff', tenantId, actorId: newId(), actorName: 'Aino', rights, sites: 'all', language: 'en' })
    },
    trustedProxies: [],
    folders: [],
  })
  return {
    network,
    sessions,
    async call(method, url, body) {
      const answer = await http.inject({
        method,
        url,
        headers: { authorization: 'Bearer key' },
        ...(body === undefined ? {} : { payload: body as object }),
      })
      return { status: answer.statusCode, body: (answer.body === '' ? undefined : answer.json()) as TestBody }
    },
    workDeadlines: () => takeDue(ground, sessions.deadlines),
    workEffects: () => carryOutDue({ ...ground, handlers: { ...sessions.effects, ...subscribers.effects } }),
    async close() {
      await http.close()
      await network.close()
    },
  }
}
