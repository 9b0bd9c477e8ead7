import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId, sql, type Tx } from '../platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../platform/testing.ts'
import {
  addVersion,
  findTariff,
  listTariffs,
  makeDefault,
  makeTariff,
  type NewTariff,
  revisionsTaken,
  takeSessionRecords,
  tariffsThatApply,
  tariffThatApplies,
  tariffVersion,
} from './index.ts'

const NOON = Temporal.Instant.from('2026-11-26T12:00:00Z')
const later = (seconds: number): Temporal.Instant => NOON.add({ seconds })
const ocpi = (price: number, currency = 'EUR') => ({
  currency,
  elements: [{ price_components: [{ type: 'ENERGY', price, step_size: 1 }] }],
})

let ground: TestGround
let count = 0
beforeAll(async () => {
  ground = await testGround()
})
afterAll(() => ground.close())

async function inNewTenant<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  count += 1
  return ground.database.inTenant(await makeTestTenant(ground, `tenant-${count}`), work)
}

async function made(tx: Tx, more: Partial<NewTariff> = {}): Promise<string> {
  const result = await makeTariff(tx, { name: 'Public', json: ocpi(0.25), by: 'Aino', at: NOON, ...more })
  if (!result.ok) throw new Error(JSON.stringify(result))
  return result.value
}

async function priceAt(tx: Tx, stationTariffId: string | null, at: Temporal.Instant): Promise<bigint | undefined> {
  const found = await tariffThatApplies(tx, stationTariffId, at)
  return found?.tariff.elements[0]?.priceComponents[0]?.priceMicros
}

describe('tariffs (TAR-MANAGE)', () => {
  it('apply to stations that name none when they are the default, of which there is one', () =>
    inNewTenant(async (tx) => {
      const first = await made(tx)
      const second = await made(tx, { json: ocpi(0.5) })
      expect(await priceAt(tx, null, NOON)).toBe(250_000n)
      expect(await priceAt(tx, second, NOON)).toBe(500_000n)
      expect(await makeDefault(tx, second, NOON)).toBe(true)
      expect(await priceAt(tx, null, NOON)).toBe(500_000n)
      expect((await findTariff(tx, first))?.isDefault).toBe(false)
      expect(await makeDefault(tx, newId(), NOON)).toBe(false)
      expect(await priceAt(tx, null, NOON)).toBe(500_000n)
    }))

  it('do not apply where a tenant has none, nor a first one that is not to be the default', () =>
    inNewTenant(async (tx) => {
      expect(await priceAt(tx, null, NOON)).toBeUndefined()
      await made(tx, { isDefault: false })
      expect(await priceAt(tx, null, NOON)).toBeUndefined()
      expect(await priceAt(tx, newId(), NOON)).toBeUndefined()
    }))

  it('never change in place: a new version applies from its time on, those before stay', () =>
    inNewTenant(async (tx) => {
      const id = await made(tx)
      const change = { by: 'Aino', at: later(10) }
      expect(await addVersion(tx, id, { ...change, json: ocpi(0.3) })).toEqual({ ok: true, value: 2 })
      expect(await addVersion(tx, id, { ...change, json: ocpi(0.4), validFrom: later(100) })).toMatchObject({
        value: 3,
      })
      const questions = [0, 9, 10, 99, 100].map((seconds) => {
        return { tenantId: tx.tenantId, stationTariffId: id, at: later(seconds) }
      })
      const versions = (await tariffsThatApply(tx, questions)).map((found) => found?.version)
      expect(versions).toEqual([1, 1, 2, 2, 3])
      expect((await tariffVersion(tx, id, 1))?.tariff.elements[0]?.priceComponents[0]?.priceMicros).toBe(250_000n)
      expect(await tariffVersion(tx, id, 4)).toBeUndefined()
    }))

  it('are nothing that the program could change', async () => {
    const changing = inNewTenant((tx) => tx.run(sql`update tariff_versions set version = 9`))
    await expect(changing).rejects.toThrow(/permission denied/)
  })

  it('apply a minute before their first version, for stations whose clock is slow', () =>
    inNewTenant(async (tx) => {
      const id = await made(tx)
      expect(await priceAt(tx, id, later(-60))).toBe(250_000n)
      expect(await priceAt(tx, id, later(-61))).toBeUndefined()
    }))

  it('refuse a version that begins in the past, has another currency, or belongs to no tariff', () =>
    inNewTenant(async (tx) => {
      const id = await made(tx)
      const wrong = { json: ocpi(0.3, 'SEK'), validFrom: later(-1), by: 'Aino', at: NOON }
      expect(await addVersion(tx, id, wrong)).toMatchObject({
        code: 'bad-input',
        fields: [
          { pointer: '/tariff/currency', code: 'other-currency' },
          { pointer: '/validFrom', code: 'in-the-past' },
        ],
      })
      expect(await addVersion(tx, newId(), wrong)).toMatchObject({ code: 'no-such-tariff' })
    }))

  it('are found for a batch over several tenants by the ingest role, each tenant its own (GEN-ISOLATION)', async () => {
    const first = await makeTestTenant(ground, 'batch-first')
    const second = await makeTestTenant(ground, 'batch-second')
    const theirs = await ground.database.inTenant(first, (tx) => made(tx, { json: ocpi(0.1) }))
    await ground.database.inTenant(second, (tx) => made(tx, { json: ocpi(0.2) }))
    const found = await ground.database.inTenants([first, second], (tx) =>
      tariffsThatApply(tx, [
        { tenantId: second, stationTariffId: null, at: NOON },
        { tenantId: second, stationTariffId: theirs, at: NOON },
        { tenantId: first, stationTariffId: theirs, at: NOON },
      ]),
    )
    const prices = found.map((version) => version?.tariff.elements[0]?.priceComponents[0]?.priceMicros)
    expect(prices).toEqual([200_000n, undefined, 100_000n])
    const seen = await ground.database.inTenant(second, (tx) => tariffThatApplies(tx, theirs, NOON))
    expect(seen).toBeUndefined()
  })

  it('become the default one after the other when two are made so at once', async () => {
    const tenantId = await makeTestTenant(ground, 'at-once')
    const ids = await ground.database.inTenant(tenantId, async (tx) => [await made(tx), await made(tx), await made(tx)])
    const work = ids.map((id) => ground.database.inTenant(tenantId, (tx) => makeDefault(tx, id, NOON)))
    expect(await Promise.all(work)).toEqual([true, true, true])
    const tariffs = await ground.database.inTenant(tenantId, (tx) => listTariffs(tx, { limit: 10 }))
    expect(tariffs.filter((tariff) => tariff.isDefault)).toHaveLength(1)
  })

  it('have one first among those that are made at once', async () => {
    const tenantId = await makeTestTenant(ground, 'first-at-once')
    await Promise.all(Array.from({ length: 5 }, () => ground.database.inTenant(tenantId, (tx) => made(tx))))
    const tariffs = await ground.database.inTenant(tenantId, (tx) => listTariffs(tx, { limit: 10 }))
    expect(tariffs).toHaveLength(5)
    expect(tariffs.filter((tariff) => tariff.isDefault)).toHaveLength(1)
  })
})

describe('session records (END-SDR)', () => {
  const eur = (minor: bigint) => ({ minor, currency: 'EUR' })
  const record = {
    sessionId: newId(),
    revision: 1,
    energyWh: 20_000,
    totals: { exclTax: eur(500n), tax: eur(50n), inclTax: eur(550n) },
    record: { energyWh: 20_000, lines: [] },
  }

  it('are taken once however often they are handed over, and each revision apart', () =>
    inNewTenant(async (tx) => {
      expect(await takeSessionRecords(tx, [record], NOON)).toBe(1)
      expect(await takeSessionRecords(tx, [record], later(5))).toBe(0)
      expect(await takeSessionRecords(tx, [{ ...record, revision: 2, totals: undefined }], NOON)).toBe(1)
      expect(await revisionsTaken(tx, record.sessionId)).toEqual([1, 2])
    }))

  it('hold amounts of any size that a tariff and a meter can make', () =>
    inNewTenant(async (tx) => {
      const clf = (minor: bigint) => ({ minor, currency: 'CLF' })
      const [exclTax, tax] = [10n ** 26n + 1n, 10n ** 26n]
      const totals = { exclTax: clf(exclTax), tax: clf(tax), inclTax: clf(exclTax + tax) }
      expect(await takeSessionRecords(tx, [{ ...record, totals }], NOON)).toBe(1)
      const kept = await tx.row(sql`select excl_tax_minor::text as "exclTax" from billing_records
        where tenant_id = ${tx.tenantId} and session_id = ${record.sessionId}`)
      expect(kept).toEqual({ exclTax: exclTax.toString() })
    }))

  it('never change: the same revision with other content is an error', () =>
    inNewTenant(async (tx) => {
      await takeSessionRecords(tx, [record], NOON)
      await expect(takeSessionRecords(tx, [{ ...record, record: { energyWh: 1 } }], NOON)).rejects.toThrow(
        /other content/,
      )
    }))

  it('are taken once when many hand them over at the same time', async () => {
    const tenantId = await makeTestTenant(ground, 'same-time')
    const taken = await Promise.all(
      Array.from({ length: 5 }, () =>
        ground.database.inTenant(tenantId, (tx) => takeSessionRecords(tx, [record], NOON)),
      ),
    )
    expect(taken.reduce((sum, count) => sum + count, 0)).toBe(1)
  })
})
