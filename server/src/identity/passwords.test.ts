import { expect, it } from 'vitest'
import { hashPassword, isPassword } from './passwords.ts'

it('is kept as argon2id with its parameters and a salt of its own', async () => {
  const [one, two] = await Promise.all([hashPassword('kolme hevosta'), hashPassword('kolme hevosta')])
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w-]{22}\$[\w-]{43}$/)
  expect(one).not.toBe(two)
  expect(await isPassword('kolme hevosta', one)).toBe(true)
  expect(await isPassword('kolme hevostA', one)).toBe(false)
})

it('is the same however its letters were composed', async () => {
  expect(await isPassword('kevätpäivä', await hashPassword('kevätpäivä'.normalize('NFD')))).toBe(true)
})

it('is never right where there is none, and takes as long', async () => {
  const hash = await hashPassword('x')
  const time = async (phc: string | undefined): Promise<number> => {
    const started = performance.now()
    expect(await isPassword('y', phc)).toBe(false)
    return performance.now() - started
  }
  await time(hash)
  const known: number[] = []
  const unknown: number[] = []
  for (let n = 0; n < 7; n += 1) {
    known.push(await time(hash))
    unknown.push(await time(undefined))
  }
  const median = (values: number[]): number => values.sort((a, b) => a - b)[3] ?? 0
  // Half to double: a busy machine must not fail this, a missing computation (a hundredth of the time) must.
  expect(median(unknown) / median(known)).toBeGreaterThan(0.5)
  expect(median(unknown) / median(known)).toBeLessThan(2)
})

it('is computed without stopping everything else', async () => {
  let ticks = 0
  const ticking = setInterval(() => (ticks += 1), 1)
  await Promise.all(Array.from({ length: 4 }, () => hashPassword('x')))
  clearInterval(ticking)
  expect(ticks).toBeGreaterThan(3)
})
