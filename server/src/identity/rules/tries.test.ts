import { describe, expect, it } from 'vitest'
import { openTries } from '../tries.ts'
import { addressGroup, oneMore, waitOf, type Wrong } from './tries.ts'

const afterWrong = (n: number): Wrong | undefined =>
  Array.from({ length: n }).reduce<Wrong | undefined>((wrong) => oneMore(wrong, 0), undefined)

describe('wrong tries', () => {
  it.each([
    [0, 0],
    [4, 0],
    [5, 15_000],
    [6, 30_000],
    [7, 60_000],
    [12, 900_000],
    [2_000, 900_000],
  ])('%d of them cost %d ms of waiting', (n, ms) => {
    expect(waitOf(afterWrong(n), 0, 900_000)).toBe(ms)
  })

  it('are waited for from the last one, and forgotten after an hour', () => {
    expect(waitOf(afterWrong(5), 14_999, 900_000)).toBe(1)
    expect(waitOf(afterWrong(5), 15_000, 900_000)).toBe(0)
    expect(oneMore(afterWrong(5), 3_600_001)).toEqual({ count: 1, lastAt: 3_600_001 })
  })

  it('300 from 20 addresses at one account get hardly anywhere', () => {
    const tries = openTries()
    let judged = 0
    for (let n = 0; n < 300; n += 1) {
      if (tries.begin('account', `192.0.2.${n % 20}`, n * 1_000) === 0) judged += 1
    }
    // Five at once, then after 15 s, 30 s and once a minute.
    expect(judged).toBeLessThanOrEqual(12)
  })

  it('stay counted for an address where somebody signs in to an account of their own', () => {
    const tries = openTries()
    for (let n = 0; n < 5; n += 1) tries.begin(`victim ${n}`, '192.0.2.1', 0)
    expect(tries.begin('own', '192.0.2.1', 15_000)).toBe(0)
    tries.forgive('own', '192.0.2.1')
    expect(tries.begin('victim', '192.0.2.1', 15_001)).toBeGreaterThan(0)
  })
})

describe('an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s counts as %s', (ip, group) => {
    expect(addressGroup(ip)).toBe(group)
  })
})
