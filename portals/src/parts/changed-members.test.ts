import { expect, it } from 'vitest'
import { changedMembers } from './changed-members.ts'

it('a form sends what was changed in it, and nothing that a colleague may have set meanwhile', () => {
  const before = { name: 'Quay', state: 'active', tariffId: null, types: ['a', 'b'], latitude: 60.1 }
  expect(changedMembers(before, { ...before, types: ['a', 'b'] })).toEqual({})
  expect(changedMembers(before, { ...before, name: 'Pier', types: ['a'] })).toEqual({ name: 'Pier', types: ['a'] })
  expect(changedMembers<object>({ name: 'Quay' }, { name: 'Quay', tariffId: null })).toEqual({ tariffId: null })
})
