/** Many stations lost at once are one incident. Pure: who is silent now, and which incidents are open. */

export interface LostStation {
  readonly stationId: string
  readonly siteId: string | null
  readonly lostAt: Temporal.Instant
  /** The incident it belongs to already. */
  readonly incident: string | undefined
}

export interface OpenIncident {
  readonly subject: string
  /** Of one site only. */
  readonly siteId: string | null
  readonly since: Temporal.Instant
}

export interface IncidentLimits {
  /** So many stations of a network within the window. */
  readonly stations: number
  readonly windowSeconds: number
}

export interface IncidentPlan {
  /** By station: the subject of its incident. */
  readonly members: ReadonlyMap<string, string>
  readonly begun: readonly OpenIncident[]
  /** Their last few stations stand alone again. */
  readonly dissolved: readonly string[]
}

/** At one site so many, and half of it. */
const SITE_STATIONS = 3
/** In a large network some are always being lost: an incident is more than this share of it. */
const SHARE = 0.005
/** What is left of an incident after so long stands alone when it is so few. */
const DISSOLVES_AFTER = Temporal.Duration.from({ minutes: 30 })
const DISSOLVES_BELOW = 3

export function planIncidents(
  lost: readonly LostStation[],
  open: readonly OpenIncident[],
  network: { readonly stations: number; readonly bySite: ReadonlyMap<string, number> },
  limits: IncidentLimits,
  at: Temporal.Instant,
): IncidentPlan {
  const members = new Map<string, string>()
  const subjects = new Set(open.map(({ subject }) => subject))
  for (const { stationId, incident } of lost) {
    if (incident !== undefined && subjects.has(incident)) members.set(stationId, incident)
  }
  const isFree = ({ stationId }: LostStation): boolean => !members.has(stationId)
  joinOpen(lost.filter(isFree), lost, open, members, limits)
  const begun: OpenIncident[] = []
  const begin = (cluster: readonly LostStation[]): void => {
    const incident = incidentOf(cluster, subjects)
    subjects.add(incident.subject)
    begun.push(incident)
    for (const { stationId } of cluster) members.set(stationId, incident.subject)
  }
  const enough = Math.max(limits.stations, Math.ceil(network.stations * SHARE))
  for (const cluster of clusters(lost.filter(isFree), enough, limits)) begin(cluster)
  for (const [siteId, here] of Map.groupBy(lost.filter(isFree), (station) => station.siteId)) {
    if (siteId === null) continue
    const half = Math.max(SITE_STATIONS, Math.ceil((network.bySite.get(siteId) ?? 0) / 2))
    for (const cluster of clusters(here, half, limits)) begin(cluster)
  }
  const dissolved = open.filter((incident) => isOver(incident, members, at)).map(({ subject }) => subject)
  for (const [stationId, subject] of members) if (dissolved.includes(subject)) members.delete(stationId)
  return { members, begun, dissolved }
}

function isOver({ subject, since }: OpenIncident, members: ReadonlyMap<string, string>, at: Temporal.Instant): boolean {
  const left = [...members.values()].filter((one) => one === subject).length
  return left > 0 && left < DISSOLVES_BELOW && Temporal.Instant.compare(since.add(DISSOLVES_AFTER), at) <= 0
}

/** Lost within the window of a member of an open incident, and where that one is: part of it. */
function joinOpen(
  free: readonly LostStation[],
  lost: readonly LostStation[],
  open: readonly OpenIncident[],
  members: Map<string, string>,
  { windowSeconds }: IncidentLimits,
): void {
  for (const { subject, siteId } of open) {
    const times = lost.filter(({ stationId }) => members.get(stationId) === subject).map(({ lostAt }) => lostAt)
    const [first] = times
    if (first === undefined) continue
    const from = times.reduce(earlier, first).subtract({ seconds: windowSeconds })
    const to = times.reduce(later, first).add({ seconds: windowSeconds })
    for (const station of free) {
      const isNear =
        Temporal.Instant.compare(station.lostAt, from) >= 0 && Temporal.Instant.compare(station.lostAt, to) <= 0
      const isHere = siteId === null || siteId === station.siteId
      if (isNear && isHere && !members.has(station.stationId)) members.set(station.stationId, subject)
    }
  }
}

/** Runs of stations lost close to each other of which at least `enough` fell silent within one window. */
function clusters(
  stations: readonly LostStation[],
  enough: number,
  { windowSeconds }: IncidentLimits,
): readonly (readonly LostStation[])[] {
  const sorted = stations.toSorted((one, other) => Temporal.Instant.compare(one.lostAt, other.lostAt))
  const runs: LostStation[][] = []
  for (const station of sorted) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run !== undefined && last !== undefined && secondsBetween(last, station) <= windowSeconds) run.push(station)
    else runs.push([station])
  }
  return runs.filter((run) =>
    run.some((station, index) => {
      const last = run[index + enough - 1]
      return last !== undefined && secondsBetween(station, last) <= windowSeconds
    }),
  )
}

function incidentOf(cluster: readonly LostStation[], taken: ReadonlySet<string>): OpenIncident {
  const [first] = cluster
  const since = first?.lostAt ?? Temporal.Instant.fromEpochMilliseconds(0)
  const siteId = cluster.every((station) => station.siteId === first?.siteId) ? (first?.siteId ?? null) : null
  const name = `${siteId ?? 'network'}/${since.toString({ smallestUnit: 'second' })}`
  let subject = name
  for (let n = 2; taken.has(subject); n += 1) subject = `${name}/${n}`
  return { subject, siteId, since }
}

function secondsBetween(one: LostStation, other: LostStation): number {
  return Math.abs(other.lostAt.epochMilliseconds - one.lostAt.epochMilliseconds) / 1_000
}

function earlier(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) <= 0 ? one : other
}

function later(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) >= 0 ? one : other
}
