import { z } from 'zod'
import { recordChange } from '../audit/index.ts'
import {
  type AnyRoute,
  type Ground,
  must,
  ok,
  refuse,
  type StaffOrKey,
  tenantRoute,
  type Tx,
} from '../platform/index.ts'
import { changeHardware } from './change-hardware.ts'
import type { CommandQueue } from './commands/queue.ts'
import { REMOVED } from './gateway/registry.ts'
import type { HandedIn } from './handed-in.ts'
import { letGo } from './let-go.ts'
import { credentialOf, makeStation, newPassword, UNKNOWN_SITE } from './make-station.ts'
import { halfPosition } from './position.ts'
import { newStation, stationChanges } from './station-bodies.ts'
import * as shapes from './shapes.ts'
import * as store from './store.ts'
import { partsOf, type StationParts, type StationView, stationView } from './views.ts'

const TAG = 'stations'
export const NO_STATION = { 'no-such-station': 404 } as const

export interface StationRouteDeps {
  readonly ground: Ground
  readonly commands: CommandQueue
  touch(tenantId: string, stationId: string): void
  forgetPlaces(): void
  readonly tariffExists: ((tx: Tx, id: string) => Promise<boolean>) | undefined
  readonly stopForStaff: HandedIn['stopForStaff']
}

/** Profiles 2 and 3 need TLS: a station of theirs would be made, and then turned away for ever. */
const NO_TLS = { fields: [{ pointer: '/securityProfile', code: 'profile-not-built' }] }

function needsTls(profile: number | undefined): boolean {
  return profile !== undefined && profile >= 2
}

const UNKNOWN_TARIFF = [{ pointer: '/tariffId', code: 'no-such-tariff' }]

async function isTariff(tx: Tx, { tariffExists }: StationRouteDeps, id: string | null | undefined): Promise<boolean> {
  return typeof id !== 'string' || tariffExists === undefined || tariffExists(tx, id)
}

/** What people have set of a station: what it reports, and when, changes by itself. */
function setByPeople(view: StationView): unknown {
  const reported = new Set<string>(['connection', 'seen', 'evses', 'protocol'])
  return [
    Object.entries(view).filter(([name]) => !reported.has(name)),
    view.evses.map((evse) => [
      evse.id,
      evse.declared,
      evse.connectors.map(({ id, type, format, maxPowerW }) => [id, type, format, maxPowerW]),
    ]),
  ]
}

export function stationRoutes(deps: StationRouteDeps): readonly AnyRoute[] {
  return [readRoute(deps), addRoute(deps), changeRoute(deps), removeRoute(deps), passwordRoute(deps)]
}

export async function loadParts(tx: Tx, stations: readonly store.StationRow[]): Promise<readonly StationParts[]> {
  const ids = stations.map(({ id }) => id)
  return partsOf(stations, await store.loadEvses(tx, ids), await store.loadConnectors(tx, ids))
}

/** One station as a caller may see it. */
export async function findStation(tx: Tx, id: string, sites: StaffOrKey['sites']): Promise<StationParts | undefined> {
  const rows = await store.loadStations(tx, store.stationsNamed([id], sites))
  const [parts] = await loadParts(tx, rows)
  return parts
}

export async function viewStation(tx: Tx, ground: Ground, id: string, at: Temporal.Instant) {
  const parts = must(await findStation(tx, id, 'all'), 'the station')
  return stationView(parts, { at, publicUrl: ground.publicUrl, tenantSlug: await store.loadTenantSlug(tx) })
}

function readRoute({ ground }: StationRouteDeps): AnyRoute {
  return tenantRoute({
    method: 'GET',
    path: '/v1/stations/:id',
    tag: TAG,
    summary: 'One station with its EVSEs',
    right: 'stations.read',
    params: shapes.idParams,
    answer: shapes.station,
    tagOf: setByPeople,
    refusals: NO_STATION,
    async handle(tx, { params: { id }, caller, at }) {
      if ((await findStation(tx, id, caller.sites)) === undefined) return refuse('no-such-station')
      return ok(await viewStation(tx, ground, id, at))
    },
  })
}

function addRoute(deps: StationRouteDeps): AnyRoute {
  const { ground } = deps
  return tenantRoute({
    method: 'POST',
    path: '/v1/stations',
    tag: TAG,
    summary: 'Add a station; a password made for it is shown this once',
    right: 'stations.write',
    body: newStation,
    answer: shapes.stationWithPassword,
    status: 201,
    refusals: {
      'identity-taken': 409,
      'no-such-site': 422,
      'no-such-tariff': 422,
      'not-supported': 422,
      'half-a-position': 422,
      'not-allowed': 403,
    },
    async handle(tx, { body, caller, at }) {
      if (!mayWriteAt(caller, body.siteId)) return refuse('not-allowed')
      if (needsTls(body.securityProfile)) return refuse('not-supported', NO_TLS)
      const half = halfPosition(body)
      if (half !== undefined) return refuse('half-a-position', half)
      if (!(await isTariff(tx, deps, body.tariffId))) return refuse('no-such-tariff', { fields: UNKNOWN_TARIFF })
      const { password, ...making } = body
      const credential = password === undefined ? undefined : { password }
      const made = await makeStation(tx, ground, { ...making, credential }, at)
      if (!made.ok) return made
      const { id } = made.value
      const after = { ...making, plainUntil: making.plainUntil?.toString() }
      await recordChange(tx, { caller, at, action: 'station.added', objectKind: 'station', objectId: id, after })
      tx.afterCommit(() => deps.touch(caller.tenantId, id))
      return ok({
        ...(await viewStation(tx, ground, id, at)),
        ...(made.value.password === undefined ? {} : { password: made.value.password }),
      })
    },
  })
}

/** Rights at named sites do not reach a station that stands nowhere, or elsewhere. */
function mayWriteAt({ sites }: StaffOrKey, siteId: string | null | undefined): boolean {
  return sites === 'all' || (typeof siteId === 'string' && sites.includes(siteId))
}

function changeRoute(deps: StationRouteDeps): AnyRoute {
  const { ground } = deps
  return tenantRoute({
    method: 'PATCH',
    path: '/v1/stations/:id',
    tag: TAG,
    summary: 'Change a station; a new state reaches the station itself',
    right: 'stations.write',
    params: shapes.idParams,
    body: stationChanges,
    answer: shapes.station,
    tagOf: setByPeople,
    refusals: {
      ...NO_STATION,
      'no-such-site': 422,
      'no-such-tariff': 422,
      'not-supported': 422,
      'half-a-position': 422,
      'not-allowed': 403,
      'identity-taken': 409,
      'no-such-evse': 422,
      'evse-in-use': 409,
    },
    async handle(tx, { params: { id }, body, caller, at }) {
      const before = await findStation(tx, id, caller.sites)
      if (before === undefined) return refuse('no-such-station')
      if (body.siteId !== undefined && !mayWriteAt(caller, body.siteId)) return refuse('not-allowed')
      if (typeof body.siteId === 'string' && !(await store.siteExists(tx, body.siteId)))
        return refuse('no-such-site', UNKNOWN_SITE)
      const isNewProfile = body.securityProfile !== before.station.securityProfile
      if (isNewProfile && needsTls(body.securityProfile)) return refuse('not-supported', NO_TLS)
      const half = halfPosition(body, before.station)
      if (half !== undefined) return refuse('half-a-position', half)
      if (!(await isTariff(tx, deps, body.tariffId))) return refuse('no-such-tariff', { fields: UNKNOWN_TARIFF })
      const { identity, evses, removeEvses, ...changes } = body
      const changed = await changeHardware(tx, ground, before, { identity, evses, removeEvses })
      if (!changed.ok) return changed
      await store.changeStation(tx, id, changes, at)
      await tellStation(tx, deps, { before, changes, caller })
      if (changes.onboarding === 'refused') await letGo(tx, deps, { stationId: id, caller, at })
      await recordChange(tx, {
        caller,
        at,
        action: 'station.changed',
        objectKind: 'station',
        objectId: id,
        before: {
          ...namedMembers(
            before.station,
            ['identity', ...Object.keys(changes)].filter((name) => name in body),
          ),
          ...declaredOf(before, evses ?? removeEvses),
        },
        after: { ...body, plainUntil: changes.plainUntil?.toString() },
      })
      tx.afterCommit(() => deps.touch(caller.tenantId, id))
      return ok(await viewStation(tx, ground, id, at))
    },
  })
}

/** Disabled reaches the station, and back; one that is let in is asked to boot, so that it need not wait. */
async function tellStation(
  tx: Tx,
  { commands }: StationRouteDeps,
  change: {
    readonly before: StationParts
    readonly changes: store.StationChanges
    readonly caller: StaffOrKey
  },
): Promise<void> {
  const { station } = change.before
  const { state, onboarding } = change.changes
  const by = { kind: change.caller.kind, id: change.caller.actorId, name: change.caller.actorName }
  const wasDisabled = station.state === 'disabled'
  if (state !== undefined && wasDisabled !== (state === 'disabled')) {
    const operative = state !== 'disabled'
    await commands.sendToStation(tx, { stationId: station.id, command: { kind: 'set-availability', operative }, by })
  }
  if (onboarding === 'accepted' && station.onboarding !== 'accepted' && station.connectedAt !== null) {
    await commands.sendToStation(tx, { stationId: station.id, command: { kind: 'trigger', message: 'boot' }, by })
  }
}

/** For the trail, where EVSEs are declared anew: what was declared before. */
function declaredOf({ evses, connectors }: StationParts, anew: readonly unknown[] | undefined) {
  if (anew === undefined) return {}
  const declared = evses.filter((evse) => evse.declared)
  return {
    evses: declared.map(({ id }) => ({
      id,
      connectors: connectors
        .filter(({ evseId }) => evseId === id)
        .map((one) => ({ id: one.id, type: one.type, format: one.format, maxPowerW: one.maxPowerW })),
    })),
  }
}

function namedMembers(station: store.StationRow, names: readonly string[]): Record<string, unknown> {
  const members = Object.entries(station).filter(([name]) => names.includes(name))
  return Object.fromEntries(
    members.map(([name, value]) => [name, value instanceof Temporal.Instant ? String(value) : value]),
  )
}

function removeRoute({ ground, forgetPlaces }: StationRouteDeps): AnyRoute {
  return tenantRoute({
    method: 'DELETE',
    path: '/v1/stations/:id',
    tag: TAG,
    summary: 'Remove a station; its sessions stay',
    right: 'stations.write',
    params: shapes.idParams,
    refusals: { ...NO_STATION, 'station-has-session': 409 },
    async handle(tx, { params: { id }, caller, at }) {
      const before = await findStation(tx, id, caller.sites)
      if (before === undefined) return refuse('no-such-station')
      // Undone where it is refused. First: whoever comes by its socket from now on finds it gone.
      await store.removeStation(tx, id, at)
      if (await store.lockOpenSession(tx, id)) return refuse('station-has-session')
      const { identity, number } = before.station
      const change = { caller, at, objectKind: 'station', objectId: id, before: { identity, number } }
      await recordChange(tx, { ...change, action: 'station.removed' })
      tx.afterCommit(() => {
        forgetPlaces()
        ground.bus.publish(caller.tenantId, { type: 'station.disconnect', version: 1, stationId: id, why: REMOVED })
      })
      return ok(undefined)
    },
  })
}

function passwordRoute({ ground }: StationRouteDeps): AnyRoute {
  return tenantRoute({
    method: 'POST',
    path: '/v1/stations/:id/password',
    tag: TAG,
    summary: 'A new password, shown this once; the old one is refused from the next connection on',
    right: 'stations.write',
    params: shapes.idParams,
    answer: z.strictObject({ password: z.string() }),
    refusals: NO_STATION,
    async handle(tx, { params: { id }, caller, at }) {
      if ((await findStation(tx, id, caller.sites)) === undefined) return refuse('no-such-station')
      const password = newPassword()
      await store.setCredential(tx, id, credentialOf(await ground.keys.tenant(tx.tenantId), password), at)
      await recordChange(tx, { caller, at, action: 'station.password-made', objectKind: 'station', objectId: id })
      return ok({ password })
    },
  })
}
