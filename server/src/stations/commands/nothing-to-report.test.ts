import { expect, it } from 'vitest'
import { endingOf } from './queue.ts'
import type { CommandRow } from './store.ts'

it('no effect is waited for where a station says that there is nothing to report', () => {
  const at = Temporal.Instant.from('2026-11-26T12:00:00Z')
  const row = { kind: 'read-settings', expectedEffect: 'settings-reported' } as CommandRow
  const answered = (status: string) => endingOf(row, { outcome: 'accepted', status, raw: { status } }, at)
  expect(answered('Accepted')).toMatchObject({ state: 'answered', dueAt: at.add({ seconds: 180 }) })
  expect(answered('EmptyResultSet')).toEqual({
    state: 'answered',
    answer: { outcome: 'accepted', status: 'EmptyResultSet', raw: { status: 'EmptyResultSet' } },
    at,
  })
})
