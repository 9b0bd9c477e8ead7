import { expect, it } from 'vitest'
import type { LogRow } from '../../api-types.ts'
import { withNewest } from './log-rows.ts'

const row = (n: number) => ({ id: `row-${n}`, at: `2026-11-24T04:${String(n).padStart(2, '0')}:00Z` }) as LogRow
const numbers = (rows: readonly LogRow[]) => rows.map(({ id }) => id.slice(4)).join(' ')

it('new rows come before those that were read, and older ones go on where they did', () => {
  const first = withNewest(undefined, { items: [row(3), row(2)], next: 'before-2' })
  const older = { rows: [...first.rows, row(1)], next: 'before-1' }
  const after = withNewest(older, { items: [row(4), row(3)], next: 'before-3' })
  expect([numbers(after.rows), after.next]).toEqual(['4 3 2 1', 'before-1'])
})

it('after an hour asleep nothing is left out between what was read and what is new', () => {
  const before = { rows: [row(3), row(2), row(1)], next: undefined }
  const after = withNewest(before, { items: [row(50), row(49)], next: 'before-49' })
  expect([numbers(after.rows), after.next]).toEqual(['50 49', 'before-49'])
})

it('a log that was empty, or that is there as a whole, is never cut', () => {
  expect(withNewest({ rows: [], next: undefined }, { items: [row(2), row(1)], next: 'before-1' }).next).toBe('before-1')
  const whole = withNewest({ rows: [row(1)], next: undefined }, { items: [row(2)], next: null })
  expect([numbers(whole.rows), whole.next]).toEqual(['2 1', undefined])
})
