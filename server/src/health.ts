import { z } from 'zod'
import {
  type AnyRoute,
  countDue,
  type Ground,
  type Metrics,
  ok,
  openMetrics,
  openRoute,
  type Readiness,
  refuse,
  type RoomWatch,
} from './platform/index.ts'
import type { Stations } from './stations/index.ts'

/** Whether this process would serve, and which part is missing. */
export function readinessOf(ground: Ground, stations: Stations, room: RoomWatch): Readiness {
  return async () => {
    const missing: string[] = []
    await ground.database.ping().catch(() => missing.push('the database does not answer'))
    if (!room.hasRoom()) missing.push('the disk is full: free some space')
    else if (!stations.gateway.isOnline()) missing.push('stations are sent away until the database answers')
    return { ready: missing.length === 0, missing }
  }
}

/** What an operator is called for, as Prometheus reads it. */
export function metricsOf(ground: Ground, { gateway }: Stations): Metrics {
  const metrics = openMetrics()
  metrics.gauge('stations_connected', 'Stations with an open socket.', () => gateway.connections)
  metrics.gauge('online', 'Whether stations are taken: 0 while the database is away or the disk full.', () =>
    Number(gateway.isOnline()),
  )
  metrics.gauge('effects_due', 'What was saved and waits to be carried out or handed on.', () => countDue(ground))
  metrics.gauge('database_transactions', 'Transactions committed since the start.', () =>
    ground.database.transactions(),
  )
  return metrics
}

export function healthRoutes(readiness: Readiness): AnyRoute[] {
  const health = { tag: 'health', who: 'public', method: 'GET' } as const
  return [
    openRoute({
      ...health,
      path: '/healthz',
      summary: 'The process lives.',
      answer: z.strictObject({ alive: z.boolean() }),
      handle: async () => ok({ alive: true }),
    }),
    openRoute({
      ...health,
      path: '/readyz',
      summary: 'Would serve; else says which part is missing.',
      answer: z.strictObject({ ready: z.boolean() }),
      refusals: { 'not-ready': 503 },
      async handle() {
        const { ready, missing } = await readiness()
        return ready ? ok({ ready }) : refuse('not-ready', { values: { missing: missing.join('; ') } })
      },
    }),
  ]
}
