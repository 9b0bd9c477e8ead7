import { z } from 'zod'
import { dimensions, priceTotalsShape } from '../billing/index.ts'
import { type AnyRoute, type Ground, ok, openRoute, refuse, streamRoute } from '../platform/index.ts'
import { evseSeens } from '../stations/index.ts'
import { stationFinder } from './find-station.ts'
import { watchStation } from './watch-station.ts'

const publicStation = z.strictObject({
  number: z.string(),
  name: z.string().optional(),
  site: z.strictObject({ name: z.string(), address: z.string().optional(), city: z.string().optional() }).optional(),
  tenant: z.strictObject({ name: z.string(), language: z.string(), demo: z.boolean() }),
  evses: z.array(
    z.strictObject({
      id: z.int(),
      seen: z.enum(evseSeens),
      words: z.enum(['waiting-for-cable', 'waiting-for-card', 'cable-still-in']).optional(),
      connectors: z.array(z.strictObject({ type: z.string().optional(), maxPowerW: z.int().optional() })),
      powerW: z.int().optional(),
      session: z
        .strictObject({ energyWh: z.int(), durationSeconds: z.int(), cost: priceTotalsShape.optional() })
        .optional(),
    }),
  ),
  price: z
    .strictObject({
      currency: z.string(),
      parts: z.array(
        z.strictObject({
          dimension: z.enum(dimensions),
          unitPriceMicros: z.string(),
          taxPercent: z.string().nullable(),
          taxIncluded: z.boolean(),
          per: z.enum(['kWh', 'h', 'session']),
        }),
      ),
    })
    .optional(),
})

const params = z.strictObject({ number: z.string().max(20) })

/** Streams of one address at once: a household or an office behind one address, not a flood. */
const MOST_STREAMS_OF_ADDRESS = 50

/** What drivers look up without signing in. */
export function finderRoutes(ground: Pick<Ground, 'database' | 'bus' | 'clock' | 'log'>): readonly AnyRoute[] {
  const find = stationFinder(ground)
  const streams = new Map<string, number>()
  return [
    openRoute({
      method: 'GET',
      path: '/v1/public/stations/:number',
      tag: 'public',
      summary: 'State and price of a station, by the number on its sticker',
      who: 'public',
      params,
      answer: publicStation,
      refusals: { 'unknown-station-number': 404, 'check-digit': 404 },
      handle: async (call) => {
        const found = await find(call.params.number)
        return found.ok ? ok(found.value.station) : found
      },
    }),
    streamRoute({
      path: '/v1/public/stations/:number/events',
      tag: 'public',
      summary: 'The same as server-sent events, sent whole at first and whenever it changed',
      params,
      async open(call, stream) {
        const open = streams.get(call.ip) ?? 0
        if (open >= MOST_STREAMS_OF_ADDRESS) return refuse('too-many-streams')
        // Counted before it is looked for: of many at once none is open yet.
        streams.set(call.ip, open + 1)
        stream.onClose(() => {
          const left = (streams.get(call.ip) ?? 1) - 1
          if (left === 0) streams.delete(call.ip)
          else streams.set(call.ip, left)
        })
        const found = await find(call.params.number)
        if (!found.ok) return found
        watchStation({ ...ground, find }, found.value, stream)
        return ok(undefined)
      },
    }),
  ]
}
