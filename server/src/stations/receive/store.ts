import {
  type Forget,
  FORGET_AT_ONCE,
  isThere,
  newId,
  rowsIn,
  rowsOf,
  sql,
  together,
  type Tx,
} from '../../platform/index.ts'
import { inLockOrder } from '../lock-order.ts'
import type { BootedReport, ConnectorPhase, ConnectorStatus, EvseStatusReport } from '../model.ts'

export interface StationState {
  readonly tenantId: string
  readonly stationId: string
  readonly epoch: bigint
  readonly onboarding: 'waiting' | 'accepted' | 'refused'
}

export interface Key {
  readonly tenantId: string
  readonly stationId: string
}

const STATION_STATES = `select s.tenant_id as "tenantId", s.id as "stationId", s.epoch, s.onboarding
     from ${rowsOf(1, 'tenant_id uuid, id uuid')} said
     join stations s on s.tenant_id = said.tenant_id and s.id = said.id
     where ${isThere('s')}`

/** The stations of a batch, in one query. */
export async function loadStationStates(tx: Tx, keys: readonly Key[]): Promise<readonly StationState[]> {
  return tx.named<StationState>('station-states', STATION_STATES, [
    keys.map((key) => key.tenantId),
    keys.map((key) => key.stationId),
  ])
}

export interface Boot extends Key {
  readonly report: BootedReport
  readonly at: Temporal.Instant
  readonly isAccepted: boolean
}

const SAVE_BOOTS = `update stations s set vendor = b.vendor, model = b.model, serial = b.serial, firmware = b.firmware,
       boot = b.boot, booted_at = b.at, accepted_at = case when b.accepted then b.at else s.accepted_at end
     from ${rowsOf(
       1,
       `tenant_id uuid, id uuid, vendor text, model text, serial text, firmware text, boot jsonb,
       at timestamptz, accepted boolean`,
     )} b
     where s.tenant_id = b.tenant_id and s.id = b.id`

const FORGET_EVSE_STATUSES = `update evses e set status = null, phase = null, error_code = null, info = null, vendor_error_code = null
     from ${rowsOf(1, 'tenant_id uuid, station_id uuid')} b
     where e.tenant_id = b.tenant_id and e.station_id = b.station_id and e.status is not null`

const FORGET_CONNECTOR_STATUSES = `update connectors c set status = null, phase = null
     from ${rowsOf(1, 'tenant_id uuid, station_id uuid')} b
     where c.tenant_id = b.tenant_id and c.station_id = b.station_id and c.status is not null`

/** Keeps who the station says it is, and forgets its statuses: it reports them all after it was accepted. */
export async function saveBoots(tx: Tx, unordered: readonly Boot[]): Promise<void> {
  const boots = inLockOrder(unordered)
  const tenantIds = boots.map((boot) => boot.tenantId)
  const stationIds = boots.map((boot) => boot.stationId)
  const stations = tx.named('save-boots', SAVE_BOOTS, [
    tenantIds,
    stationIds,
    boots.map(({ report }) => report.vendor),
    boots.map(({ report }) => report.model),
    boots.map(({ report }) => report.serial ?? null),
    boots.map(({ report }) => report.firmware ?? null),
    boots.map(({ report }) => JSON.stringify(report)),
    boots.map(({ at }) => at),
    boots.map(({ isAccepted }) => isAccepted),
  ])
  const evses = tx.named('forget-evse-statuses', FORGET_EVSE_STATUSES, [tenantIds, stationIds])
  const connectors = tx.named('forget-connector-statuses', FORGET_CONNECTOR_STATUSES, [tenantIds, stationIds])
  await together([stations, evses, connectors])
}

export interface Place extends Key {
  readonly evse: number
  /** 0: none of its own. */
  readonly connector: number
}

/** Makes EVSEs and connectors that a report names and nobody declared. Returns nothing that was there already. */
export async function ensurePlaces(tx: Tx, places: readonly Place[]): Promise<void> {
  await tx.run(sql`
    insert into evses (tenant_id, station_id, evse_id, declared)
    select distinct p.tenant_id, p.station_id, p.evse_id, false
    from ${rowsIn({
      tenant_id: ['uuid', places.map((place) => place.tenantId)],
      station_id: ['uuid', places.map((place) => place.stationId)],
      evse_id: ['int', places.map((place) => place.evse)],
    })} p
    on conflict do nothing`)
  const plugs = places.filter(({ evse, connector }) => evse > 0 && connector > 0)
  if (plugs.length === 0) return
  await tx.run(sql`
    insert into connectors (tenant_id, station_id, evse_id, connector_id)
    select distinct p.tenant_id, p.station_id, p.evse_id, p.connector_id
    from ${rowsIn({
      tenant_id: ['uuid', plugs.map((place) => place.tenantId)],
      station_id: ['uuid', plugs.map((place) => place.stationId)],
      evse_id: ['int', plugs.map((place) => place.evse)],
      connector_id: ['int', plugs.map((place) => place.connector)],
    })} p
    on conflict do nothing`)
}

export interface StatusChange extends Key {
  readonly report: EvseStatusReport
  readonly at: Temporal.Instant
}

export interface ConnectorState extends Place {
  readonly status: ConnectorStatus | null
  readonly phase: ConnectorPhase | null
}

const CONNECTOR_STATUSES = `update connectors c set status = r.status, phase = r.phase,
       status_at = case when c.status is distinct from r.status or c.phase is distinct from r.phase
         then r.at else c.status_at end
     from ${rowsOf(
       1,
       `tenant_id uuid, station_id uuid, evse_id int, connector_id int, status text, phase text,
       at timestamptz`,
     )} r
     where c.tenant_id = r.tenant_id and c.station_id = r.station_id and c.evse_id = r.evse_id
       and c.connector_id = r.connector_id`

/** Writes what connectors report; `statusAt` moves only when something changed, so that it says "since". */
export async function saveConnectorStatuses(tx: Tx, changes: readonly StatusChange[]): Promise<void> {
  await tx.named('connector-statuses', CONNECTOR_STATUSES, [
    ...keyColumns(changes),
    changes.map(({ report }) => report.connector),
    ...statusColumns(changes),
  ])
}

const CONNECTORS_OF_EVSES = `select c.tenant_id as "tenantId", c.station_id as "stationId", c.evse_id as evse, c.connector_id as connector,
       c.status, c.phase
     from (select distinct * from ${rowsOf(1, 'tenant_id uuid, station_id uuid, evse_id int')} r) r
     join connectors c on c.tenant_id = r.tenant_id and c.station_id = r.station_id and c.evse_id = r.evse_id`

/** All connectors of the EVSEs that were reported on. */
export async function loadConnectorsOf(tx: Tx, changes: readonly StatusChange[]): Promise<readonly ConnectorState[]> {
  return tx.named<ConnectorState>('connectors-of-evses', CONNECTORS_OF_EVSES, keyColumns(changes))
}

const EVSE_STATUSES = `update evses e set status = r.status, phase = r.phase, error_code = r.error_code, info = r.info,
       vendor_error_code = r.vendor_error_code,
       status_at = case when e.status is distinct from r.status or e.phase is distinct from r.phase
         then r.at else e.status_at end
     from ${rowsOf(
       1,
       `tenant_id uuid, station_id uuid, evse_id int, status text, phase text, at timestamptz, error_code text,
       info text, vendor_error_code text`,
     )} r
     where e.tenant_id = r.tenant_id and e.station_id = r.station_id and e.evse_id = r.evse_id`

export async function saveEvseStatuses(tx: Tx, changes: readonly StatusChange[]): Promise<void> {
  await tx.named('evse-statuses', EVSE_STATUSES, [
    ...keyColumns(changes),
    ...statusColumns(changes),
    changes.map(({ report }) => report.errorCode ?? null),
    changes.map(({ report }) => report.info ?? null),
    changes.map(({ report }) => report.vendorErrorCode ?? null),
  ])
}

function keyColumns(changes: readonly StatusChange[]): readonly unknown[] {
  return [
    changes.map((change) => change.tenantId),
    changes.map((change) => change.stationId),
    changes.map(({ report }) => report.evse),
  ]
}

function statusColumns(changes: readonly StatusChange[]): readonly unknown[] {
  return [
    changes.map(({ report }) => report.status),
    changes.map(({ report }) => report.phase ?? null),
    changes.map(({ at }) => at),
  ]
}

export interface Recorded extends Key {
  readonly at: Temporal.Instant
  readonly what: string
  readonly content: Buffer
}

export async function saveRecorded(tx: Tx, recorded: readonly Recorded[]): Promise<void> {
  await tx.run(sql`
    insert into recorded_messages (tenant_id, id, station_id, at, what, content)
    select * from ${rowsIn({
      tenant_id: ['uuid', recorded.map(({ tenantId }) => tenantId)],
      id: ['uuid', recorded.map(() => newId())],
      station_id: ['uuid', recorded.map(({ stationId }) => stationId)],
      at: ['timestamptz', recorded.map(({ at }) => at)],
      what: ['text', recorded.map(({ what }) => what)],
      content: ['bytea', recorded.map(({ content }) => content)],
    })} v`)
}

/** Longer than the raw log: what a station said beside its sessions may be asked for a season later. */
const RECORDED_KEPT = Temporal.Duration.from({ hours: 90 * 24 })

/** What stations said beside their sessions, 90 days after. */
export const forgetRecorded: Forget = (tx, at) =>
  tx.run(sql`
    delete from recorded_messages where (tenant_id, id) in (
      select tenant_id, id from recorded_messages
      where tenant_id = ${tx.tenantId} and at < ${at.subtract(RECORDED_KEPT)} limit ${FORGET_AT_ONCE})`)
