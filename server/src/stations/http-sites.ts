import { z } from 'zod'
import { recordChange } from '../audit/index.ts'
import {
  type AnyRoute,
  cursorFrom,
  listOf,
  newId,
  ok,
  pageOf,
  paging,
  refuse,
  tenantRoute,
  type Tx,
} from '../platform/index.ts'
import { isCountry, isTimeZone } from '../tenants/index.ts'
import { halfPosition } from './position.ts'
import * as shapes from './shapes.ts'
import * as store from './store-sites.ts'

const TAG = 'sites'
const NOT_FOUND = { 'no-such-site': 404 } as const

const text = (most: number) => z.string().trim().max(most).nullable().optional()
const fields = {
  address: text(200),
  postalCode: text(20),
  city: text(100),
  latitude: shapes.latitude.nullable().optional(),
  longitude: shapes.longitude.nullable().optional(),
  access: text(500),
  openingHours: text(500),
}
const country = z.string().refine(isCountry, { params: { code: 'not-a-country' } })
const timeZone = z.string().refine(isTimeZone, { params: { code: 'not-a-time-zone' } })
const newSite = z.strictObject({
  name: shapes.name,
  country: country.optional(),
  timeZone: timeZone.optional(),
  ...fields,
})
const siteChanges = z.strictObject({
  name: shapes.name.optional(),
  country: country.optional(),
  timeZone: timeZone.optional(),
  ...fields,
})

/** How many stations stand there is no part of the site itself. */
function setByPeople(view: z.input<typeof shapes.site>): unknown {
  const { stations: _, ...set } = view
  return set
}

export const siteRoutes: readonly AnyRoute[] = [
  tenantRoute({
    method: 'GET',
    path: '/v1/sites',
    tag: TAG,
    summary: 'Sites by name',
    right: 'stations.read',
    query: z.strictObject({ ...paging, q: z.string().max(100).optional().describe('a part of name, city or address') }),
    answer: listOf(shapes.site),
    async handle(tx, { query, caller: { sites } }) {
      const { q } = query
      const rows = await store.loadSites(tx, { sites, q, after: cursorFrom(query.cursor) }, query.limit + 1)
      const { shown, next } = pageOf(rows, query.limit, ({ name, id }) => [name, id])
      const total = query.count === 'true' ? { total: await store.countSites(tx, { sites, q }) } : {}
      return ok({ items: shown.map(siteView), next, ...total })
    },
  }),
  tenantRoute({
    method: 'GET',
    path: '/v1/sites/:id',
    tag: TAG,
    summary: 'One site',
    right: 'stations.read',
    params: shapes.idParams,
    answer: shapes.site,
    tagOf: setByPeople,
    refusals: NOT_FOUND,
    handle: async (tx, { params, caller }) => found(await find(tx, params.id, caller.sites)),
  }),
  tenantRoute({
    method: 'POST',
    path: '/v1/sites',
    tag: TAG,
    summary: 'Add a site; country and time zone are the network’s unless given',
    right: 'sites.write',
    body: newSite,
    answer: shapes.site,
    status: 201,
    refusals: { 'not-allowed': 403, 'half-a-position': 422, ...NOT_FOUND },
    async handle(tx, { body, caller, at }) {
      // Rights at named sites do not reach one that has no name yet.
      if (caller.sites !== 'all') return refuse('not-allowed')
      const half = halfPosition(body)
      if (half !== undefined) return refuse('half-a-position', half)
      const defaults = await store.loadTenantDefaults(tx)
      const id = newId()
      const site = { ...body, country: body.country ?? defaults.country, timeZone: body.timeZone ?? defaults.timeZone }
      await store.insertSite(tx, id, site, at)
      await recordChange(tx, { caller, at, action: 'site.added', objectKind: 'site', objectId: id, after: site })
      return found(await find(tx, id, 'all'))
    },
  }),
  tenantRoute({
    method: 'PATCH',
    path: '/v1/sites/:id',
    tag: TAG,
    summary: 'Change a site',
    right: 'sites.write',
    params: shapes.idParams,
    body: siteChanges,
    answer: shapes.site,
    tagOf: setByPeople,
    refusals: { ...NOT_FOUND, 'half-a-position': 422 },
    async handle(tx, { params: { id }, body, caller, at }) {
      const before = await find(tx, id, caller.sites)
      if (before === undefined) return refuse('no-such-site')
      const half = halfPosition(body, before)
      if (half !== undefined) return refuse('half-a-position', half)
      await store.changeSite(tx, id, body, at)
      const change = { caller, at, objectKind: 'site', objectId: id, before: siteView(before), after: body }
      await recordChange(tx, { ...change, action: 'site.changed' })
      return found(await find(tx, id, 'all'))
    },
  }),
  tenantRoute({
    method: 'DELETE',
    path: '/v1/sites/:id',
    tag: TAG,
    summary: 'Remove a site on which no station stands',
    right: 'sites.write',
    params: shapes.idParams,
    refusals: { ...NOT_FOUND, 'site-has-stations': 409 },
    async handle(tx, { params: { id }, caller, at }) {
      const before = await find(tx, id, caller.sites)
      if (before === undefined) return refuse('no-such-site')
      if (!(await store.removeSite(tx, id))) return refuse('site-has-stations')
      const change = { caller, at, objectKind: 'site', objectId: id, before: siteView(before) }
      await recordChange(tx, { ...change, action: 'site.removed' })
      return ok(undefined)
    },
  }),
]

async function find(tx: Tx, id: string, sites: 'all' | readonly string[]): Promise<store.SiteRow | undefined> {
  const [row] = await store.loadSites(tx, { sites, id }, 1)
  return row
}

function found(row: store.SiteRow | undefined) {
  return row === undefined ? refuse('no-such-site' as const) : ok(siteView(row))
}

function siteView(row: store.SiteRow): z.input<typeof shapes.site> {
  const number = (decimal: string | null): number | undefined => (decimal === null ? undefined : Number(decimal))
  return {
    id: row.id,
    name: row.name,
    address: row.address ?? undefined,
    postalCode: row.postalCode ?? undefined,
    city: row.city ?? undefined,
    country: row.country,
    latitude: number(row.latitude),
    longitude: number(row.longitude),
    timeZone: row.timeZone,
    access: row.access ?? undefined,
    openingHours: row.openingHours ?? undefined,
    createdAt: row.createdAt.toString({ smallestUnit: 'millisecond' }),
    stations: Number(row.stations),
  }
}
