import { afterAll, beforeAll, expect, it } from 'vitest'
import { movableClock, newId, sql } from './platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from './platform/testing.ts'
import { tidy } from './tidy.ts'

const clock = movableClock('2026-11-27T12:00:00Z')
let ground: TestGround
let tenantId: string
beforeAll(async () => {
  ground = await testGround(clock)
  tenantId = await makeTestTenant(ground, 'north')
})
afterAll(() => ground.close())

const count = (table: 'idempotency_keys' | 'sign_ins' | 'token_news') =>
  ground.database.inTenant(tenantId, async (tx) => {
    const tables = {
      idempotency_keys: sql`select count(*)::int as n from idempotency_keys`,
      sign_ins: sql`select count(*)::int as n from sign_ins`,
      token_news: sql`select count(*)::int as n from token_news`,
    }
    return (await tx.row<{ n: number }>(tables[table]))?.n
  })
const noPartitions = { tidy: () => Promise.reject(new Error('no partitions')) }

it('forgets what has served also where partitions cannot be made, and tells of those', async () => {
  await ground.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into idempotency_keys (tenant_id, key, route, actor_id, body_hash, created_at)
      values (${tenantId}, 'k', '/v1/keys', ${newId()}, ''::bytea, ${clock.now().subtract({ hours: 49 })})`),
  )
  await expect(tidy({ ...noPartitions, ground })).rejects.toThrow('no partitions')
  expect(await count('idempotency_keys')).toBe(0)
})

it('forgets sign-ins a month after their end', async () => {
  const staffId = newId()
  const signIn = (days: number) => sql`
    insert into sign_ins (tenant_id, id, staff_id, kind, token_hash, created_at, expires_at)
    values (${tenantId}, ${newId()}, ${staffId}, 'link', ''::bytea, ${clock.now().subtract({ hours: 9_000 })},
      ${clock.now().subtract({ hours: 24 * days })})`
  await ground.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      insert into staff (tenant_id, id, name, mail, mail_hash, role, language, status, created_at)
      values (${tenantId}, ${staffId}, 'A', ''::bytea, ''::bytea, 'operator', 'en', 'active', ${clock.now()})`)
    for (const days of [31, 40, 29, -1]) await tx.run(signIn(days))
  })
  await tidy({ tidy: async () => undefined, ground })
  expect(await count('sign_ins')).toBe(2)
})

it('forgets which stations were told of cards, a month after those were removed', async () => {
  const station = newId()
  const at = clock.now()
  const news = (removedDaysAgo: number | undefined) => {
    const id = newId()
    const removedAt = removedDaysAgo === undefined ? null : at.subtract({ hours: 24 * removedDaysAgo })
    return [
      sql`insert into id_tokens (tenant_id, id, uid, uid_hash, last4, status, created_at, changed_at, removed_at)
        values (${tenantId}, ${id}, ''::bytea, ${Buffer.from(id)}, 'BEEF', 'blocked', ${at}, ${at}, ${removedAt})`,
      sql`insert into token_news (tenant_id, token_id, station_id, at) values (${tenantId}, ${id}, ${station}, ${at})`,
    ]
  }
  await ground.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      insert into stations (tenant_id, id, number, identity, state, onboarding, security_profile, created_at, changed_at)
      values (${tenantId}, ${station}, '12345', 'CS-1', 'active', 'accepted', 1, ${at}, ${at})`)
    for (const statement of [...news(31), ...news(29), ...news(undefined)]) await tx.run(statement)
  })
  await tidy({ tidy: async () => undefined, ground })
  expect(await count('token_news')).toBe(2)
})

it.each([
  ['outbox_done', sql`select id from outbox where tenant_id = ${newId()} and done_at < now() limit 5000`],
  [
    'idempotency_keys_by_time',
    sql`select key from idempotency_keys where tenant_id = ${newId()} and created_at < now() limit 5000`,
  ],
  [
    'audit_of_object',
    sql`select id from audit where tenant_id = ${newId()} and object_kind = 'station' and object_id = 'x'
      order by id desc limit 50`,
  ],
])('finds what it looks for by an index of its own: %s', async (index, question) => {
  const plan = await ground.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`set local enable_seqscan = off`)
    await tx.run(sql`set local enable_bitmapscan = off`)
    await tx.run(sql`set local enable_sort = off`)
    return tx.rows(sql`explain ${question}`)
  })
  expect(JSON.stringify(plan)).toContain(index)
})

it('lets a batch of reports take numbers for sessions, and change nothing else of a network', async () => {
  const asIngest = (statement: ReturnType<typeof sql>) =>
    ground.database.inTenants([tenantId], (tx) => tx.run(statement))
  await asIngest(sql`update tenants set next_session_number = next_session_number + 1 where tenant_id = ${tenantId}`)
  await expect(asIngest(sql`update tenants set name = 'Other' where tenant_id = ${tenantId}`)).rejects.toThrow(
    'permission denied',
  )
})

it('forgets what waits for a webhook that nobody has mended for a season, and keeps what waits for others', async () => {
  const at = clock.now()
  const day = (ago: number) => at.subtract({ hours: 24 * ago })
  const waits = (name: string, state: string, disabledAt: Temporal.Instant | null) => {
    const [webhook, event] = [newId(), newId()]
    return [
      sql`insert into webhooks (tenant_id, id, name, url, types, state, secret, disabled_at, created_at, changed_at)
        values (${tenantId}, ${webhook}, ${name}, 'https://a.example', '{x}', ${state}, ''::bytea, ${disabledAt}, ${at}, ${at})`,
      sql`insert into webhook_events (tenant_id, id, type, version, key, body, created_at)
        values (${tenantId}, ${event}, 'x', 1, ${name}, '{}', ${day(31)})`,
      sql`insert into webhook_deliveries (tenant_id, id, webhook_id, event_id, type, position, state, due_at, created_at)
        values (${tenantId}, ${newId()}, ${webhook}, ${event}, 'x', 0, 'waiting', ${day(31)}, ${day(31)})`,
    ]
  }
  await ground.database.inTenant(tenantId, async (tx) => {
    const rows = [waits('long', 'disabled', day(91)), waits('lately', 'disabled', day(89)), waits('on', 'active', null)]
    for (const row of rows.flat()) await tx.run(row)
  })
  await tidy({ tidy: async () => undefined, ground })
  const left = await ground.database.inTenant(tenantId, (tx) =>
    tx.rows<{ key: string }>(sql`
      select e.key from webhook_events e join webhook_deliveries d on d.tenant_id = e.tenant_id and d.event_id = e.id
      order by e.key`),
  )
  expect(left.map(({ key }) => key)).toEqual(['lately', 'on'])
})
