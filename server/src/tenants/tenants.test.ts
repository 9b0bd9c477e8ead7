import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leaveInOutbox, movableClock, newId, ok, sql, type Tx } from '../platform/index.ts'
import { type TestGround, testGround } from '../platform/testing.ts'
import { anyTenant, forgetServedOfAll, listTenants, tenantBySlug } from './find-tenants.ts'
import { makeTenant } from './make-tenant.ts'
import type { NewTenant } from './settings.ts'
import { readTenant } from './store.ts'

const clock = movableClock('2026-11-26T12:00:00Z')
let ground: TestGround
beforeAll(async () => {
  ground = await testGround(clock)
})
afterAll(() => ground.close())

const wish = (slug: string): NewTenant => ({
  slug,
  name: slug,
  currency: 'EUR',
  country: 'FI',
  timeZone: 'Europe/Helsinki',
  languages: ['fi'],
})
const make = (slug: string) => makeTenant(ground, wish(slug), { at: clock.now(), fill: async () => 'filled' })

describe('making a tenant', () => {
  it('that is interrupted leaves nothing that counts, and is completed by the same again', async () => {
    const interrupted = makeTenant(ground, wish('rantatie'), {
      at: clock.now(),
      fill: async () => Promise.reject(new Error('killed')),
    })
    await expect(interrupted).rejects.toThrow('killed')
    expect(await anyTenant(ground)).toBe(false)
    expect((await listTenants(ground, undefined, 10)).items).toEqual([])
    const made = await make('rantatie')
    expect(made).toMatchObject({ ok: true, value: { made: 'filled' } })
    expect(await anyTenant(ground)).toBe(true)
    // Its key is the one that was stored, not one of the interrupted making.
    const tenantId = made.ok ? made.value.tenantId : ''
    const key = await ground.keys.tenant(tenantId)
    expect(key.decrypt(key.encrypt('x')).toString()).toBe('x')
  })

  it('gives features its settings', async () => {
    const made = await make('settings')
    const tenant = await ground.database.inTenant(made.ok ? made.value.tenantId : '', readTenant)
    expect(tenant).toMatchObject({ slug: 'settings', currency: 'EUR', languages: ['fi'], demo: false })
    expect(tenant?.createdAt.equals(clock.now())).toBe(true)
  })

  it('encrypts what its first transaction writes under the very key that is kept', async () => {
    const made = await makeTenant(ground, wish('sealed'), { at: clock.now(), fill: async (_, key) => key.encrypt('x') })
    if (!made.ok) throw new Error('not made')
    const key = await ground.keys.tenant(made.value.tenantId)
    expect(key.decrypt(made.value.made).toString()).toBe('x')
  })
})

it('is found by its slug, once there is one', async () => {
  expect(await tenantBySlug(ground, 'found')).toBeUndefined()
  const made = await make('found')
  expect(await tenantBySlug(ground, 'found')).toBe(made.ok ? made.value.tenantId : '')
  expect(await tenantBySlug(ground, "x' or true --")).toBeUndefined()
})

it('forgets as much as there is, some thousands at a time', async () => {
  const made = await make('much')
  const tenantId = made.ok ? made.value.tenantId : ''
  await ground.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into idempotency_keys (tenant_id, key, route, actor_id, body_hash, created_at)
      select ${tenantId}, k::text, '/v1/keys', ${newId()}, ''::bytea, ${clock.now()} from generate_series(1, 12000) as k`),
  )
  clock.move({ hours: 49 })
  expect(await forgetServedOfAll(ground)).toBe(12_000)
})

it('forgets answers and effects that have served, and keeps what was set aside', async () => {
  const made = await make('forgetful')
  const tenantId = made.ok ? made.value.tenantId : ''
  await ground.database.inTenant(tenantId, async (tx) => {
    const effect = (key: string) => ({ type: 'note', version: 1, key, payload: {} })
    await leaveInOutbox(tx, [effect('done'), effect('failed'), effect('waiting')], clock.now())
    await tx.run(sql`update outbox set due_at = null, done_at = ${clock.now()} where key = 'done'`)
    await tx.run(sql`update outbox set due_at = null, failed_at = ${clock.now()} where key = 'failed'`)
    await tx.run(sql`
      insert into idempotency_keys (tenant_id, key, route, actor_id, body_hash, created_at)
      values (${tenantId}, 'k', '/v1/keys', ${newId()}, ''::bytea, ${clock.now()})`)
    return ok(undefined)
  })
  expect(await forgetServedOfAll(ground)).toBe(0)
  clock.move({ hours: 49 })
  expect(await forgetServedOfAll(ground)).toBe(1)
  clock.move({ hours: 30 * 24 })
  expect(await forgetServedOfAll(ground)).toBe(1)
  const left = await ground.database.inTenant(tenantId, (tx) => tx.rows(sql`select key from outbox order by key`))
  expect(left).toEqual([{ key: 'failed' }, { key: 'waiting' }])
})

it('forgets of all others what has served, also where one cannot be served', async () => {
  const served: string[] = []
  const warnings: unknown[] = []
  const log = { ...ground.log, warn: (text: string, fields?: object) => void warnings.push({ text, ...fields }) }
  const all = (await listTenants(ground, undefined, 100)).items.map(({ id }) => id)
  const forget = async (tx: Tx): Promise<number> => {
    served.push(tx.tenantId)
    if (tx.tenantId === all[0]) await tx.run(sql`select 1 / 0`)
    return 0
  }
  await forgetServedOfAll({ ...ground, log }, [forget])
  expect(served).toEqual(all)
  expect(warnings).toMatchObject([{ text: 'what has served its time could not be removed', tenantId: all[0] }])
})
