import { z } from 'zod'
import { textFromInstant } from '../../../../units/index.ts'
import { recordChange } from '../../audit/index.ts'
import { type AnyRoute, must, ok, refuse, type Texts, tenantRoute, type Tx, instantText } from '../../platform/index.ts'
import { listModes, listStates } from '../rules/local-list.ts'
import * as store from './store.ts'

const TAG = 'local lists'
const NO_STATION = { 'no-such-station': 404 } as const
const params = z.strictObject({ id: z.uuid() })

const shape = z.strictObject({
  mode: z.enum(listModes).describe('which cards belong in it: none, those that are good, or all'),
  ownMode: z.enum(listModes).optional().describe('absent: the network’s'),
  state: z.enum(listStates),
  versionThere: z.int().optional().describe('as the station last said or took it; absent: not known'),
  versionWanted: z.int().optional(),
  entriesThere: z.int(),
  entriesWanted: z.int(),
  leftOut: z.int().describe('cards that do not fit: too many, or a uid that the version cannot carry'),
  longest: z.int().optional().describe('entries the station can hold, where it says so'),
  part: z.int().optional().describe('entries it takes in one message, where it says so'),
  sentAt: instantText.optional(),
  checkedAt: instantText.optional(),
  attempts: z.int().describe('tries that failed since the last one that did not'),
  failure: z.strictObject({ code: z.string(), message: z.string(), at: instantText.optional() }).optional(),
})

const overview = z.strictObject({
  mode: z.enum(listModes),
  stations: z.partialRecord(z.enum(listStates), z.int()),
})

/** What people have set; how far the station has come with it changes by itself. */
function setByPeople({ mode, ownMode }: z.input<typeof shape>): unknown {
  return [mode, ownMode]
}

export function listRoutes(deps: { readonly texts: Texts }): readonly AnyRoute[] {
  return [readingAll, changingAll, reading(deps), changing(deps), sendingAnew(deps)]
}

const readingAll = tenantRoute({
  method: 'GET',
  path: '/v1/local-lists',
  tag: TAG,
  summary: 'Which cards stations keep for when they are offline, and how many stations are in step',
  right: 'stations.read',
  answer: overview,
  tagOf: ({ mode }: z.input<typeof overview>) => mode,
  async handle(tx, { caller }) {
    const { mode, states } = await store.countLists(tx, caller.sites)
    return ok({ mode, stations: states })
  },
})

const changingAll = tenantRoute({
  method: 'PATCH',
  path: '/v1/local-lists',
  tag: TAG,
  summary: 'Set which cards belong in the lists of all stations that have no setting of their own',
  right: 'stations.write',
  body: z.strictObject({ mode: z.enum(listModes) }),
  answer: overview,
  tagOf: ({ mode }: z.input<typeof overview>) => mode,
  refusals: { 'not-allowed': 403 },
  async handle(tx, { body: { mode }, caller, at }) {
    if (caller.sites !== 'all') return refuse('not-allowed')
    const before = await store.countLists(tx, 'all')
    await store.setTenantMode(tx, mode, at)
    const change = { caller, at, objectKind: 'tenant', objectId: tx.tenantId }
    await recordChange(tx, {
      ...change,
      action: 'local-lists.changed',
      before: { mode: before.mode },
      after: { mode },
    })
    const { states } = await store.countLists(tx, 'all')
    return ok({ mode, stations: states })
  },
})

const reading = ({ texts }: { readonly texts: Texts }) =>
  tenantRoute({
    method: 'GET',
    path: '/v1/stations/:id/local-list',
    tag: TAG,
    summary: 'The local list of a station: what it should hold, what it holds, and why the two differ',
    right: 'stations.read',
    params,
    answer: shape,
    tagOf: setByPeople,
    refusals: NO_STATION,
    async handle(tx, { params: { id }, caller }) {
      const list = await store.findList(tx, id, caller.sites)
      return list === undefined ? refuse('no-such-station') : ok(viewOf(list, texts, caller.language))
    },
  })

const changing = ({ texts }: { readonly texts: Texts }) =>
  tenantRoute({
    method: 'PATCH',
    path: '/v1/stations/:id/local-list',
    tag: TAG,
    summary: 'Set which cards belong in the list of one station; null: as the network has it',
    right: 'stations.write',
    params,
    body: z.strictObject({ mode: z.enum(listModes).nullable() }),
    answer: shape,
    tagOf: setByPeople,
    refusals: NO_STATION,
    async handle(tx, { params: { id }, body: { mode }, caller, at }) {
      const before = await store.findList(tx, id, caller.sites)
      if (before === undefined) return refuse('no-such-station')
      await store.setStationMode(tx, { stationId: id, mode }, at)
      const change = { caller, at, objectKind: 'station', objectId: id }
      await recordChange(tx, {
        ...change,
        action: 'station.local-list-changed',
        before: { mode: before.ownMode },
        after: { mode },
      })
      return ok(viewOf(await listOf(tx, id), texts, caller.language))
    },
  })

const sendingAnew = ({ texts }: { readonly texts: Texts }) =>
  tenantRoute({
    method: 'POST',
    path: '/v1/stations/:id/local-list/send',
    tag: TAG,
    summary: 'Send the whole list anew, also after it was given up',
    right: 'stations.write',
    params,
    answer: shape,
    status: 202,
    refusals: { ...NO_STATION, 'local-list-off': 409 },
    async handle(tx, { params: { id }, caller, at }) {
      const before = await store.findList(tx, id, caller.sites)
      if (before === undefined) return refuse('no-such-station')
      if (before.mode === 'off') return refuse('local-list-off')
      await store.sendAnew(tx, id, at)
      const change = { caller, at, objectKind: 'station', objectId: id }
      await recordChange(tx, { ...change, action: 'station.local-list-sent' })
      return ok(viewOf(await listOf(tx, id), texts, caller.language))
    },
  })

async function listOf(tx: Tx, id: string): Promise<store.ListRow> {
  return must(await store.findList(tx, id, 'all'), 'local list')
}

function viewOf(list: store.ListRow, texts: Texts, language: string): z.input<typeof shape> {
  const { failure, failedAt, heldVersion, sentAt, checkedAt, wantedVersion, longest, part } = list
  const message = failure === null ? undefined : texts.find(language, `subscribers.local-list.failure.${failure}`)
  return {
    mode: list.mode,
    ...(list.ownMode === null ? {} : { ownMode: list.ownMode }),
    state: list.state,
    ...(heldVersion === null || heldVersion < 0 ? {} : { versionThere: heldVersion }),
    ...(wantedVersion === null ? {} : { versionWanted: wantedVersion }),
    entriesThere: Object.keys(list.held).length,
    entriesWanted: list.wantedEntries,
    leftOut: list.leftOut,
    ...(longest === null ? {} : { longest }),
    ...(part === null ? {} : { part }),
    ...(sentAt === null ? {} : { sentAt: textFromInstant(sentAt) }),
    ...(checkedAt === null ? {} : { checkedAt: textFromInstant(checkedAt) }),
    attempts: list.attempts,
    ...(failure === null
      ? {}
      : {
          failure: {
            code: failure,
            message: message ?? failure.replaceAll('-', ' '),
            ...(failedAt === null ? {} : { at: textFromInstant(failedAt) }),
          },
        }),
  }
}
