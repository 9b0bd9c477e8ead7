import { z } from 'zod'
import {
  type AnyRoute,
  cursorFrom,
  type Ground,
  listOf,
  ok,
  pageOf,
  paging,
  tenantRoute,
  type Tx,
  wholeListOf,
} from '../platform/index.ts'
import { loadParts } from './http-stations.ts'
import { evseSeens } from './rules/seen.ts'
import * as shapes from './shapes.ts'
import * as store from './store.ts'
import { isSeenAs, mapItem, partsOf, stationView } from './views.ts'

const TAG = 'stations'

const filter = z.strictObject({
  ...paging,
  identity: z.string().max(48).optional(),
  siteId: z.uuid().optional(),
  seen: z
    .string()
    .max(200)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(evseSeens)))
    .optional()
    .describe(`any of ${evseSeens.join(', ')}, separated by commas: stations with an EVSE in one of them`),
  q: z.string().max(100).optional(),
})

/** Many stations at once: as a list, and for the map. */
export function stationListRoutes(ground: Pick<Ground, 'publicUrl'>): readonly AnyRoute[] {
  return [listRoute(ground), mapRoute]
}

function listRoute({ publicUrl }: Pick<Ground, 'publicUrl'>): AnyRoute {
  return tenantRoute({
    method: 'GET',
    path: '/v1/stations',
    tag: TAG,
    summary: 'Stations, in the order in which they were added',
    right: 'stations.read',
    query: filter,
    answer: listOf(shapes.station),
    async handle(tx, { query, caller: { sites }, at }) {
      const { identity, siteId, q, seen } = query
      const wanted = { identity, siteId, q, sites }
      const after = placeFrom(query.cursor)
      const found =
        seen === undefined
          ? await store.loadStations(tx, store.stationCondition({ ...wanted, after }), query.limit + 1)
          : await seenFrom(tx, { wanted, seen, at, after, most: query.limit + 1 })
      const { shown, next } = pageOf(found, query.limit, ({ createdAt, id }) => [createdAt.toString(), id])
      const parts = await loadParts(tx, shown)
      const tenantSlug = await store.loadTenantSlug(tx)
      const count = (): Promise<number> =>
        seen === undefined
          ? store.countStations(tx, store.stationCondition(wanted))
          : seenFrom(tx, { wanted, seen, at }).then(({ length }) => length)
      return ok({
        items: parts.map((one) => stationView(one, { at, publicUrl, tenantSlug })),
        next,
        ...(query.count === 'true' ? { total: await count() } : {}),
      })
    },
  })
}

interface Place {
  readonly createdAt: string
  readonly id: string
}

function placeFrom(cursor: string | undefined): Place | undefined {
  const [createdAt, id] = cursorFrom(cursor) ?? []
  return createdAt === undefined ? undefined : { createdAt: String(createdAt), id: String(id) }
}

const READ_AT_ONCE = 500

/**
 * Stations that are seen so, from a place on, as many as are wanted. What is seen is computed, not stored: stations are read in turn until
 * there are enough.
 */
async function seenFrom(
  tx: Tx,
  asked: {
    readonly wanted: Omit<store.StationFilter, 'after'>
    readonly seen: readonly string[]
    readonly at: Temporal.Instant
    readonly after?: Place | undefined
    readonly most?: number
  },
): Promise<readonly store.StationRow[]> {
  const { wanted, seen, at, most = Number.POSITIVE_INFINITY } = asked
  const found: store.StationRow[] = []
  let after = asked.after
  for (;;) {
    const rows = await store.loadStations(tx, store.stationCondition({ ...wanted, after }), READ_AT_ONCE)
    const evses = await store.loadEvses(
      tx,
      rows.map(({ id }) => id),
    )
    const fitting = partsOf(rows, evses, []).filter((parts) => isSeenAs(parts, seen, at))
    found.push(...fitting.map(({ station }) => station))
    const last = rows.at(-1)
    if (last === undefined || rows.length < READ_AT_ONCE || found.length >= most) return found.slice(0, most)
    after = { createdAt: last.createdAt.toString(), id: last.id }
  }
}

const mapRoute = tenantRoute({
  method: 'GET',
  path: '/v1/map',
  tag: TAG,
  summary: 'Every station with its place and state, light',
  right: 'stations.read',
  answer: wholeListOf(shapes.mapItem),
  async handle(tx, { caller: { sites }, at }) {
    const rows = await store.loadStations(tx, store.withinSites(sites))
    const ids = rows.map(({ id }) => id)
    const parts = partsOf(rows, await store.loadEvses(tx, ids), [])
    return ok({ items: parts.map((one) => mapItem(one, at)), next: null })
  },
})
