import { makeTariff } from '../billing/index.ts'
import { type Clock, movableClock, newId, openTexts, sql } from '../platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../platform/testing.ts'
import type {
  MeterReading,
  ReportAnswer,
  ReportBody,
  StationCommand,
  StationReport,
  TransactionReport,
} from '../stations/index.ts'
import { hashOfUid } from '../subscribers/index.ts'
import type { RaisedAlert, SessionsDeps } from './deps.ts'
import { takeReports } from './station-reports.ts'

/** A network for tests: real PostgreSQL, stations and tokens in it, what is sent to stations and alerted kept in lists. */
export interface TestNetwork {
  readonly ground: TestGround
  readonly clock: Clock & { move(duration: Temporal.DurationLike): void }
  readonly deps: SessionsDeps
  readonly tenantId: string
  readonly commands: { readonly stationId: string; readonly command: StationCommand; readonly sessionId?: string }[]
  readonly alerts: RaisedAlert[]
  /** Sessions whose waiting commands were taken back. */
  readonly takenBack: string[]
  /** Kinds of alerts that were cleared, with their subjects. */
  readonly cleared: { readonly kind: string; readonly subject: string }[]
  /** Lines of the log of usage errors. */
  readonly usageLines: string[]
  close(): Promise<void>
}

export const T0 = Temporal.Instant.from('2026-11-26T08:00:00Z')

export async function testNetwork(slug = 'north'): Promise<TestNetwork> {
  const clock = movableClock(T0.toString())
  const ground = await testGround(clock)
  const tenantId = await makeTestTenant(ground, slug)
  const commands: TestNetwork['commands'] = []
  const alerts: RaisedAlert[] = []
  const takenBack: string[] = []
  const cleared: { kind: string; subject: string }[] = []
  const usageLines: string[] = []
  const deps: SessionsDeps = {
    ...ground,
    sendToStation: async (_, { stationId, command, sessionId }) => {
      commands.push({ stationId, command, ...(sessionId === undefined ? {} : { sessionId }) })
      return newId()
    },
    takeBackCommands: async (_, sessionId) => void takenBack.push(sessionId),
    raiseAlerts: async (_, raised) => void alerts.push(...raised),
    clearAlerts: async (_, gone) => void cleared.push(...gone.map(({ kind, subject }) => ({ kind, subject }))),
    usageLog: { append: async (lines) => void usageLines.push(...lines) },
    touchStation: () => undefined,
    texts: openTexts('languages'),
  }
  return {
    ground,
    clock,
    deps,
    tenantId,
    commands,
    alerts,
    takenBack,
    cleared,
    usageLines,
    close: () => ground.close(),
  }
}

/** The same with a tariff, and a card that may charge. */
export async function testNetworkWithCard(): Promise<TestNetwork> {
  const network = await testNetwork()
  await makeTestTariff(network)
  await makeTestToken(network, 'DEADBEEF')
  return network
}

let serial = 10_000

export async function makeTestStation(
  { ground, tenantId }: Pick<TestNetwork, 'ground' | 'tenantId'>,
  more: {
    readonly maxSessions?: number
    readonly state?: string
    readonly evses?: number
    readonly connected?: boolean
  } = {},
): Promise<string> {
  const id = newId()
  const at = T0
  serial += 1
  await ground.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      insert into stations (tenant_id, id, number, identity, state, onboarding, security_profile, max_sessions,
        connected_at, created_at, changed_at)
      values (${tenantId}, ${id}, ${String(serial)}, ${`CS-${serial}`}, ${more.state ?? 'active'}, 'accepted', 1,
        ${more.maxSessions ?? null}, ${more.connected === false ? null : at}, ${at}, ${at})`)
    for (let evse = 0; evse <= (more.evses ?? 2); evse += 1) {
      await tx.run(sql`
        insert into evses (tenant_id, station_id, evse_id, declared) values (${tenantId}, ${id}, ${evse}, true)`)
    }
  })
  return id
}

export async function makeTestToken(
  { ground, tenantId }: Pick<TestNetwork, 'ground' | 'tenantId'>,
  uid: string,
  more: { readonly status?: string; readonly groupUid?: string; readonly maxSessions?: number } = {},
): Promise<string> {
  const key = await ground.keys.tenant(tenantId)
  const id = newId()
  const group = more.groupUid
  await ground.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into id_tokens (tenant_id, id, uid, uid_hash, last4, status, group_uid, group_hash, group_last4,
        max_sessions, created_at, changed_at)
      values (${tenantId}, ${id}, ${key.encrypt(uid)}, ${hashOfUid(key, uid)}, ${uid.slice(-4)},
        ${more.status ?? 'active'}, ${group === undefined ? null : key.encrypt(group)},
        ${group === undefined ? null : hashOfUid(key, group)}, ${group?.slice(-4) ?? null}, ${more.maxSessions ?? null},
        ${T0}, ${T0})`),
  )
  return id
}

/** 0.25 a kWh and 2.00 an hour of parking, before 25.5 % tax. */
export async function makeTestTariff({ ground, tenantId }: Pick<TestNetwork, 'ground' | 'tenantId'>): Promise<string> {
  const tariff = {
    currency: 'EUR',
    elements: [
      {
        price_components: [
          { type: 'ENERGY', price: 0.25, vat: 25.5, step_size: 1 },
          { type: 'PARKING_TIME', price: 2, vat: 25.5, step_size: 1 },
        ],
      },
    ],
  }
  const made = await ground.database.inTenant(tenantId, (tx) =>
    makeTariff(tx, { name: 'Day', json: tariff, validFrom: T0.subtract({ hours: 24 }), by: 'test', at: T0 }),
  )
  if (!made.ok) throw new Error(`no tariff: ${JSON.stringify(made)}`)
  return made.value
}

export function reportFrom(
  tenantId: string,
  stationId: string,
  body: ReportBody,
  receivedAt: Temporal.Instant,
  socketOpenedAt: Temporal.Instant = T0.subtract({ hours: 1 }),
): StationReport {
  return { tenantId, stationId, epoch: 1n, receivedAt, socketOpenedAt, body }
}

/** Takes reports in one batch, as the gateway does. */
export async function take(network: TestNetwork, reports: readonly StationReport[]): Promise<readonly ReportAnswer[]> {
  const tenantIds = [...new Set(reports.map((report) => report.tenantId))]
  return network.ground.database.inTenants(tenantIds, (tx) => takeReports(tx, network.deps, reports))
}

const reading = (at: Temporal.Instant, context: MeterReading['context'], registerWh: number, powerW?: number) => ({
  at,
  context,
  registerWh,
  ...(powerW === undefined ? {} : { powerW }),
})

/** What a 1.6 station says of a charge, in our words. */
export const say16 = {
  start: (at: Temporal.Instant, uid: string, registerWh: number, evse = 1): TransactionReport => ({
    kind: 'transaction-started',
    transaction: { startKey: `${evse}|${uid.toLowerCase()}|${at.toString()}|${registerWh}` },
    evse,
    connector: 1,
    reportedAt: at,
    offline: false,
    trigger: 'authorized',
    idToken: { uid },
    readings: [reading(at, 'transaction-begin', registerWh)],
  }),
  meter: (
    at: Temporal.Instant,
    number: string | undefined,
    registerWh: number,
    powerW = 11_000,
    evse = 1,
  ): ReportBody => ({
    kind: 'meter-read',
    evse,
    connector: 1,
    ...(number === undefined ? {} : { transactionNumber: number }),
    readings: [reading(at, 'periodic', registerWh, powerW)],
  }),
  stop: (at: Temporal.Instant, number: string, registerWh: number, uid?: string): TransactionReport => ({
    kind: 'transaction-ended',
    transaction: { number },
    reportedAt: at,
    offline: false,
    trigger: 'other',
    ...(uid === undefined ? {} : { idToken: { uid } }),
    stopReason: 'local',
    readings: [reading(at, 'transaction-end', registerWh)],
  }),
  status: (
    at: Temporal.Instant,
    phase: 'preparing' | 'charging' | 'suspended-ev' | undefined,
    evse = 1,
  ): ReportBody => ({
    kind: 'evse-status',
    evse,
    connector: 1,
    status: phase === undefined ? 'available' : 'occupied',
    ...(phase === undefined ? {} : { phase }),
    reportedAt: at,
  }),
}

/** What a 2.x station says. */
export function say2x(
  kind: TransactionReport['kind'],
  number: string,
  seqNo: number,
  at: Temporal.Instant,
  more: Partial<TransactionReport> & { readonly registerWh?: number } = {},
): TransactionReport {
  const { registerWh, ...rest } = more
  const contexts = {
    'transaction-started': 'transaction-begin',
    'transaction-updated': 'periodic',
    'transaction-ended': 'transaction-end',
  } as const
  return {
    kind,
    transaction: { number },
    seqNo,
    evse: 1,
    connector: 1,
    reportedAt: at,
    offline: false,
    trigger: 'other',
    readings: registerWh === undefined ? [] : [reading(at, contexts[kind], registerWh)],
    ...rest,
  }
}

export interface SeenSession {
  readonly id: string
  readonly number: bigint
  readonly state: string
  readonly flags: readonly string[]
  readonly energyWh: bigint
  readonly stationId: string
  readonly evseId: number
  readonly revision: number
  readonly tokenLast4: string | null
  readonly startedBy: string
}

export async function sessionsIn({ ground, tenantId }: TestNetwork): Promise<readonly SeenSession[]> {
  return ground.database.inTenant(tenantId, (tx) =>
    tx.rows<SeenSession>(sql`
      select id, number, state, flags, energy_wh as "energyWh", station_id as "stationId", evse_id as "evseId", revision,
        token_last4 as "tokenLast4", started_by as "startedBy"
      from sessions order by number`),
  )
}

export async function recordsIn({ ground, tenantId }: TestNetwork) {
  return ground.database.inTenant(tenantId, (tx) =>
    tx.rows<{ sessionId: string; revision: number; record: Record<string, never>; reason: string }>(sql`
      select session_id as "sessionId", revision, record, reason from session_records order by session_id, revision`),
  )
}

export async function openAt({ ground, tenantId }: TestNetwork, stationId: string, evse = 1): Promise<string | null> {
  const row = await ground.database.inTenant(tenantId, (tx) =>
    tx.row<{ open: string | null }>(
      sql`select open_session_id as open from evses where station_id = ${stationId} and evse_id = ${evse}`,
    ),
  )
  return row?.open ?? null
}

/** A station says that its EVSE is occupied, as the receiver keeps it; and what the EVSE then shows. */
export async function occupy({ ground, tenantId }: TestNetwork, stationId: string): Promise<void> {
  await ground.database.inTenant(tenantId, (tx) =>
    tx.run(sql`update evses set status = 'occupied', phase = null where station_id = ${stationId} and evse_id = 1`),
  )
}

export async function phaseAt({ ground, tenantId }: TestNetwork, stationId: string): Promise<string | null> {
  const row = await ground.database.inTenant(tenantId, (tx) =>
    tx.row<{ phase: string | null }>(sql`select phase from evses where station_id = ${stationId} and evse_id = 1`),
  )
  return row?.phase ?? null
}
