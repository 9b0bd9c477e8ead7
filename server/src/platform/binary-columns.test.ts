import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binaryColumn, columnTypesOf } from './binary-columns.ts'
import { columnText } from './columns.ts'
import { sql } from './sql.ts'
import { type TestGround, testGround } from './testing.ts'

let ground: TestGround
beforeAll(async () => {
  ground = await testGround()
})
afterAll(() => ground.close())

const texts = fc.option(fc.string({ unit: 'binary' }), { nil: null })
const instants = fc
  .integer({ min: -5_000_000_000_000, max: 7_900_000_000_000 })
  .map((ms) => Temporal.Instant.fromEpochMilliseconds(ms).add({ microseconds: 7 }))

const kinds: readonly [string, fc.Arbitrary<unknown>][] = [
  ['uuid', fc.uuid()],
  ['bigint', fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))],
  ['int', fc.integer({ min: -2_147_483_648, max: 2_147_483_647 })],
  ['text', texts],
  ['jsonb', fc.json()],
  ['bytea', fc.uint8Array().map((bytes) => Buffer.from(bytes))],
  ['boolean', fc.boolean()],
  ['timestamptz', instants],
  ['date', fc.constantFrom('2026-11-01', '2000-01-01', '1969-12-31', '2031-02-28')],
  ['xid', fc.integer({ min: 3, max: 4_294_967_295 }).map(String)],
]

describe('columns of a batch', () => {
  it.each(kinds)('of %s reach PostgreSQL in binary as they would as text', async (name, values) => {
    const text = `select $1::${name}[]::text as said`
    const type = columnTypesOf(text).get(0)
    expect(type).toBeDefined()
    if (type === undefined) return
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(values, { nil: null })), async (column) => {
        const binary = binaryColumn(type, column)
        expect(binary).toBeDefined()
        await ground.database.inDirectory(async (tx) => {
          const [one] = await tx.named<{ said: string }>(`binary-${name}`, text, [binary])
          const [other] = await tx.named<{ said: string }>(`text-${name}`, text, [columnText(column)])
          expect(one?.said).toBe(other?.said)
        })
      }),
      { numRuns: 40 },
    )
  })

  it('go as text where a value is not of its kind, so that PostgreSQL says what is wrong', async () => {
    const type = columnTypesOf('select $1::int[]').get(0)
    expect(type === undefined ? undefined : binaryColumn(type, [1, 2.5])).toBeUndefined()
    const wrong = ground.database.inDirectory((tx) => tx.row(sql`select ${[1, 2.5]}::int[] as said`))
    await expect(wrong).rejects.toThrow('invalid input syntax for type integer')
    const likeAnId = ground.database.inDirectory((tx) => tx.row(sql`select ${['x'.repeat(36)]}::uuid[] as said`))
    await expect(likeAnId).rejects.toThrow('invalid input syntax for type uuid')
  })
})
