import { z } from 'zod'
import { instantFromText } from '../../../units/index.ts'
import { type AnyRoute, cursorFrom, cursorOf, type Ground, listOf, ok, paging, tenantRoute } from '../platform/index.ts'
import { loadParts } from './http-stations.ts'
import { evseSeens } from './rules/seen.ts'
import * as shapes from './shapes.ts'
import * as store from './store.ts'
import { isSeenAs, mapItem, partsOf, type StationParts, stationView } from './views.ts'

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
      // What is seen is computed, not stored: then all are looked at.
      const asked = seen === undefined ? { ...wanted, after } : wanted
      const rows = await store.loadStations(
        tx,
        store.stationCondition(asked),
        seen === undefined ? query.limit + 1 : undefined,
      )
      const all = await loadParts(tx, rows)
      const fitting = seen === undefined ? all : all.filter((parts) => isSeenAs(parts, seen, at))
      const following = seen === undefined || after === undefined ? fitting : fitting.filter(isAfter(after))
      const page = following.slice(0, query.limit)
      const last = page.at(-1)?.station
      const tenantSlug = await store.loadTenantSlug(tx)
      const total = seen === undefined ? await store.countStations(tx, store.stationCondition(wanted)) : fitting.length
      return ok({
        items: page.map((parts) => stationView(parts, { at, publicUrl, tenantSlug })),
        next:
          following.length > page.length && last !== undefined ? cursorOf([last.createdAt.toString(), last.id]) : null,
        ...(query.count === 'true' ? { total } : {}),
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

function isAfter(place: Place): (parts: StationParts) => boolean {
  const createdAt = instantFromText(place.createdAt)
  return ({ station }) => {
    const order = createdAt === undefined ? -1 : Temporal.Instant.compare(station.createdAt, createdAt)
    return order > 0 || (order === 0 && station.id > place.id)
  }
}

const mapRoute = tenantRoute({
  method: 'GET',
  path: '/v1/map',
  tag: TAG,
  summary: 'Every station with its place and state, light',
  right: 'stations.read',
  answer: z.strictObject({ items: z.array(shapes.mapItem) }),
  async handle(tx, { caller: { sites }, at }) {
    const rows = await store.loadStations(tx, store.withinSites(sites))
    const ids = rows.map(({ id }) => id)
    const parts = partsOf(rows, await store.loadEvses(tx, ids), [])
    return ok({ items: parts.map((one) => mapItem(one, at)) })
  },
})
