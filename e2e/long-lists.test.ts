import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSpeaker, sessionsOf, start, stop, until } from './behaviours/station.ts'
import { openWhole, type Whole } from './behaviours/whole.ts'

/**
 * A page of a list costs what it shows, not what has gathered over the years: read off PostgreSQL's own count of the rows
 * that it fetched.
 */

const GATHERED = 20_000
/** A page shows fifty rows; those it looks at beside them are a few times as many. */
const MOST_A_PAGE = 1_000

let whole: Whole
let owner: pg.Client
let stationId: string

beforeAll(async () => {
  whole = await openWhole()
  owner = new pg.Client(whole.ground.owner)
  await owner.connect()
  const station = await openSpeaker(whole, 'ocpp1.6')
  stationId = station.id
  const { told } = await start(whole, station)
  whole.clock.move({ minutes: 30 })
  await stop(whole, station, told, 9_000)
  await until(async () => (await sessionsOf(whole, station))[0]?.state === 'ended')
  await station.close()
  await whole.call('POST', `/v1/stations/${stationId}/commands`, { kind: 'trigger', message: 'heartbeat' })
  await gather()
})
afterAll(async () => {
  await owner.end()
  await whole.close()
})

/** Years of it, made of what is there. */
async function gather(): Promise<void> {
  const more = `cross join generate_series(1, ${GATHERED}) as k`
  await owner.query('set session_replication_role = replica')
  await owner.query(
    `create temp table copies as select id as old, k, uuidv7(-k * interval '1 minute') as id from sessions ${more}`,
  )
  const earlier = (name: string) => `${name} - k * interval '1 minute'`
  await copy('sessions', 'join copies on old = row.id', {
    id: 'copies.id',
    number: '1000000 + k',
    started_at: earlier('row.started_at'),
    ended_at: earlier('row.ended_at'),
  })
  await copy('session_records', 'join copies on old = row.session_id', {
    session_id: 'copies.id',
    created_at: earlier('row.created_at'),
  })
  await copy('stations', more, {
    id: 'uuidv7()',
    number: "'9' || k",
    identity: "'COPY-' || k",
    created_at: earlier('row.created_at'),
    connected_at: 'null',
    disconnected_at: 'now()',
  })
  await copy('commands', more, { id: 'uuidv7()', created_at: earlier('row.created_at') })
  await copy('audit', more, { id: "uuidv7(-k * interval '1 minute')" })
  await copy('id_tokens', `${more} where row.last4 = '5566'`, {
    id: 'uuidv7()',
    uid_hash: "convert_to(k::text, 'UTF8')",
  })
  await owner.query(
    `insert into alerts (tenant_id, id, kind, severity, subject, station_id, since, last_at, cleared_at)
     select $1::uuid, uuidv7(), 'station-offline', (array['critical', 'major', 'minor'])[1 + k % 3], $2::uuid::text, $2::uuid,
       ${earlier('now()')}, now(), now() from generate_series(1, ${GATHERED}) as k`,
    [whole.tenantId, stationId],
  )
  await owner.query('analyze')
}

async function copy(table: string, from: string, other: Readonly<Record<string, string>>): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [table],
  )
  const names = rows.map(({ name }) => name)
  const values = names.map((name) => other[name] ?? `row.${name}`)
  await owner.query(
    `insert into ${table} (${names.join(', ')}) select ${values.join(', ')} from ${table} as row ${from}`,
  )
}

async function fetched(table: string): Promise<{ readonly scans: number; readonly rows: number }> {
  const { rows } = await owner.query<{ scans: string; rows: string }>(
    `select seq_scan + coalesce(idx_scan, 0) as scans, seq_tup_read + coalesce(idx_tup_fetch, 0) as rows
     from pg_stat_user_tables where relname = $1`,
    [table],
  )
  return { scans: Number(rows[0]?.scans), rows: Number(rows[0]?.rows) }
}

it.each([
  ['sessions', '/v1/sessions?'],
  ['sessions', '/v1/sessions?state=ended'],
  ['sessions', '/v1/sessions?open=true', 0],
  ['session_records', '/v1/session-records?'],
  ['commands', '/v1/commands?'],
  ['audit', '/v1/audit?'],
  ['id_tokens', '/v1/id-tokens?'],
  ['alerts', '/v1/alerts?state=cleared'],
  ['stations', '/v1/stations?'],
  ['stations', '/v1/stations?seen=offline'],
])('a page of many %s is read by an index: %s', async (table, url, most = 50) => {
  const before = await fetched(table)
  let pages = 0
  const ask = async (more: string): Promise<string> => {
    pages += 1
    const { status, body } = await whole.call<{ items: unknown[]; next: string }>('GET', `${url}&limit=50${more}`)
    expect([status, body.items.length]).toEqual([200, most])
    return body.next ?? ''
  }
  // What a connection counted is told a second later, with what it does then.
  const after = await until(async () => {
    const next = await ask('')
    if (next !== '') await ask(`&cursor=${encodeURIComponent(next)}`)
    const now = await fetched(table)
    return now.scans > before.scans ? now : undefined
  })
  expect((after.rows - before.rows) / pages).toBeLessThan(MOST_A_PAGE)
})
