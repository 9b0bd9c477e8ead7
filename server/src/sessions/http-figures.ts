import { z } from 'zod'
import { ok, tenantRoute } from '../platform/index.ts'
import { readFigures } from './store-figures.ts'

/** What the network does now, for a strip of key figures: counted by the database, however large the network is. */
export const figuresRoute = tenantRoute({
  method: 'GET',
  path: '/v1/figures',
  tag: 'sessions',
  summary: 'What the network does now, in a few numbers',
  right: 'sessions.read',
  answer: z.strictObject({
    openSessions: z.int(),
    powerW: z.int().describe('of all that deliver at connected stations, as these told it last'),
    sessionsOfLastDay: z.int().describe('begun within 24 hours'),
  }),
  handle: async (tx, { caller, at }) => ok(await readFigures(tx, caller.sites, at)),
})
