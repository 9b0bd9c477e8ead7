import { expect, it } from 'vitest'
import { testRefetchMs } from './webhook-query.ts'

it('a test whose target hangs is asked about more and more seldom, and one that was tried no more', () => {
  expect(testRefetchMs(undefined, 0)).toBe(500)
  expect(testRefetchMs(0, 5)).toBe(500)
  expect(testRefetchMs(0, 20)).toBe(4000)
  expect(testRefetchMs(undefined, 30)).toBe(4000)
  expect(testRefetchMs(1, 3)).toBe(false)
})
