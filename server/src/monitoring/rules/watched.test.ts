import { describe, expect, it } from 'vitest'
import { begun } from './grouping.ts'
import { reconcile } from './reconcile.ts'
import {
  awayStations,
  backlogAlerts,
  clockAlert,
  diskAlerts,
  isLostForIncident,
  offlineAlert,
  sessionAlerts,
  stillAlerts,
  unsteadyAlerts,
} from './watched.ts'

const T0 = Temporal.Instant.from('2026-11-26T08:00:00Z')
const before = (seconds: number): Temporal.Instant => T0.subtract({ seconds })

const silent = {
  stationId: 'st',
  siteId: null,
  connectedAt: null,
  disconnectedAt: before(400),
  lastSeenAt: before(410),
  hasSession: false,
}
const [away] = awayStations([silent], before(9_999), T0)
if (away === undefined) throw new Error('nobody is away')

describe('a station that is away', () => {
  it('counts from its last connection, but never from before we watched', () => {
    expect(away).toMatchObject({ lostAt: before(400), awaySeconds: 400, isSure: true })
    expect(awayStations([silent], before(20), T0)).toMatchObject([{ lostAt: before(400), awaySeconds: 20 }])
    const lostByUs = { ...silent, disconnectedAt: null }
    expect(awayStations([lostByUs], before(9_999), T0)).toMatchObject([{ lostAt: before(410), isSure: false }])
  })

  it('is minor, then major; major at once when somebody charges there', () => {
    expect(offlineAlert(away, T0).severity).toBe('minor')
    expect(offlineAlert({ ...away, awaySeconds: 900 }, T0).severity).toBe('major')
    expect(offlineAlert({ ...away, hasSession: true }, T0)).toMatchObject({
      severity: 'major',
      since: before(400),
      evidence: { how: 'connection-ended', session: 'goes-on' },
    })
  })

  it('may be part of an incident after a minute, when its connection was seen to end', () => {
    expect(isLostForIncident({ ...away, awaySeconds: 59 }, 180)).toBe(false)
    expect(isLostForIncident({ ...away, awaySeconds: 60 }, 180)).toBe(true)
    expect(isLostForIncident({ ...away, awaySeconds: 100, isSure: false }, 180)).toBe(false)
  })
})

const session = {
  id: 's',
  number: 7,
  stationId: 'st',
  state: 'delivering',
  startedAt: before(9_000),
  changedAt: before(1_200),
  dueAt: T0.add({ hours: 1 }),
  powerW: 7_000,
  isConnected: true,
}

describe('a session', () => {
  it.each([
    ['goes on without meter values', {}, 'session-no-meter', 'major'],
    ['of a station that may never tell its power', { powerW: null }, 'session-no-meter', 'minor'],
    ['has just told something', { changedAt: before(1_199) }, undefined, undefined],
    ['of a station that is away', { isConnected: false }, undefined, undefined],
    ['is paused by the car', { state: 'paused' }, undefined, undefined],
    ['has a deadline nobody takes', { dueAt: before(300), state: 'paused' }, 'session-stuck', 'major'],
    [
      'waits for its cable for ever',
      { state: 'waiting-for-cable', changedAt: before(3_600) },
      'session-stuck',
      'major',
    ],
    [
      'waits for the meter of a station that is away',
      { state: 'waiting-for-meter', changedAt: before(9_000), isConnected: false },
      undefined,
      undefined,
    ],
  ])('that %s', (_, more, kind, severity) => {
    const [alert] = sessionAlerts({ ...session, ...more }, T0)
    expect([alert?.kind, alert?.severity]).toEqual([kind, severity])
  })
})

describe('what else is watched', () => {
  it('is a clock that is off, worse beyond ten minutes', () => {
    expect(clockAlert({ stationId: 'st', offsetSeconds: -94 }, T0)).toMatchObject({
      severity: 'minor',
      evidence: { seconds: 94, offsetSeconds: -94 },
    })
    expect(clockAlert({ stationId: 'st', offsetSeconds: 601 }, T0).severity).toBe('major')
  })

  it('is a station that connects or boots again and again within the hour', () => {
    const times = (count: number) => Array.from({ length: count }, (_, n) => before((count - n) * 60))
    const kinds = (connects: number, boots: number) =>
      unsteadyAlerts({ stationId: 'st', connects: times(connects), boots: times(boots) }, T0).map(({ kind }) => kind)
    expect([kinds(9, 4), kinds(10, 4), kinds(10, 5)]).toEqual([[], ['station-unsteady'], ['boot-loop']])
    const old = Array.from({ length: 30 }, () => before(3_601))
    expect(unsteadyAlerts({ stationId: 'st', connects: old, boots: old }, T0)).toEqual([])
  })

  it('is what waits to be handed on, and the room that is left', () => {
    const backlog = (seconds: number) => backlogAlerts({ type: 'x', waiting: 3, oldestAt: before(seconds) }, T0)
    expect([backlog(299)[0]?.severity, backlog(300)[0]?.severity, backlog(1_800)[0]?.severity]).toEqual([
      undefined,
      'minor',
      'major',
    ])
    const disk = (free: number) => diskAlerts({ freeBytes: free, totalBytes: 100 }, T0)[0]?.severity
    expect([disk(15), disk(14), disk(4)]).toEqual([undefined, 'major', 'critical'])
    expect(diskAlerts(undefined, T0)).toEqual([])
  })
})

it('what a pass finds begins, what it finds again stays, what it does not find is over', () => {
  const kept = (subject: string, more = {}) => ({
    ...begun('minor', T0),
    id: subject,
    kind: 'station-offline',
    subject,
    evidence: {},
    ...more,
  })
  const found = (stationId: string, awaySeconds = 200) => offlineAlert({ ...away, stationId, awaySeconds }, T0)
  const { raise, change, gone } = reconcile(
    [found('new'), found('same'), found('worse', 901), found('back')],
    [kept('same'), kept('worse'), kept('back', { calmAt: T0 }), kept('over')],
  )
  expect(raise.map(({ subject }) => subject)).toEqual(['new', 'back'])
  expect(change.map(({ open, severity }) => [open.subject, severity])).toEqual([['worse', 'major']])
  expect(gone.map(({ subject }) => subject)).toEqual(['over'])
})

it('a session that is charging by name only is told after five minutes of one register and hardly any power', () => {
  const still = { id: 's', number: 7, stationId: 'st', powerW: 20, stillSince: before(360), readings: 6 }
  expect(stillAlerts(still, T0)).toMatchObject([
    {
      kind: 'session-no-flow',
      subject: 's',
      severity: 'minor',
      evidence: { minutes: 6, powerW: 20 },
      since: before(360),
    },
  ])
  for (const less of [{ stillSince: before(290) }, { readings: 1 }, { powerW: 100 }]) {
    expect(stillAlerts({ ...still, ...less }, T0)).toEqual([])
  }
})
