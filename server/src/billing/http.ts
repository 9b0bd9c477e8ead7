import { z } from 'zod'
import { textFromInstant } from '../../../units/index.ts'
import { recordChange } from '../audit/index.ts'
import {
  type AnyRoute,
  idFrom,
  instantShape,
  listOf,
  must,
  ok,
  pageOf,
  paging,
  refuse,
  tenantRoute,
  type Tx,
  instantText,
} from '../platform/index.ts'
import { addVersion, makeTariff } from './change-tariffs.ts'
import { type TariffUse, tariffChangeRoutes } from './http-change.ts'
import { answerPriceCalculation, priceCalculation } from './price-calculations.ts'
import { dimensions } from './rules/index.ts'
import { countTariffs, findTariff, listTariffs, makeDefault, type StoredTariff, type StoredVersion } from './store.ts'
import { tariffSchema } from './tariff-schema.ts'

/** What billing needs of features above it or beside it. */
export type BillingDeps = TariffUse

const money = z.strictObject({ minor: z.string(), currency: z.string() })
const totals = z.strictObject({ exclTax: money, tax: money, inclTax: money })
const line = z.strictObject({
  dimension: z.enum(dimensions),
  element: z.int(),
  unitPriceMicros: z.string(),
  taxPercent: z.string().nullable(),
  measured: z.int(),
  billed: z.int(),
  unit: z.enum(['Wh', 's', 'piece']),
  exclTax: money,
  inclTax: money,
})

/** A price as every answer of ours carries it: `totals`, and `lines` that add up to them. */
const priceShape = z.strictObject({ totals, lines: z.array(line) })
/** One line, and the totals, of a price in an answer. */
export const priceLineShape = line
export const priceTotalsShape = totals

const ocpiTariff = z.unknown().meta(tariffSchema)
const validFrom = instantShape.optional()

const tariffShape = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  default: z.boolean(),
  version: z.int(),
  validFrom: instantText,
  tariff: ocpiTariff,
  createdAt: instantText,
  versions: z.array(
    z.strictObject({
      version: z.int(),
      validFrom: instantText,
      createdAt: instantText,
      createdBy: z.string().optional(),
    }),
  ),
  stations: z.int(),
})

const params = z.strictObject({ id: z.uuid() })
const NOT_FOUND = { 'no-such-tariff': 404 } as const
const BAD_INPUT = { 'bad-input': 400 } as const

export function billingRoutes(deps: BillingDeps): readonly AnyRoute[] {
  const view = (tx: Tx, id: string, at: Temporal.Instant) => answerTariff(tx, deps, id, at)
  return [
    ...readingRoutes(deps),
    calculating,
    ...changingRoutes(deps),
    makingDefault,
    ...tariffChangeRoutes({ answer: tariffShape, tagOf: setByPeople, view }, deps),
  ]
}

function readingRoutes(deps: BillingDeps): readonly AnyRoute[] {
  return [
    tenantRoute({
      method: 'GET',
      path: '/v1/tariffs',
      tag: 'tariffs',
      summary: 'Tariffs, in the order in which they were made',
      right: 'tariffs.read',
      query: z.strictObject(paging),
      answer: listOf(tariffShape),
      handle: async (tx, { query, caller, at }) => {
        const found = await listTariffs(tx, { limit: query.limit + 1, after: idFrom(query.cursor) })
        const { shown, next } = pageOf(found, query.limit, ({ id }) => [id])
        const counts = await deps.countStationsByTariff(tx, caller.sites)
        return ok({
          items: shown.map((tariff) => jsonFromTariff(tariff, at, counts)),
          next,
          ...(query.count === 'true' ? { total: await countTariffs(tx) } : {}),
        })
      },
    }),
    tenantRoute({
      method: 'GET',
      path: '/v1/tariffs/:id',
      tag: 'tariffs',
      summary: 'One tariff with the version in force and the list of all',
      right: 'tariffs.read',
      params,
      answer: tariffShape,
      tagOf: setByPeople,
      refusals: NOT_FOUND,
      handle: async (tx, call) => {
        const found = await findTariff(tx, call.params.id)
        if (found === undefined) return refuse('no-such-tariff')
        return ok(jsonFromTariff(found, call.at, await deps.countStationsByTariff(tx, call.caller.sites)))
      },
    }),
  ]
}

const calculating = tenantRoute({
  method: 'POST',
  path: '/v1/price-calculations',
  tag: 'tariffs',
  summary: 'What a session would cost, by the very rules that bill',
  right: 'tariffs.read',
  body: priceCalculation,
  answer: priceShape,
  refusals: { ...NOT_FOUND, ...BAD_INPUT },
  handle: async (tx, { body }) => {
    const answered = await answerPriceCalculation(tx, body)
    return answered.ok ? ok({ totals: answered.value.totals, lines: [...answered.value.lines] }) : answered
  },
})

const makingDefault = tenantRoute({
  method: 'POST',
  path: '/v1/tariffs/:id/default',
  tag: 'tariffs',
  summary: 'Make it the tariff of stations that name none',
  right: 'tariffs.write',
  params,
  refusals: NOT_FOUND,
  handle: async (tx, { params: { id }, caller, at }) => {
    if (!(await makeDefault(tx, id, at))) return refuse('no-such-tariff')
    await recordChange(tx, { caller, at, action: 'tariff.made-default', objectKind: 'tariff', objectId: id })
    return ok(undefined)
  },
})

function changingRoutes(deps: BillingDeps): readonly AnyRoute[] {
  return [
    tenantRoute({
      method: 'POST',
      path: '/v1/tariffs',
      tag: 'tariffs',
      summary: 'Make a tariff; the first of a tenant becomes its default unless told otherwise',
      right: 'tariffs.write',
      body: z.strictObject({
        name: z.string().trim().min(1).max(100),
        tariff: ocpiTariff,
        validFrom,
        default: z.boolean().optional(),
      }),
      answer: tariffShape,
      status: 201,
      refusals: BAD_INPUT,
      handle: async (tx, { body, caller, at }) => {
        const { name, tariff: json, default: isDefault } = body
        const made = await makeTariff(tx, {
          name,
          json,
          isDefault,
          validFrom: body.validFrom,
          by: caller.actorName,
          at,
        })
        if (!made.ok) return made
        const after = { name, version: 1, tariff: json, validFrom: body.validFrom?.toString(), default: isDefault }
        await recordChange(tx, { caller, at, action: 'tariff.made', objectKind: 'tariff', objectId: made.value, after })
        return answerTariff(tx, deps, made.value, at)
      },
    }),
    tenantRoute({
      method: 'POST',
      path: '/v1/tariffs/:id/versions',
      tag: 'tariffs',
      summary: 'Add a version; sessions that began keep theirs',
      right: 'tariffs.write',
      params,
      body: z.strictObject({ tariff: ocpiTariff, validFrom }),
      answer: tariffShape,
      status: 201,
      refusals: { ...NOT_FOUND, ...BAD_INPUT },
      handle: async (tx, { body, params: { id }, caller, at }) => {
        const change = { json: body.tariff, validFrom: body.validFrom, by: caller.actorName, at }
        const added = await addVersion(tx, id, change)
        if (!added.ok) return added
        const after = { version: added.value, tariff: body.tariff, validFrom: body.validFrom?.toString() }
        await recordChange(tx, { caller, at, action: 'tariff.changed', objectKind: 'tariff', objectId: id, after })
        return answerTariff(tx, deps, id, at)
      },
    }),
  ]
}

async function answerTariff(tx: Tx, deps: BillingDeps, id: string, at: Temporal.Instant) {
  return ok(jsonFromTariff(must(await findTariff(tx, id), 'tariff'), at, await deps.countStationsByTariff(tx, 'all')))
}

type TariffJson = z.input<typeof tariffShape>

/** How many stations use it is no part of the tariff itself. */
function setByPeople(view: TariffJson): unknown {
  const { stations: _, ...set } = view
  return set
}

/** `version`, `validFrom` and `tariff` are those in force at the instant, before there is one those to come first. */
function jsonFromTariff(
  stored: StoredTariff,
  at: Temporal.Instant,
  counts: ReadonlyMap<string | null, number>,
): TariffJson {
  const current = versionInForce(stored.versions, at)
  return {
    id: stored.id,
    name: stored.name,
    default: stored.isDefault,
    version: current.version,
    validFrom: textFromInstant(current.validFrom),
    tariff: current.json,
    createdAt: textFromInstant(stored.createdAt),
    versions: stored.versions.map(({ version, validFrom: from, createdAt, createdBy }) => ({
      version,
      validFrom: textFromInstant(from),
      createdAt: textFromInstant(createdAt),
      ...(createdBy === null ? {} : { createdBy }),
    })),
    stations: (counts.get(stored.id) ?? 0) + (stored.isDefault ? (counts.get(null) ?? 0) : 0),
  }
}

function versionInForce(versions: readonly StoredVersion[], at: Temporal.Instant): StoredVersion {
  // Sorting keeps the order of versions where instants are equal, so that the newest of them comes last.
  const byStart = versions.toSorted((left, right) => Temporal.Instant.compare(left.validFrom, right.validFrom))
  const started = byStart.findLast((version) => Temporal.Instant.compare(version.validFrom, at) <= 0)
  return must(started ?? byStart[0], 'version of a tariff')
}
