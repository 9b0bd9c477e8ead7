import type pg from 'pg'

/** What the database has of each transaction, for a comparison with what was acknowledged. */
export interface KeptTransaction {
  readonly state: string
  readonly endedAt: Temporal.Instant | null
  readonly energyWh: bigint
  /** Sequence numbers seen, as ranges [from, to, …]. */
  readonly seen: readonly number[]
  readonly records: readonly number[]
  readonly billed: readonly number[]
  /** Records that are doubtful and wait for somebody: those are not handed on. */
  readonly held: readonly number[]
  /** The register by the reading's instant, in milliseconds. */
  readonly readings: ReadonlyMap<number, bigint | null>
}

/** By `identity|number`. */
export type Kept = ReadonlyMap<string, KeptTransaction>

export async function keptOf(client: pg.Client, tenantId: string): Promise<Kept> {
  interface Row extends Omit<KeptTransaction, 'readings'> {
    readonly name: string
    readonly transactionId: string
  }
  // One snapshot: reports go on arriving while this is read.
  await client.query('begin transaction isolation level repeatable read')
  const { rows } = await client.query<Row>(
    `select st.identity || '|' || t.number as name, t.id as "transactionId", s.state, s.ended_at as "endedAt", s.energy_wh as "energyWh",
       s.progress::jsonb->3 as seen,
       array(select r.revision from session_records r where r.tenant_id = s.tenant_id and r.session_id = s.id order by 1) as records,
       array(select b.revision from billing_records b where b.tenant_id = s.tenant_id and b.session_id = s.id order by 1) as billed,
       array(select u.revision from usage_errors u where u.tenant_id = s.tenant_id and u.session_id = s.id and u.state = 'held' order by 1) as held
     from transactions t join sessions s on s.tenant_id = t.tenant_id and s.id = t.session_id
     join stations st on st.tenant_id = t.tenant_id and st.id = t.station_id where t.tenant_id = $1`,
    [tenantId],
  )
  const values = await client.query<{ transactionId: string; at: Temporal.Instant; registerWh: bigint | null }>(
    `select transaction_id as "transactionId", at, register_wh as "registerWh" from meter_values where tenant_id = $1`,
    [tenantId],
  )
  await client.query('commit')
  const readings = Map.groupBy(values.rows, ({ transactionId }) => transactionId)
  return new Map(
    rows.map(({ name, transactionId, ...kept }) => [
      name,
      {
        ...kept,
        readings: new Map((readings.get(transactionId) ?? []).map((row) => [row.at.epochMilliseconds, row.registerWh])),
      },
    ]),
  )
}

/** Makes commits be answered before they are on disk: the fault that a kill must bring to light. */
export async function answerBeforeCommit(client: pg.Client): Promise<void> {
  await client.query('alter system set synchronous_commit = off')
  await client.query(`alter system set wal_writer_delay = '10s'`)
  await client.query('select pg_reload_conf()')
}

/** Nothing is synced to the disk any more: the fault that a power cut must bring to light. */
export async function neverSync(client: pg.Client): Promise<void> {
  await client.query('alter system set fsync = off')
  await client.query('select pg_reload_conf()')
}
