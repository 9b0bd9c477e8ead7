import type { z } from 'zod'
import type { ConnectorRow, EvseRow, StationRow } from './store.ts'
import { type EvseSeen, evseSeen, type Seen, type SeenInput, worstSeen } from './rules/seen.ts'
import { stationUrl } from './rules/station-path.ts'
import { vendorErrorKey as keyOfVendorError } from './vendors/index.ts'
import type * as shapes from './shapes.ts'

/** Whoever has not been heard of for this long has lost its gateway; last-seen is written every 15 s. */
const UNKNOWN_AFTER_SECONDS = 75

export type ConnectionState = SeenInput['connection']

export function connectionState(
  station: Pick<StationRow, 'connectedAt' | 'disconnectedAt' | 'lastSeenAt'>,
  at: Temporal.Instant,
): ConnectionState {
  const { connectedAt, disconnectedAt, lastSeenAt } = station
  if (connectedAt !== null) {
    const heard = lastSeenAt ?? connectedAt
    return Temporal.Instant.compare(heard.add({ seconds: UNKNOWN_AFTER_SECONDS }), at) < 0 ? 'unknown' : 'connected'
  }
  if (disconnectedAt !== null) return 'offline'
  return lastSeenAt === null ? 'never' : 'unknown'
}

/** A station with everything it is shown by. */
export interface StationParts {
  readonly station: StationRow
  readonly evses: readonly EvseRow[]
  readonly connectors: readonly ConnectorRow[]
}

export function partsOf(
  stations: readonly StationRow[],
  evses: readonly EvseRow[],
  connectors: readonly ConnectorRow[],
): readonly StationParts[] {
  const byStation = Map.groupBy(evses, ({ stationId }) => stationId)
  const plugs = Map.groupBy(connectors, ({ stationId }) => stationId)
  return stations.map((station) => ({
    station,
    evses: byStation.get(station.id) ?? [],
    connectors: plugs.get(station.id) ?? [],
  }))
}

/** What is seen of each EVSE; EVSE 0 is the station as a whole and only speaks for the others. */
export function seenOf({ station, evses }: StationParts, at: Temporal.Instant): ReadonlyMap<number, Seen> {
  const connection = connectionState(station, at)
  const stationStatus = evses.find(({ id }) => id === 0)?.status ?? null
  return new Map(
    evses
      .filter(({ id }) => id > 0)
      .map((evse) => [
        evse.id,
        evseSeen({
          adminState: station.state,
          connection,
          status: evse.status,
          phase: evse.phase,
          stationStatus,
          sessionState: evse.openSessionId === null ? null : (evse.openSessionState ?? 'delivering'),
        }),
      ]),
  )
}

function stationSeen(parts: StationParts, at: Temporal.Instant): EvseSeen {
  const seens = [...seenOf(parts, at).values()].map(({ seen }) => seen)
  if (seens.length === 0 && parts.station.state !== 'active') return parts.station.state
  return worstSeen(seens, connectionState(parts.station, at))
}

export type StationView = z.input<typeof shapes.station>
export type EvseView = StationView['evses'][number]
export type ConnectionView = StationView['connection']
export type MapItem = z.input<typeof shapes.mapItem>

export interface ViewContext {
  readonly at: Temporal.Instant
  readonly publicUrl: string
  readonly tenantSlug: string
}

/** Whether the station, or one of its EVSEs, is in one of these states: the list finds what the map shows. */
export function isSeenAs(parts: StationParts, states: readonly string[], at: Temporal.Instant): boolean {
  const seens = [...seenOf(parts, at).values()].map(({ seen }) => seen)
  return [stationSeen(parts, at), ...seens].some((seen) => states.includes(seen))
}

export function stationView(parts: StationParts, { at, publicUrl, tenantSlug }: ViewContext): StationView {
  const { station } = parts
  return {
    id: station.id,
    number: station.number,
    identity: station.identity,
    ...present({
      name: station.name,
      siteId: station.siteId,
      latitude: numberOf(station.latitude),
      longitude: numberOf(station.longitude),
      plainUntil: textOf(station.plainUntil),
      maxSessions: station.maxSessions,
      maxDurationSeconds: station.maxDurationSeconds,
      tariffId: station.tariffId,
      protocol: station.protocol,
      vendor: station.vendor,
      model: station.model,
      serial: station.serial,
      firmware: station.firmware,
      site: siteOf(station),
    }),
    state: station.state,
    onboarding: station.onboarding,
    securityProfile: station.securityProfile,
    url: stationUrl(publicUrl, tenantSlug, station.identity),
    connection: connectionView(station, at),
    seen: stationSeen(parts, at),
    evses: evseViews(parts, at),
    createdAt: textFrom(station.createdAt),
  }
}

function siteOf(station: StationRow): StationView['site'] | null {
  if (station.siteId === null) return null
  return {
    id: station.siteId,
    name: station.siteName ?? '',
    timeZone: station.siteTimeZone ?? 'UTC',
    ...present({
      city: station.siteCity,
      latitude: numberOf(station.siteLatitude),
      longitude: numberOf(station.siteLongitude),
    }),
  }
}

export function connectionView(station: StationRow, at: Temporal.Instant): ConnectionView {
  const state = connectionState(station, at)
  return {
    state,
    ...present({
      since: textOf(state === 'connected' ? station.connectedAt : station.disconnectedAt),
      lastMessageAt: textOf(station.lastSeenAt),
      clockOffsetMs: station.clockOffsetMs === null ? null : Number(station.clockOffsetMs),
    }),
  }
}

function evseViews(parts: StationParts, at: Temporal.Instant): EvseView[] {
  const seens = seenOf(parts, at)
  return parts.evses
    .filter(({ id }) => id > 0)
    .map((evse) => {
      const seen = seens.get(evse.id) ?? { seen: 'unknown' as const }
      return {
        id: evse.id,
        declared: evse.declared,
        ...seen,
        connectors: parts.connectors.filter(({ evseId }) => evseId === evse.id).map(connectorView),
        ...present({
          since: textOf(evse.statusAt),
          report: reportOf(evse, parts.station.vendor),
          powerW: evse.powerW,
          session:
            evse.openSessionId === null
              ? null
              : {
                  id: evse.openSessionId,
                  state: evse.openSessionState ?? 'delivering',
                  ...present({ powerW: evse.powerW }),
                },
        }),
      }
    })
}

function connectorView(connector: ConnectorRow): EvseView['connectors'][number] {
  const { id, type, format, maxPowerW, status, phase } = connector
  return { id, type, ...present({ format, maxPowerW, status, phase }) }
}

function reportOf(evse: EvseRow, vendor: string | null): EvseView['report'] | null {
  if (evse.status === null || evse.statusAt === null) return null
  const { status, phase, errorCode, info, vendorErrorCode } = evse
  const vendorErrorKey = vendor === null ? null : (keyOfVendorError(vendor, vendorErrorCode ?? undefined) ?? null)
  const said = present({ phase, errorCode, info, vendorErrorCode, vendorErrorKey })
  return { status, at: textFrom(evse.statusAt), ...said }
}

/** A station where it stands, else where its site is. */
export function mapItem(parts: StationParts, at: Temporal.Instant): MapItem {
  const { station } = parts
  return {
    id: station.id,
    number: station.number,
    ...present({ name: station.name, siteId: station.siteId, siteName: station.siteName }),
    latitude: numberOf(station.latitude) ?? numberOf(station.siteLatitude),
    longitude: numberOf(station.longitude) ?? numberOf(station.siteLongitude),
    seen: stationSeen(parts, at),
    evses: [...seenOf(parts, at)].map(([id, seen]) => ({ id, ...seen })),
  }
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> }

/** The members that are there: what is not known is left out of an answer. */
function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined),
  ) as Present<T>
}

function numberOf(decimal: string | null): number | null {
  return decimal === null ? null : Number(decimal)
}

function textFrom(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: 'millisecond' })
}

function textOf(at: Temporal.Instant | null): string | null {
  return at === null ? null : textFrom(at)
}
