import type { IncidentPlan, LostStation, OpenIncident } from './incidents.ts'
import type { WatchedAlert } from './watched.ts'

/** So many sites are named; the rest is one line, and with it those that belong to none. */
const MOST_PLACES = 5

/** The alert of each incident that goes on: how many were lost, how many are silent still, and where. */
export function incidentAlerts(
  plan: IncidentPlan,
  open: readonly (OpenIncident & { readonly evidence: Readonly<Record<string, unknown>> })[],
  lost: readonly LostStation[],
  siteNames: ReadonlyMap<string, string>,
): readonly WatchedAlert[] {
  const before = new Map(open.map((incident) => [incident.subject, incident.evidence['lost']]))
  return [...open, ...plan.begun].flatMap((incident) => {
    const { subject, siteId, since } = incident
    const silent = lost.filter(({ stationId }) => plan.members.get(stationId) === subject)
    if (silent.length === 0 || plan.dissolved.includes(subject)) return []
    const joined = silent.filter(({ incident: was }) => was !== subject).length
    const known = before.get(subject)
    const all = (typeof known === 'number' ? known : 0) + joined
    const evidence = {
      lost: all,
      silent: silent.length,
      back: all - silent.length,
      places: placesOf(silent, siteNames),
      firstAt: edge(silent, -1).toString(),
      lastAt: edge(silent, 1).toString(),
    }
    return [{ kind: 'stations-lost', subject, siteId, severity: 'critical', evidence, since } as const]
  })
}

function placesOf(silent: readonly LostStation[], siteNames: ReadonlyMap<string, string>): readonly object[] {
  const named = [...Map.groupBy(silent, ({ siteId }) => siteId)]
    .flatMap(([siteId, stations]) =>
      siteId === null ? [] : [{ siteId, name: siteNames.get(siteId) ?? '', silent: stations.length }],
    )
    .toSorted((one, other) => other.silent - one.silent)
    .slice(0, MOST_PLACES)
  const rest = named.reduce((left, place) => left - place.silent, silent.length)
  return [...named, ...(rest === 0 ? [] : [{ silent: rest }])]
}

/** The first (-1) or last (1) moment at which one of them was lost. */
function edge(silent: readonly LostStation[], direction: -1 | 1): Temporal.Instant {
  return silent
    .map(({ lostAt }) => lostAt)
    .reduce((one, other) => (Temporal.Instant.compare(other, one) * direction > 0 ? other : one))
}
