import {
  type PricePartJson,
  priceParts,
  type TariffVersion,
  tariffThatApplies,
  tariffVersions,
} from '../billing/index.ts'
import type { Tx } from '../platform/index.ts'
import { connectionState, evseSeen, type EvseSeen, type SeenInput, type SeenWords } from '../stations/index.ts'
import { sessionFromText } from '../sessions/index.ts'
import { type PublicSession, publicSession } from './rules/public-session.ts'
import {
  type EvseRow,
  readConnectors,
  readEvses,
  readRegisters,
  readSessions,
  readStation,
  type StationRow,
} from './store.ts'

export interface PublicEvse {
  readonly id: number
  readonly seen: EvseSeen
  readonly words?: SeenWords
  readonly connectors: { readonly type?: string; readonly maxPowerW?: number }[]
  readonly powerW?: number
  readonly session?: PublicSession
}

/** What the sticker's code opens: state and price, and nothing by which a machine or a person is known. */
export interface PublicStation {
  readonly number: string
  readonly name?: string
  readonly site?: { readonly name: string; readonly address?: string; readonly city?: string }
  readonly tenant: { readonly name: string; readonly language: string; readonly demo: boolean }
  readonly evses: PublicEvse[]
  readonly price?: { readonly currency: string; readonly parts: PricePartJson[] }
}

/** Undefined for a station that was removed. */
export async function showStation(tx: Tx, stationId: string, at: Temporal.Instant): Promise<PublicStation | undefined> {
  const station = await readStation(tx, stationId)
  if (station === undefined) return undefined
  const applies = await tariffThatApplies(tx, station.tariffId, at)
  return {
    number: station.number,
    ...(station.name === null ? {} : { name: station.name }),
    ...siteOf(station),
    tenant: { name: station.tenantName, language: station.languages[0] ?? 'en', demo: station.demo },
    evses: await showEvses(tx, stationId, station, at),
    ...(applies === undefined
      ? {}
      : { price: { currency: applies.tariff.currency, parts: [...priceParts(applies.tariff)] } }),
  }
}

function siteOf(station: StationRow): Pick<PublicStation, 'site'> {
  const { siteName, siteAddress, siteCity } = station
  if (siteName === null) return {}
  return {
    site: {
      name: siteName,
      ...(siteAddress === null ? {} : { address: siteAddress }),
      ...(siteCity === null ? {} : { city: siteCity }),
    },
  }
}

async function showEvses(tx: Tx, stationId: string, station: StationRow, at: Temporal.Instant): Promise<PublicEvse[]> {
  const all = await readEvses(tx, stationId)
  const connectors = Map.groupBy(await readConnectors(tx, stationId), (connector) => connector.evseId)
  const sessions = await openSessions(tx, all, station.timeZone, at)
  const isHeard = connectionState(station, at) === 'connected'
  const whole = all.find((evse) => evse.id === 0)
  return all
    .filter((evse) => evse.id > 0)
    .map((evse) => {
      const session = evse.openSessionId === null ? undefined : sessions.get(evse.openSessionId)
      return {
        id: evse.id,
        ...evseSeen(seenInput(station, evse, whole, at)),
        connectors: (connectors.get(evse.id) ?? []).map(({ type, maxPowerW }) => ({
          ...(type === null ? {} : { type }),
          ...(maxPowerW === null ? {} : { maxPowerW }),
        })),
        // What flowed when a station was last heard says nothing of now.
        ...(session === undefined ? {} : isHeard ? session : { session: session.session }),
      }
    })
}

function seenInput(station: StationRow, evse: EvseRow, whole: EvseRow | undefined, at: Temporal.Instant): SeenInput {
  return {
    adminState: station.state,
    connection: connectionState(station, at),
    status: evse.status,
    phase: evse.phase,
    stationStatus: whole?.status ?? null,
    sessionState: evse.openSessionId === null ? null : (evse.openSessionState ?? 'delivering'),
  }
}

async function openSessions(
  tx: Tx,
  evses: readonly EvseRow[],
  timeZone: string,
  at: Temporal.Instant,
): Promise<ReadonlyMap<string, { readonly powerW?: number; readonly session: PublicSession }>> {
  const ids = evses.flatMap(({ openSessionId }) => (openSessionId === null ? [] : [openSessionId]))
  if (ids.length === 0) return new Map()
  const rows = await readSessions(tx, ids)
  const registers = Map.groupBy(await readRegisters(tx, ids), (register) => register.sessionId)
  const tariffs = await tariffsOf(tx, rows)
  return new Map(
    rows.flatMap((row) => {
      const session = sessionFromText(row.id, row.machineText, row.progressText)
      const kept = { session, registers: registers.get(row.id) ?? [] }
      const shown = publicSession(kept, { tariff: tariffs.get(row.id)?.tariff, timeZone }, at)
      if (shown === undefined) return []
      return [[row.id, { ...(row.powerW === null ? {} : { powerW: row.powerW }), session: shown }] as const]
    }),
  )
}

/** By session: the version that applied when it began. */
async function tariffsOf(
  tx: Tx,
  rows: readonly { readonly id: string; readonly tariffId: string | null; readonly tariffVersion: number | null }[],
): Promise<ReadonlyMap<string, TariffVersion>> {
  const named = rows.flatMap(({ id, tariffId, tariffVersion }) =>
    tariffId === null || tariffVersion === null
      ? []
      : [{ id, name: { tenantId: tx.tenantId, tariffId, version: tariffVersion } }],
  )
  const found = await tariffVersions(
    tx,
    named.map(({ name }) => name),
  )
  return new Map(
    named.flatMap(({ id }, n) => {
      const version = found[n]
      return version === undefined ? [] : [[id, version] as const]
    }),
  )
}
