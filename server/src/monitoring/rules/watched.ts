import type { AlertKind, Severity } from './kinds.ts'

/** What the watchers make of rows: from what is seen to the alerts that should be open. Pure. */

export interface WatchedAlert {
  readonly kind: AlertKind
  readonly subject: string
  readonly severity: Severity
  readonly stationId?: string
  readonly siteId?: string | null
  readonly sessionId?: string
  readonly evidence: Readonly<Record<string, unknown>>
  /** When the cause began. */
  readonly since: Temporal.Instant
}

export interface SilentStation {
  readonly stationId: string
  readonly siteId: string | null
  readonly connectedAt: Temporal.Instant | null
  readonly disconnectedAt: Temporal.Instant | null
  readonly lastSeenAt: Temporal.Instant
  readonly hasSession: boolean
}

/** A station that is away, and how sure that is. */
export interface AwayStation {
  readonly stationId: string
  readonly siteId: string | null
  readonly lostAt: Temporal.Instant
  readonly awaySeconds: number
  readonly hasSession: boolean
  /** Its connection was seen to end. Else nobody knows: our own restart, or a gateway that is gone. */
  readonly isSure: boolean
}

/**
 * Who is away, counted from when we have been watching without a break: after a restart of ours, or while the database was
 * away, stations need time to come back.
 */
export function awayStations(
  silent: readonly SilentStation[],
  watchingSince: Temporal.Instant,
  at: Temporal.Instant,
): readonly AwayStation[] {
  return silent.map((station) => {
    const { stationId, siteId, hasSession, connectedAt, disconnectedAt, lastSeenAt } = station
    const isSure = connectedAt === null && disconnectedAt !== null
    const lostAt = isSure ? disconnectedAt : lastSeenAt
    const from = Temporal.Instant.compare(lostAt, watchingSince) >= 0 ? lostAt : watchingSince
    return { stationId, siteId, lostAt, awaySeconds: seconds(from, at), hasSession, isSure }
  })
}

/** Not yet worth an alert of its own, but many at once are an incident. */
const INCIDENT_SECONDS = 60
const MAJOR_AFTER_SECONDS = 900

export function isLostForIncident({ isSure, awaySeconds }: AwayStation, graceSeconds: number): boolean {
  return awaySeconds >= (isSure ? Math.min(INCIDENT_SECONDS, graceSeconds) : graceSeconds)
}

/** Away for a while: minor at first; major after a quarter of an hour, or at once when somebody charges there. */
export function offlineAlert(station: AwayStation, at: Temporal.Instant): WatchedAlert {
  const { stationId, lostAt, awaySeconds, hasSession, isSure } = station
  return {
    kind: 'station-offline',
    subject: stationId,
    stationId,
    severity: hasSession || awaySeconds >= MAJOR_AFTER_SECONDS ? 'major' : 'minor',
    evidence: {
      lastHeardAt: lostAt.toString(),
      seconds: seconds(lostAt, at),
      how: isSure ? 'connection-ended' : 'silent',
      ...(hasSession ? { session: 'goes-on' } : {}),
    },
    since: lostAt,
  }
}

/** A station that is connected, answers pings, and says nothing. */
export interface MuteStation {
  readonly stationId: string
  readonly saidAt: Temporal.Instant
  readonly hasSession: boolean
}

/** So many heartbeats that did not come. */
export const HEARTBEATS_MISSED = 3

/** Its connection lives, its program does not: no session of it can be believed to go on. */
export function muteAlert(
  { stationId, saidAt, hasSession }: MuteStation,
  heartbeatSeconds: number,
  at: Temporal.Instant,
): WatchedAlert {
  const evidence = {
    lastSaidAt: saidAt.toString(),
    minutes: Math.floor(seconds(saidAt, at) / 60),
    heartbeatMinutes: Math.round(heartbeatSeconds / 60),
    ...(hasSession ? { session: 'goes-on' } : {}),
  }
  const severity = hasSession ? 'major' : 'minor'
  return { kind: 'station-silent', subject: stationId, stationId, severity, evidence, since: saidAt }
}

export interface WatchedClock {
  readonly stationId: string
  readonly offsetSeconds: number
}

const CLOCK_MAJOR_SECONDS = 600

/** A clock more than a minute off (OCPP times are believed within 60 s of ours). */
export function clockAlert({ stationId, offsetSeconds }: WatchedClock, at: Temporal.Instant): WatchedAlert {
  const off = Math.abs(offsetSeconds)
  const direction = offsetSeconds > 0 ? 'ahead' : 'behind'
  const severity = off >= CLOCK_MAJOR_SECONDS ? 'major' : 'minor'
  const evidence = { offsetSeconds, seconds: off, direction }
  return { kind: 'clock-wrong', subject: stationId, stationId, severity, evidence, since: at }
}

export interface Marks {
  readonly stationId: string
  readonly connects: readonly Temporal.Instant[]
  readonly boots: readonly Temporal.Instant[]
}

const MARKS_WINDOW = Temporal.Duration.from({ hours: 1 })
const MANY_CONNECTS = 10
const MANY_BOOTS = 5

/** What comes and goes: a connection made again and again, or a station that boots again and again. */
export function unsteadyAlerts({ stationId, connects, boots }: Marks, at: Temporal.Instant): readonly WatchedAlert[] {
  const recent = (times: readonly Temporal.Instant[]) =>
    times.filter((time) => Temporal.Instant.compare(time, at.subtract(MARKS_WINDOW)) >= 0)
  const [connected, booted] = [recent(connects), recent(boots)]
  const one = (kind: AlertKind, severity: Severity, times: readonly Temporal.Instant[]): WatchedAlert => ({
    kind,
    subject: stationId,
    stationId,
    severity,
    evidence: { times: times.length, latest: times.slice(-10).map(String) },
    since: times[0] ?? at,
  })
  return [
    ...(connected.length >= MANY_CONNECTS && booted.length < MANY_BOOTS
      ? [one('station-unsteady', 'major', connected)]
      : []),
    ...(booted.length >= MANY_BOOTS ? [one('boot-loop', 'major', booted)] : []),
  ]
}

export interface WatchedSession {
  readonly id: string
  readonly number: number
  readonly stationId: string
  readonly state: string
  readonly startedAt: Temporal.Instant
  readonly changedAt: Temporal.Instant
  readonly dueAt: Temporal.Instant | null
  readonly powerW: number | null
  readonly isConnected: boolean
}

const NO_METER_SECONDS = 1_200
const WAITS_AT_MOST: Readonly<Record<string, number>> = {
  'waiting-for-station': 3_600,
  'waiting-for-cable': 3_600,
  'waiting-for-meter': 3_600,
}
/** A deadline that the worker has not taken for so long is not being taken. */
const OVERDUE_SECONDS = 300

/** Sessions that go on without meter values, and those that nothing moves any more. */
export function sessionAlerts(session: WatchedSession, at: Temporal.Instant): readonly WatchedAlert[] {
  const { id, number, stationId, state, changedAt, dueAt, powerW, isConnected } = session
  const common = { subject: id, sessionId: id, stationId }
  const quiet = seconds(changedAt, at)
  if (state === 'delivering' && isConnected && quiet >= NO_METER_SECONDS) {
    // One that never told its power may be of those that read the meter at start and end only.
    const severity = powerW === null ? 'minor' : 'major'
    const evidence = { sessionNumber: number, minutes: Math.floor(quiet / 60), lastPowerW: powerW }
    return [{ ...common, kind: 'session-no-meter', severity, evidence, since: changedAt }]
  }
  const most = WAITS_AT_MOST[state]
  const isOverdue = dueAt !== null && seconds(dueAt, at) >= OVERDUE_SECONDS
  const waitsTooLong = most !== undefined && quiet >= most && (state !== 'waiting-for-meter' || isConnected)
  if (!isOverdue && !waitsTooLong) return []
  const evidence = { sessionNumber: number, state, minutes: Math.floor(quiet / 60) }
  return [{ ...common, kind: 'session-stuck', severity: 'major', evidence, since: changedAt }]
}

/** A session that is shown charging, and whose last readings say the same register. */
export interface StillSession {
  readonly id: string
  readonly number: number
  readonly stationId: string
  readonly powerW: number
  /** Since when its register has stood still, and how often it was read since. */
  readonly stillSince: Temporal.Instant
  readonly readings: number
}

/** Hardly more than what a station uses for itself (OCPP behaviour, "connected but no energy flows"). */
export const NO_FLOW_BELOW_W = 100
const NO_FLOW_SECONDS = 300

/** Charging by name only: the car, its cable or the station; it goes on, and somebody should know. */
export function stillAlerts(session: StillSession, at: Temporal.Instant): readonly WatchedAlert[] {
  const { id, number, stationId, powerW, stillSince, readings } = session
  const still = seconds(stillSince, at)
  if (still < NO_FLOW_SECONDS || readings < 2 || powerW >= NO_FLOW_BELOW_W) return []
  const evidence = { sessionNumber: number, minutes: Math.floor(still / 60), powerW }
  return [
    { kind: 'session-no-flow', subject: id, sessionId: id, stationId, severity: 'minor', evidence, since: stillSince },
  ]
}

export interface Backlog {
  readonly type: string
  readonly waiting: number
  readonly oldestAt: Temporal.Instant
}

const BACKLOG_SECONDS = 300
const BACKLOG_MAJOR_SECONDS = 1_800

/** What waits to be handed on for too long. */
export function backlogAlerts({ type, waiting, oldestAt }: Backlog, at: Temporal.Instant): readonly WatchedAlert[] {
  const oldest = seconds(oldestAt, at)
  if (oldest < BACKLOG_SECONDS) return []
  const severity = oldest >= BACKLOG_MAJOR_SECONDS ? 'major' : 'minor'
  const evidence = { type, waiting, minutes: Math.floor(oldest / 60) }
  return [{ kind: 'outbox-backlog', subject: type, severity, evidence, since: oldestAt }]
}

export interface Disk {
  readonly freeBytes: number
  readonly totalBytes: number
}

const DISK_LOW = 0.15
const DISK_VERY_LOW = 0.05

export function diskAlerts(disk: Disk | undefined, at: Temporal.Instant): readonly WatchedAlert[] {
  if (disk === undefined || disk.totalBytes <= 0) return []
  const share = disk.freeBytes / disk.totalBytes
  if (share >= DISK_LOW) return []
  const severity = share < DISK_VERY_LOW ? 'critical' : 'major'
  const evidence = { freePercent: Math.floor(share * 100), freeBytes: disk.freeBytes }
  return [{ kind: 'disk-nearly-full', subject: 'disk', severity, evidence, since: at }]
}

function seconds(from: Temporal.Instant, to: Temporal.Instant): number {
  return Math.max(0, Math.floor((to.epochMilliseconds - from.epochMilliseconds) / 1_000))
}
