import { expect, it } from 'vitest'
import { newestOf } from './use-still.ts'

it('rows that are held keep their order and say what is new; none comes between, none goes', () => {
  const row = (key: string, says: string) => ({ key, says })
  const held = [row('a', 'free'), row('b', 'free'), row('c', 'free')]
  const now = [row('x', 'faulted'), row('c', 'faulted'), row('a', 'charging')]
  expect(newestOf(held, now, ({ key }) => key)).toEqual([row('a', 'charging'), row('b', 'free'), row('c', 'faulted')])
})
