import { z } from 'zod'
import { recordChange } from '../audit/index.ts'
import {
  type AnyRoute,
  cursorFrom,
  type Ground,
  listOf,
  ok,
  pageOf,
  paging,
  refuse,
  type Result,
  tenantRoute,
  type Tx,
} from '../platform/index.ts'
import { sitesForQuery } from '../rights/index.ts'
import { viewStation } from './http-stations.ts'
import { credentialOf, makeStation, newPassword, UNKNOWN_SITE } from './make-station.ts'
import type { RefusalReason } from './rules/admission.ts'
import { stationUrl } from './rules/station-path.ts'
import * as shapes from './shapes.ts'
import {
  changeStation,
  declareEvses,
  loadStations,
  loadTenantSlug,
  setCredential,
  siteExists,
  stationIdentified,
} from './store.ts'
import { countRefused, findRefused, forgetRefused, loadRefused, type RefusedRow } from './store-refused.ts'

const TAG = 'stations'

const adoption = z.strictObject({
  name: shapes.name.optional(),
  siteId: z.uuid().optional(),
  evses: shapes.declaredEvses.optional(),
  keepPassword: z.boolean().optional(),
  plainUntil: shapes.instant.optional(),
})

export function refusedRoutes(
  ground: Ground,
  touch: (tenantId: string, stationId: string) => void,
): readonly AnyRoute[] {
  return [listRoute(ground), adoptRoute(ground, touch)]
}

function listRoute(ground: Ground): AnyRoute {
  return tenantRoute({
    method: 'GET',
    path: '/v1/refused-stations',
    tag: TAG,
    summary: 'Stations that were turned away: why, and the address they should have used',
    right: 'stations.read',
    query: z.strictObject(paging),
    answer: listOf(shapes.refusedStation),
    async handle(tx, { query, caller }) {
      const sites = sitesForQuery(caller)
      const rows = await loadRefused(tx, { sites, limit: query.limit + 1, before: cursorFrom(query.cursor) })
      const slug = await loadTenantSlug(tx)
      const { shown, next } = pageOf(rows, query.limit, ({ lastAt, id }) => [String(lastAt), id])
      const total = query.count === 'true' ? { total: await countRefused(tx, sites) } : {}
      return ok({ items: shown.map((row) => refusedView(row, ground.publicUrl, slug)), next, ...total })
    },
  })
}

function adoptRoute(ground: Ground, touch: (tenantId: string, stationId: string) => void): AnyRoute {
  return tenantRoute({
    method: 'POST',
    path: '/v1/refused-stations/:id/adopt',
    tag: TAG,
    summary: 'Make it one of yours; it may keep the password it offered',
    right: 'stations.write',
    params: shapes.idParams,
    body: adoption,
    answer: shapes.stationWithPassword,
    status: 201,
    refusals: {
      'no-such-refused-station': 404,
      'no-identity': 422,
      'no-password-to-keep': 422,
      'no-such-site': 422,
      'identity-taken': 409,
      'not-allowed': 403,
    },
    async handle(tx, { params, body, caller, at }) {
      if (caller.sites !== 'all') return refuse('not-allowed')
      const row = await findRefused(tx, params.id)
      if (row === undefined) return refuse('no-such-refused-station')
      if (row.identity === null) return refuse('no-identity')
      if (body.keepPassword === true && row.offeredHash === null) return refuse('no-password-to-keep')
      const adopted = await adopt(tx, ground, { row, identity: row.identity, body, at })
      if (!adopted.ok) return adopted
      const { id, password } = adopted.value
      await forgetRefused(tx, row.identity)
      const { keepPassword: keptPassword = false, ...said } = body
      await recordChange(tx, {
        caller,
        at,
        action: 'station.adopted',
        objectKind: 'station',
        objectId: id,
        after: { ...said, plainUntil: said.plainUntil?.toString(), identity: row.identity, keptPassword },
      })
      tx.afterCommit(() => touch(caller.tenantId, id))
      return ok({ ...(await viewStation(tx, ground, id, at)), ...(password === undefined ? {} : { password }) })
    },
  })
}

/** Why a station stayed outside whom another password may let in. Any other would lose by it the one that it has. */
const PASSWORD_FAULTS: ReadonlySet<string> = new Set([
  'unknown-identity',
  'no-credential',
  'wrong-password',
  'wrong-user',
  'too-many-tries',
  'quarantined',
] satisfies RefusalReason[])

/** A station that is ours already gets what kept it out: another password, or the exception it needs. */
async function adopt(
  tx: Tx,
  ground: Ground,
  wanted: {
    readonly row: RefusedRow
    readonly identity: string
    readonly body: z.output<typeof adoption>
    readonly at: Temporal.Instant
  },
): Promise<Result<{ readonly id: string; readonly password?: string }, 'identity-taken' | 'no-such-site'>> {
  const { row, identity, body, at } = wanted
  const { keepPassword, ...making } = body
  const { offeredHash: hash, offeredKeyVersion: keyVersion } = row
  const kept = keepPassword === true && hash !== null && keyVersion !== null ? { hash, keyVersion } : undefined
  const [known] = await loadStations(tx, stationIdentified(identity))
  if (known === undefined) return makeStation(tx, ground, { ...making, identity, credential: kept }, at)
  if (body.siteId !== undefined && !(await siteExists(tx, body.siteId))) return refuse('no-such-site', UNKNOWN_SITE)
  await changeStation(tx, known.id, { name: body.name, siteId: body.siteId, plainUntil: body.plainUntil }, at)
  await declareEvses(tx, known.id, body.evses ?? [])
  if (kept !== undefined) await setCredential(tx, known.id, kept, at)
  const needsNew = kept === undefined && PASSWORD_FAULTS.has(row.reason)
  if (!needsNew) return ok({ id: known.id })
  const password = newPassword()
  await setCredential(tx, known.id, credentialOf(await ground.keys.tenant(tx.tenantId), password), at)
  return ok({ id: known.id, password })
}

function refusedView(row: RefusedRow, publicUrl: string, slug: string): z.input<typeof shapes.refusedStation> {
  return {
    id: row.id,
    path: row.path,
    identity: row.identity ?? undefined,
    reason: row.reason,
    url: stationUrl(publicUrl, slug, row.identity ?? ''),
    address: row.address,
    protocol: row.protocol ?? undefined,
    firstAt: row.firstAt.toString({ smallestUnit: 'millisecond' }),
    lastAt: row.lastAt.toString({ smallestUnit: 'millisecond' }),
    count: row.count,
    mayKeepPassword: row.identity !== null && row.offeredHash !== null,
  }
}
