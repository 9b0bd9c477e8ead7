import { expect, it } from 'vitest'
import type { LogRow } from '../../api-types.ts'
import { rowsBackTo } from './rows-back-to.ts'

const start = Date.parse('2026-11-24T05:00:00Z')
/** Three rows, a minute apart, ending `back` minutes before the start. */
const page = (back: number): readonly LogRow[] =>
  [0, 1, 2].map((minute) => ({ at: new Date(start - (back + minute) * 60_000).toISOString() }) as LogRow)

async function asked(from: number, pages: number) {
  const befores: (string | undefined)[] = []
  const log = await rowsBackTo(from, async (before) => {
    befores.push(before)
    const n = befores.length
    return { items: page((n - 1) * 3), next: n === pages ? null : `page ${n + 1}` } as never
  })
  return { befores, count: log.rows.length, isCut: log.isCut }
}

it('a log is read back to where the session began, however many messages came since', async () => {
  expect(await asked(start - 4 * 60_000, 100)).toEqual({ befores: [undefined, 'page 2'], count: 6, isCut: false })
})

it('a log that ends before is all there is', async () => {
  expect(await asked(start - 3_600_000, 2)).toEqual({ befores: [undefined, 'page 2'], count: 6, isCut: false })
})

it('where it is too much, it is said that it is cut', async () => {
  expect(await asked(start - 86_400_000, 100)).toMatchObject({ count: 30, isCut: true })
})
