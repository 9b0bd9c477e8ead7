import { z } from 'zod'
import { recordChange } from '../audit/index.ts'
import { type AnyRoute, refuse, type Result, type StaffOrKey, tenantRoute, type Tx, ok } from '../platform/index.ts'
import { findTariff, lockTariff, makeDefault, removeTariff, renameTariff } from './store.ts'

export interface TariffUse {
  /** How many stations of these sites name each tariff; under `null` how many name none. */
  countStationsByTariff(tx: Tx, sites: StaffOrKey['sites']): Promise<ReadonlyMap<string | null, number>>
  /** Whether any session was priced, or is being priced, by it. Absent: none is known. */
  readonly hasSessions?: ((tx: Tx, tariffId: string) => Promise<boolean>) | undefined
}

const params = z.strictObject({ id: z.uuid() })

/** How a tariff is answered, and what of it If-Match is about. */
export interface TariffAnswer<A extends z.ZodType> {
  readonly answer: A
  readonly tagOf: (answer: never) => unknown
  readonly view: (tx: Tx, id: string, at: Temporal.Instant) => Promise<Result<z.input<A>, never>>
}

/** Changes of a tariff that touch none of its versions. */
export function tariffChangeRoutes<A extends z.ZodType>(
  { answer, tagOf, view }: TariffAnswer<A>,
  use: TariffUse,
): readonly AnyRoute[] {
  return [
    tenantRoute({
      method: 'PATCH',
      path: '/v1/tariffs/:id',
      tag: 'tariffs',
      summary: 'Rename a tariff, or make it the default; prices change by a new version only',
      right: 'tariffs.write',
      params,
      body: z.strictObject({ name: z.string().trim().min(1).max(100).optional(), default: z.literal(true).optional() }),
      answer,
      tagOf,
      refusals: { 'no-such-tariff': 404 },
      handle: async (tx, { params: { id }, body, caller, at }) => {
        const before = await findTariff(tx, id)
        if (before === undefined) return refuse('no-such-tariff')
        if (body.name !== undefined) await renameTariff(tx, id, body.name, at)
        if (body.default === true) await makeDefault(tx, id, at)
        const shown = { name: before.name, default: before.isDefault }
        const change = { caller, at, objectKind: 'tariff', objectId: id, before: shown, after: body }
        await recordChange(tx, { ...change, action: 'tariff.renamed' })
        return view(tx, id, at) as never
      },
    }),
    tenantRoute({
      method: 'DELETE',
      path: '/v1/tariffs/:id',
      tag: 'tariffs',
      summary: 'Remove a tariff that nobody uses or ever used',
      right: 'tariffs.write',
      params,
      refusals: {
        'no-such-tariff': 404,
        'tariff-is-default': 409,
        'tariff-has-stations': 409,
        'tariff-has-sessions': 409,
      },
      handle: async (tx, { params: { id }, caller, at }) => {
        await lockTariff(tx, id)
        const before = await findTariff(tx, id)
        if (before === undefined) return refuse('no-such-tariff')
        if (before.isDefault) return refuse('tariff-is-default')
        const stations = (await use.countStationsByTariff(tx, 'all')).get(id) ?? 0
        if (stations > 0) return refuse('tariff-has-stations', { values: { count: stations } })
        if ((await use.hasSessions?.(tx, id)) === true) return refuse('tariff-has-sessions')
        await removeTariff(tx, id)
        const change = { caller, at, objectKind: 'tariff', objectId: id, before: { name: before.name } }
        await recordChange(tx, { ...change, action: 'tariff.removed' })
        return ok(undefined)
      },
    }),
  ]
}
