import { describe, expect, it } from 'vitest'
import { incidentAlerts } from './incident-alerts.ts'
import { type LostStation, type OpenIncident, planIncidents } from './incidents.ts'

const T0 = Temporal.Instant.from('2026-11-26T08:00:00Z')
const limits = { stations: 5, windowSeconds: 60 }
const network = { stations: 100, bySite: new Map([['a', 4]]) }

const lost = (count: number, from: number, step: number, siteId: string | null = null): LostStation[] =>
  Array.from({ length: count }, (_, n) => ({
    stationId: `${siteId ?? 'x'}-${from}-${n}`,
    siteId,
    lostAt: T0.add({ milliseconds: Math.round((from + n * step) * 1_000) }),
    incident: undefined,
  }))

const plan = (stations: readonly LostStation[], open: readonly OpenIncident[] = [], minutes = 5) =>
  planIncidents(stations, open, network, limits, T0.add({ minutes }))

describe('many stations lost at once', () => {
  it('are one incident, whether five or five thousand', () => {
    for (const count of [5, 5_000]) {
      const { begun, members } = plan(lost(count, 0, 40 / count))
      expect(begun).toHaveLength(1)
      expect(begun[0]).toMatchObject({ siteId: null, since: T0 })
      expect(new Set(members.values()).size).toBe(1)
      expect(members.size).toBe(count)
    }
  })

  it('are none when they are few, or lost slowly', () => {
    expect(plan(lost(4, 0, 1)).begun).toEqual([])
    expect(plan(lost(40, 0, 61)).begun).toEqual([])
    // Never five within a minute, however long the trickle.
    expect(plan(lost(40, 0, 16)).begun).toEqual([])
  })

  it('are more in a large network, where some are always being lost', () => {
    const large = { stations: 20_000, bySite: new Map() }
    const at = T0.add({ minutes: 5 })
    expect(planIncidents(lost(99, 0, 0.5), [], large, limits, at).begun).toEqual([])
    expect(planIncidents(lost(100, 0, 0.5), [], large, limits, at).begun).toHaveLength(1)
  })

  it('are an incident of their site when they are half of it', () => {
    const { begun } = plan(lost(3, 0, 1, 'a'))
    expect(begun).toMatchObject([{ siteId: 'a' }])
    const big = { stations: 100, bySite: new Map([['a', 20]]) }
    expect(planIncidents(lost(3, 0, 1, 'a'), [], big, limits, T0.add({ minutes: 5 })).begun).toEqual([])
  })

  it('are two incidents when an hour lies between', () => {
    expect(plan([...lost(6, 0, 1), ...lost(6, 3_600, 1)]).begun).toHaveLength(2)
  })

  it('take in who follows within the window, and nobody else', () => {
    const first = lost(6, 0, 1)
    const [incident] = plan(first).begun
    if (incident === undefined) throw new Error('no incident')
    const members = first.map((station) => ({ ...station, incident: incident.subject }))
    const late = [...lost(1, 50, 0, 'a'), ...lost(1, 200, 0, 'b')]
    const next = plan([...members, ...late], [incident])
    expect(next.begun).toEqual([])
    expect(next.members.get('a-50-0')).toBe(incident.subject)
    expect(next.members.has('b-200-0')).toBe(false)
    // Seven were lost, six are silent still: one is back.
    const still = [...members.slice(1), ...late]
    const after = plan(still, [incident])
    const names = new Map([['a', 'Torikatu']])
    const known = [{ ...incident, evidence: { lost: 6 } }]
    expect(incidentAlerts(after, known, still, names)).toMatchObject([
      { kind: 'stations-lost', severity: 'critical', evidence: { lost: 7, silent: 6, back: 1 } },
    ])
  })

  it('name the sites that lost most; all others, and stations of no site, are one line', () => {
    const at = (siteId: string | null, count: number) => lost(count, 0, 0.1, siteId)
    const stations = [...at(null, 9), ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].flatMap((site, n) => at(site, 8 - n))]
    const begun = plan(stations)
    const [alert] = incidentAlerts(begun, [], stations, new Map([['a', 'Torikatu']])).filter(
      ({ siteId }) => siteId === null,
    )
    expect(alert?.evidence['places']).toEqual([
      { siteId: 'a', name: 'Torikatu', silent: 8 },
      ...['b', 'c', 'd', 'e'].map((siteId, n) => ({ siteId, name: '', silent: 7 - n })),
      { silent: 9 + 3 + 2 },
    ])
  })

  it('let the last few stand alone after half an hour', () => {
    const [incident] = plan(lost(6, 0, 1)).begun
    if (incident === undefined) throw new Error('no incident')
    const left = lost(2, 0, 1).map((station) => ({ ...station, incident: incident.subject }))
    expect(plan(left, [incident], 29).dissolved).toEqual([])
    const over = plan(left, [incident], 31)
    expect(over.dissolved).toEqual([incident.subject])
    expect(over.members.size).toBe(0)
    expect(incidentAlerts(over, [{ ...incident, evidence: {} }], left, new Map())).toEqual([])
  })
})
