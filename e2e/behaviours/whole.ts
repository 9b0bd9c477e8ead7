import { languagesFolder, wireFeatures } from '../../server/src/app.ts'
import { type Clock, type Log, movableClock, newId, ok, openHttp, openTexts } from '../../server/src/platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../../server/src/platform/testing.ts'
import { allRights } from '../../server/src/rights/index.ts'
import { makeTestTariff, makeTestToken } from '../../server/src/sessions/testing-network.ts'
import type { Stations } from '../../server/src/stations/index.ts'

/**
 * Everything the server is, in this process: real sockets, real PostgreSQL, its worker running; only the clock is ours,
 * so that deadlines come when a test says so. One tenant, whose staff may do everything.
 */
export interface Whole {
  readonly ground: TestGround
  readonly clock: Clock & { move(duration: Temporal.DurationLike): void }
  readonly stations: Stations
  readonly tenantId: string
  readonly port: number
  /** What was logged as an error: nothing, unless a test provokes it. */
  readonly errors: { readonly text: string; readonly fields: unknown }[]
  call<T>(
    method: 'GET' | 'POST' | 'PATCH',
    url: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: T }>
  close(): Promise<void>
}

export const SLUG = 'behave'
/** Known to the network: an ordinary card, one of the same family, a stranger's, and one that is blocked. */
export const CARD = '04AABBCCDD1122'
export const FAMILY_CARD = '04AABBCCDD3344'
export const OTHER_CARD = '04EEEEEEEE5566'
export const BLOCKED_CARD = '04B10CB10C7788'
export const FAMILY = 'FAMILY-1'

export async function openWhole(): Promise<Whole> {
  const clock = movableClock('2026-11-26T08:00:00Z')
  const errors: { text: string; fields: unknown }[] = []
  const log: Log = { debug() {}, info() {}, warn() {}, error: (text, fields) => void errors.push({ text, fields }) }
  const ground = { ...(await testGround(clock)), log }
  const tenantId = await makeTestTenant(ground, SLUG)
  await makeTestTariff({ ground, tenantId })
  await makeTestToken({ ground, tenantId }, CARD, { groupUid: FAMILY })
  await makeTestToken({ ground, tenantId }, FAMILY_CARD, { groupUid: FAMILY })
  await makeTestToken({ ground, tenantId }, OTHER_CARD)
  await makeTestToken({ ground, tenantId }, BLOCKED_CARD, { status: 'blocked' })
  const texts = openTexts(languagesFolder)
  const features = wireFeatures(ground, texts, { isDemo: false, messagesPerSecond: 5_000 })
  const http = await openHttp({
    ground,
    texts,
    routes: features.routes,
    authenticate: async () =>
      ok({
        kind: 'staff',
        tenantId,
        actorId: newId(),
        actorName: 'Aino',
        rights: new Set(allRights),
        sites: 'all',
        language: 'en',
      }),
    trustedProxies: [],
    folders: [],
  })
  features.stations.gateway.attach(http.server)
  const port = await http.listen('127.0.0.1', 0)
  const loops = features.loops()
  return {
    ground,
    clock: {
      ...clock,
      // What is due now is done now, not when the worker's pause in real time is over.
      move(duration) {
        clock.move(duration)
        for (const loop of loops) loop.wake()
      },
    },
    stations: features.stations,
    tenantId,
    port,
    errors,
    async call(method, url, body) {
      const headers = { authorization: 'Bearer key' }
      const answer = await http.inject({
        method,
        url,
        headers,
        ...(body === undefined ? {} : { payload: body as object }),
      })
      return { status: answer.statusCode, body: answer.json() }
    },
    async close() {
      await features.stations.close()
      await Promise.all(loops.map((loop) => loop.stop()))
      features.closeEvents()
      await http.close()
      await ground.close()
    },
  }
}
