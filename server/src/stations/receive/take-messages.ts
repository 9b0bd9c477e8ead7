import { type Keys, must, together, type Tx } from '../../platform/index.ts'
import type { HandedIn } from '../handed-in.ts'
import type { EvseStatusReport, ReportAnswer, ReportBody, StationReport } from '../model.ts'
import { statusOfConnectors } from '../rules/seen.ts'
import type { MessageAnswer, StationMessage } from './message.ts'
import * as store from './store.ts'

/** An EVSE or connector with a higher number is no plausible one: what names it is kept, and makes no rows. */
const HIGHEST_EVSE = 128
const HIGHEST_CONNECTOR = 16

export const HEARTBEAT_SECONDS = 300
/** Sooner than a silent station that was never let in is sent away. */
const WAITING_SECONDS = 30
const REFUSED_SECONDS = 3_600

export interface TakeDeps {
  readonly keys: Keys
  readonly takeReports: HandedIn['takeReports']
  /** EVSEs and connectors that are known to have rows, so that a batch need not ask. */
  readonly knownPlaces: Set<string>
  /** A command waits to see in this station's reports what it brought about. */
  readonly isExpecting: (stationId: string) => boolean
  /** Marks commands of these stations whose effect a report shows. */
  readonly markEffects: (tx: Tx, messages: readonly StationMessage[]) => Promise<void>
}

/**
 * Takes a batch in one transaction: what stations themselves are (boots, statuses) first, then what sessions make of it,
 * one statement for each table. Answers one for each message.
 */
export async function takeMessages(
  tx: Tx,
  deps: TakeDeps,
  messages: readonly StationMessage[],
): Promise<readonly MessageAnswer[]> {
  const loading = store.loadStationStates(tx, messages).then(byStation)
  const { current, answers, states } = messages.every((message) => isPlain(deps, message))
    ? await takePlain(tx, deps, messages, loading)
    : await takeAll(tx, deps, messages, await loading)

  const byMessage = new Map<StationMessage, ReportAnswer>()
  let index = 0
  for (const message of current) {
    const first = message.bodies[0]
    const state = states.get(message.stationId)
    if (first?.kind === 'booted' && state !== undefined) byMessage.set(message, bootAnswer(state.onboarding))
    else byMessage.set(message, answers[index] ?? { kind: 'noted' })
    index += message.bodies.length
  }
  return messages.map((message) => byMessage.get(message) ?? { kind: 'superseded' })
}

type States = ReadonlyMap<string, store.StationState>

interface Taken {
  readonly states: States
  readonly current: readonly StationMessage[]
  /** One for each report of `current`. */
  readonly answers: readonly ReportAnswer[]
}

function byStation(states: readonly store.StationState[]): States {
  return new Map(states.map((state) => [state.stationId, state]))
}

const isOfNewestSocket =
  (states: States) =>
  ({ stationId, epoch }: { readonly stationId: string; readonly epoch: bigint }): boolean =>
    states.get(stationId)?.epoch === epoch

/** Says nothing of the station itself, only of what is delivered there: then nothing need be saved before sessions are asked. */
function isPlain(deps: TakeDeps, { stationId, bodies }: StationMessage): boolean {
  return (
    !deps.isExpecting(stationId) &&
    bodies.every((body) => {
      if (body.kind !== 'meter-read' && !body.kind.startsWith('transaction-')) return false
      const place = placeOf(body)
      return place === undefined ? !hasNoPlace(body) : deps.knownPlaces.has(placeKey(stationId, place))
    })
  )
}

/** Asks whose socket is the newest and what sessions need in one turn. */
async function takePlain(
  tx: Tx,
  deps: TakeDeps,
  messages: readonly StationMessage[],
  loading: Promise<States>,
): Promise<Taken> {
  const reports = messages.flatMap(reportsOf)
  const whose = loading.then(isOfNewestSocket)
  // Its fault is that of `loading`.
  whose.catch(() => {})
  const [states, all] = await together([loading, deps.takeReports(tx, reports, whose)])
  const isCurrent = isOfNewestSocket(states)
  return {
    states,
    current: messages.filter(isCurrent),
    answers: all.filter((_, index) => isCurrent(must(reports[index], 'report'))),
  }
}

async function takeAll(tx: Tx, deps: TakeDeps, messages: readonly StationMessage[], states: States): Promise<Taken> {
  const current = messages.filter(isOfNewestSocket(states))
  const reports = current.flatMap(reportsOf)
  // Commands before EVSEs and sessions: so does whoever keeps the answer to one, and neither waits for the other in a ring.
  await deps.markEffects(tx, current)
  await saveBoots(tx, reports, states)
  await savePlaces(tx, deps, reports)
  await saveStatuses(tx, reports)
  await saveRecorded(tx, deps, current)
  return { states, current, answers: await deps.takeReports(tx, reports) }
}

function reportsOf(message: StationMessage): StationReport[] {
  const { tenantId, stationId, epoch, receivedAt, socketOpenedAt } = message
  return message.bodies.map((body) => ({ tenantId, stationId, epoch, receivedAt, socketOpenedAt, body }))
}

function bootAnswer(onboarding: store.StationState['onboarding']): ReportAnswer {
  const intervalSeconds = { accepted: HEARTBEAT_SECONDS, waiting: WAITING_SECONDS, refused: REFUSED_SECONDS }[
    onboarding
  ]
  return { kind: 'booted', onboarding, intervalSeconds }
}

async function saveBoots(
  tx: Tx,
  reports: readonly StationReport[],
  states: ReadonlyMap<string, store.StationState>,
): Promise<void> {
  const boots = reports.flatMap(({ tenantId, stationId, receivedAt, body }) =>
    body.kind === 'booted'
      ? {
          tenantId,
          stationId,
          report: body,
          at: receivedAt,
          isAccepted: states.get(stationId)?.onboarding === 'accepted',
        }
      : [],
  )
  if (boots.length > 0) await store.saveBoots(tx, boots)
}

const placeKey = (
  stationId: string,
  { evse, connector }: { readonly evse: number; readonly connector: number },
): string => `${stationId}/${evse}/${connector}`

/** Where a report happened; undefined for one that names no plausible place. */
function placeOf(body: ReportBody): { readonly evse: number; readonly connector: number } | undefined {
  if (!('evse' in body) || body.evse === undefined) return undefined
  const connector = body.connector ?? 0
  if (body.evse < 0 || body.evse > HIGHEST_EVSE || connector < 0 || connector > HIGHEST_CONNECTOR) return undefined
  return { evse: body.evse, connector }
}

async function savePlaces(tx: Tx, deps: TakeDeps, reports: readonly StationReport[]): Promise<void> {
  const missing = new Map<string, store.Place>()
  for (const { tenantId, stationId, body } of reports) {
    const place = placeOf(body)
    if (place === undefined) continue
    const key = placeKey(stationId, place)
    if (!deps.knownPlaces.has(key)) missing.set(key, { tenantId, stationId, ...place })
  }
  if (missing.size === 0) return
  await store.ensurePlaces(tx, [...missing.values()])
  tx.afterCommit(() => {
    for (const key of missing.keys()) deps.knownPlaces.add(key)
  })
}

async function saveStatuses(tx: Tx, reports: readonly StationReport[]): Promise<void> {
  const changes = new Map<string, store.StatusChange>()
  for (const { tenantId, stationId, receivedAt, body } of reports) {
    if (body.kind !== 'evse-status' || placeOf(body) === undefined) continue
    // The last word on a connector counts; a message may name it twice.
    changes.set(`${stationId}/${body.evse}/${body.connector}`, { tenantId, stationId, at: receivedAt, report: body })
  }
  if (changes.size === 0) return
  const all = [...changes.values()]
  const ofConnectors = all.filter(({ report }) => report.connector > 0)
  if (ofConnectors.length > 0) await store.saveConnectorStatuses(tx, ofConnectors)
  const connectors = ofConnectors.length > 0 ? await store.loadConnectorsOf(tx, ofConnectors) : []
  const ofEvses = new Map(all.map((change) => [`${change.stationId}/${change.report.evse}`, change]))
  await store.saveEvseStatuses(
    tx,
    [...ofEvses.values()].map((change) => ({ ...change, report: evseReport(change, connectors) })),
  )
}

/** What the EVSE is, from all its connectors; the report itself where it speaks of the EVSE as a whole. */
function evseReport(change: store.StatusChange, connectors: readonly store.ConnectorState[]): EvseStatusReport {
  const { report, stationId } = change
  if (report.connector === 0) return report
  const own = connectors.filter((connector) => connector.stationId === stationId && connector.evse === report.evse)
  const leading = statusOfConnectors(own)
  if (leading === undefined || leading.status === null) return report
  const { phase: _, ...rest } = report
  return { ...rest, status: leading.status, ...(leading.phase === null ? {} : { phase: leading.phase }) }
}

async function saveRecorded(tx: Tx, deps: TakeDeps, messages: readonly StationMessage[]): Promise<void> {
  const kept = messages.filter(({ bodies }) =>
    bodies.some((body) => body.kind === 'recorded' || body.kind === 'problem' || hasNoPlace(body)),
  )
  if (kept.length === 0) return
  const recorded: store.Recorded[] = []
  for (const { tenantId, stationId, receivedAt, action, text } of kept) {
    const key = await deps.keys.tenant(tenantId)
    recorded.push({ tenantId, stationId, at: receivedAt, what: action, content: key.encrypt(text) })
  }
  await store.saveRecorded(tx, recorded)
}

function hasNoPlace(body: ReportBody): boolean {
  return 'evse' in body && body.evse !== undefined && placeOf(body) === undefined
}
