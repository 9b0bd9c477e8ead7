import { expect, it } from 'vitest'
import { openGatheredWrites } from './gathered-writes.ts'

it('lets everything go at the end of the turn, as often as it was held', async () => {
  const { hold } = openGatheredWrites()
  const said: string[] = []
  const socket = (name: string) => ({ cork: () => said.push(`${name} held`), uncork: () => said.push(`${name} goes`) })
  const [a, b] = [socket('a'), socket('b')]
  hold(a)
  hold(b)
  hold(a)
  await Promise.resolve()
  expect(said).toEqual(['a held', 'b held', 'a held'])
  await new Promise(setImmediate)
  expect(said.slice(3)).toEqual(['a goes', 'b goes', 'a goes'])
  hold(b)
  await new Promise(setImmediate)
  expect(said.slice(6)).toEqual(['b held', 'b goes'])
})
