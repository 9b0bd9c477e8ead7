import { expect, it } from 'vitest'
import { nextTryOf } from './next-try.ts'

const nextTryAt = '2026-11-27T08:48:00Z'
const tried = { state: 'waiting', attempts: 3, nextTryAt } as const

it.each([
  ['of a target that fails now and then', tried, 'active', 'failing', nextTryAt],
  ['of a target that is down: its own next try counts', tried, 'active', 'down', undefined],
  ['of a paused webhook', tried, 'paused', 'failing', undefined],
  ['of one that was not tried yet', { ...tried, attempts: 0 }, 'active', 'failing', undefined],
  ['of one that was given up', { ...tried, state: 'dead' }, 'active', 'failing', undefined],
] as const)('the next try %s', (_of, delivery, webhook, health, at) => {
  expect(nextTryOf(delivery, { state: webhook }, { state: health })).toBe(at)
})
