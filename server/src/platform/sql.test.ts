import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rowsIn, rowsOf, sql } from './sql.ts'
import { type TestGround, testGround } from './testing.ts'

let ground: TestGround
beforeAll(async () => {
  ground = await testGround()
})
afterAll(() => ground.close())

describe('rows that are given as columns', () => {
  it('come row by row in their order, also where texts of columns stand on several lines', async () => {
    const text = `select v.id, v.name, $1::int as before
      from ${rowsOf(
        2,
        `id int,
         name text`,
      )} v`
    const rows = await ground.database.inDirectory((tx) => tx.named('rows-as-columns', text, [7, [3, 1], ['c', null]]))
    expect(rows).toEqual([
      { id: 3, name: 'c', before: 7 },
      { id: 1, name: null, before: 7 },
    ])
  })

  it('are none where there are none', async () => {
    const text = `select v.id from ${rowsOf(1, 'id int')} v`
    expect(await ground.database.inDirectory((tx) => tx.named('no-rows', text, [[]]))).toEqual([])
  })

  it('stand within a statement of values: each keeps its own', async () => {
    const rows = await ground.database.inDirectory((tx) =>
      tx.rows(sql`select ${'x'}::text as said, v.* from ${rowsIn({ id: ['int', [1, 2]], name: ['text', ['a', 'b']] })} v
        where v.id >= ${2}`),
    )
    expect(rows).toEqual([{ said: 'x', id: 2, name: 'b' }])
  })
})
