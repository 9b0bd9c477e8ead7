import { type DeadlineTable, type Ground, type Tx } from '../platform/index.ts'
import { HEARTBEAT_SECONDS } from '../stations/index.ts'
import { clearAlerts, raiseAlerts } from './raise-alerts.ts'
import { calmLasted, causeGone, withSeverity } from './rules/grouping.ts'
import { type IncidentPlan, type OpenIncident, planIncidents } from './rules/incidents.ts'
import { watchedKinds } from './rules/kinds.ts'
import { reconcile } from './rules/reconcile.ts'
import {
  type AwayStation,
  awayStations,
  backlogAlerts,
  clockAlert,
  type Disk,
  diskAlerts,
  HEARTBEATS_MISSED,
  isLostForIncident,
  muteAlert,
  NO_FLOW_BELOW_W,
  offlineAlert,
  sessionAlerts,
  stillAlerts,
  unsteadyAlerts,
  type WatchedAlert,
} from './rules/watched.ts'
import { incidentAlerts } from './rules/incident-alerts.ts'
import { type AlertSettings, alertSettingsFrom } from './rules/settings.ts'
import { type AlertName, type KeptRow, lockOpen, lockWatched, updateAlerts } from './store.ts'
import * as store from './store-watch.ts'

const PASS_SECONDS = 15
/** A pass that comes so late follows a time in which nobody watched. */
const MISSED_SECONDS = 60

export interface WatchDeps {
  /** Tells whoever watches that these changed. */
  tell(tx: Tx, ids: readonly string[]): Promise<void>
  /** How much room is left where data lies; absent or undefined: not known. */
  readonly disk?: (() => Promise<Disk | undefined>) | undefined
}

/** The watchers: each tenant is looked at every 15 s, by one worker at a time. */
export function watchTable(deps: WatchDeps): DeadlineTable {
  // After a restart of ours stations need time to come back.
  let runningSince: Temporal.Instant | undefined
  return {
    table: 'watches',
    async take(tx, ids, at) {
      runningSince ??= at
      const held = await store.lockWatches(tx, ids)
      for (const watch of held) {
        const hasMissed = watch.dueAt !== null && at.since(watch.dueAt).total('seconds') > MISSED_SECONDS
        const kept = hasMissed ? at : watch.watchingSince
        const watchingSince = Temporal.Instant.compare(kept, runningSince) >= 0 ? kept : runningSince
        await passOver(tx, deps, { at, watchingSince, settings: alertSettingsFrom(watch.settings) })
        await store.saveWatch(tx, watch.id, { dueAt: at.add({ seconds: PASS_SECONDS }), watchingSince: kept })
      }
      return held.length
    },
  }
}

/** Begins to watch tenants that are new. */
export async function watchNewTenants({ database, clock }: Pick<Ground, 'database' | 'clock'>): Promise<void> {
  const watched = new Set(await database.asWorker(store.watchedTenants))
  const all = await database.inDirectory(store.allTenants)
  for (const tenantId of all) {
    if (!watched.has(tenantId)) await database.inTenant(tenantId, (tx) => store.insertWatch(tx, clock.now()))
  }
}

interface Pass {
  readonly at: Temporal.Instant
  readonly watchingSince: Temporal.Instant
  readonly settings: AlertSettings
}

/** One look at a tenant: what is found is raised, what is not found any more is over. */
async function passOver(tx: Tx, deps: WatchDeps, pass: Pass): Promise<void> {
  const { at } = pass
  const open = await lockWatched(tx, watchedKinds)
  const lost = await lookForLost(tx, pass, open)
  const found = [...lost.found, ...(await lookAround(tx, deps, at))]
  const { raise, change, gone } = reconcile(found, open)
  const raised = await raiseAlerts(
    tx,
    raise.map((alert) => ({ ...alert, tenantId: tx.tenantId, at })),
  )
  const moved = [
    ...change.map(({ open: kept, severity, evidence }) => moveTo(kept, withSeverity(kept, severity, at), evidence)),
    ...gone.map((kept) => moveTo(kept, kept.calmAt === null ? causeGone(kept, at) : calmLasted(kept, at))),
  ].filter((one) => one !== undefined)
  await keepIncidents(tx, lost.plan, open)
  const over = await lookForOver(tx)
  const cleared = await clearAlerts(
    tx,
    over.map((name) => ({ ...name, at })),
  )
  await deps.tell(tx, [...raised, ...(await updateAlerts(tx, moved)), ...cleared])

  function moveTo(kept: { readonly id: string }, next: KeptRow | ReturnType<typeof causeGone>, evidence?: object) {
    const row = open.find(({ id }) => id === kept.id)
    if (row === undefined || (next === row && evidence === undefined)) return undefined
    return { tenantId: tx.tenantId, id: row.id, kept: next, evidence: { ...(evidence ?? row.evidence) } }
  }
}

/** Whoever raises one of them anew just now is waited for: over is what is so then, too. */
async function lookForOver(tx: Tx): Promise<readonly AlertName[]> {
  const seen = await store.overByRows(tx)
  if (seen.length === 0) return seen
  const held = new Set((await lockOpen(tx, seen)).map(({ kind, subject }) => `${kind} ${subject}`))
  return (await store.overByRows(tx)).filter(({ kind, subject }) => held.has(`${kind} ${subject}`))
}

async function lookForLost(
  tx: Tx,
  { at, watchingSince, settings }: Pass,
  open: readonly KeptRow[],
): Promise<{ readonly found: readonly WatchedAlert[]; readonly plan: IncidentPlan }> {
  const silent = await store.silentStations(tx, at)
  const offline = new Map(open.flatMap((row) => (row.kind === 'station-offline' ? [[row.subject, row] as const] : [])))
  const incidents = open.filter(({ kind }) => kind === 'stations-lost')
  const subjects = new Map(incidents.map(({ id, subject }) => [id, subject]))
  const away = awayStations(silent, watchingSince, at)
  const isKnown = ({ stationId }: AwayStation): boolean => offline.get(stationId)?.calmAt === null
  const lost = away
    .filter((station) => isKnown(station) || isLostForIncident(station, settings.offlineSeconds))
    .map((station) => ({ ...station, incident: subjects.get(offline.get(station.stationId)?.incidentId ?? '') }))
  const network = lost.length === 0 ? undefined : await store.stationsBySite(tx)
  const limits = { stations: settings.incidentStations, windowSeconds: settings.incidentSeconds }
  const plan = planIncidents(
    lost,
    incidents.map(incidentFrom),
    network ?? { stations: 0, bySite: new Map() },
    limits,
    at,
  )
  const singles = away.filter(
    (station) =>
      isKnown(station) || plan.members.has(station.stationId) || station.awaySeconds >= settings.offlineSeconds,
  )
  const names = network?.names ?? new Map()
  return {
    plan,
    found: [
      ...singles.map((station) => offlineAlert(station, at)),
      ...incidentAlerts(
        plan,
        incidents.map((row) => ({ ...incidentFrom(row), evidence: row.evidence })),
        lost,
        names,
      ),
    ],
  }
}

/** An incident's subject says where it is: at a site, or all over the network. */
function incidentFrom({ subject, since }: KeptRow): OpenIncident {
  const [place = 'network'] = subject.split('/')
  return { subject, siteId: place === 'network' ? null : place, since }
}

async function keepIncidents(tx: Tx, plan: IncidentPlan, open: readonly KeptRow[]): Promise<void> {
  const wereMembers = open.filter(({ kind, incidentId }) => kind === 'station-offline' && incidentId !== null)
  if (plan.members.size === 0 && wereMembers.length === 0) return
  const dissolved = open.filter(({ kind, subject }) => kind === 'stations-lost' && plan.dissolved.includes(subject))
  await store.handOver(
    tx,
    dissolved.map(({ id }) => id),
  )
  const ids = await store.openIncidents(tx)
  const stationIds = new Set([...plan.members.keys(), ...wereMembers.map(({ subject }) => subject)])
  await store.saveMembers(
    tx,
    [...stationIds].map((stationId) => ({
      stationId,
      incidentId: ids.get(plan.members.get(stationId) ?? '') ?? null,
    })),
  )
}

/** Everything else there is to look at. */
async function lookAround(tx: Tx, { disk }: WatchDeps, at: Temporal.Instant): Promise<readonly WatchedAlert[]> {
  await store.noteMarks(tx, at)
  const marks = await store.marksSince(tx, at.subtract({ hours: 1 }))
  const before = { changed: at.subtract({ minutes: 20 }), due: at.subtract({ minutes: 5 }) }
  const sessions = await store.quietSessions(tx, before)
  const mute = await store.muteStations(tx, {
    at,
    before: at.subtract({ seconds: HEARTBEATS_MISSED * HEARTBEAT_SECONDS }),
  })
  const still = await store.stillSessions(tx, NO_FLOW_BELOW_W)
  const waiting = await store.backlogs(tx, at.subtract({ minutes: 5 }))
  return [
    ...(await store.wrongClocks(tx)).map((clock) => clockAlert(clock, at)),
    ...mute.map((station) => muteAlert(station, HEARTBEAT_SECONDS, at)),
    ...marks.flatMap((one) => unsteadyAlerts(one, at)),
    ...sessions.flatMap((session) => sessionAlerts(session, at)),
    ...still.flatMap((session) => stillAlerts(session, at)),
    ...waiting.flatMap((backlog) => backlogAlerts(backlog, at)),
    ...diskAlerts(await disk?.(), at),
  ]
}
