import { expect, it } from 'vitest'
import { judge, type Outcome } from './outcome.ts'

const at = Temporal.Instant.from('2026-11-26T12:00:00Z')
const answered = (status: number, retryAfter?: string): Outcome => ({ kind: 'answered', status, retryAfter })

it.each([200, 201, 202, 204, 299])('a %i is a yes', (status) =>
  expect(judge(answered(status), at)).toEqual({ kind: 'taken' }),
)

it.each([
  [301, 'target'],
  [307, 'target'],
  [400, 'message'],
  [401, 'target'],
  [403, 'target'],
  [404, 'target'],
  [409, 'message'],
  [413, 'message'],
  [422, 'message'],
  [429, 'target'],
  [500, 'target'],
  [503, 'target'],
  [199, 'target'],
  [999, 'target'],
])('a %i is no yes, and says something of the %s', (status, fault) =>
  expect(judge(answered(status), at)).toEqual({ kind: 'not-taken', fault, cause: `status-${status}` }),
)

it('a 410 asks not to be called any more', () =>
  expect(judge(answered(410), at)).toEqual({ kind: 'unwanted', cause: 'status-410' }))

it.each([
  ['120', 120],
  ['0', undefined],
  ['999999', 3_600],
  ['Thu, 26 Nov 2026 12:05:00 GMT', 300],
  ['Thu, 26 Nov 2026 11:00:00 GMT', undefined],
  ['Thu, 99 Nov 2026 12:05:00 GMT', undefined],
  ['Thu, 26 Abc 2026 12:05:00 GMT', undefined],
  ['soon', undefined],
  ['-5', undefined],
])('Retry-After %s is a wait of %s s, an hour at most', (text, waitSeconds) => {
  for (const status of [429, 503]) {
    const verdict = judge(answered(status, text), at)
    expect(verdict.kind === 'not-taken' ? verdict.waitSeconds : 'nothing').toBe(waitSeconds)
  }
  expect(judge(answered(500, text), at)).not.toHaveProperty('waitSeconds')
})

it('what never got through, or was not let out, is the target’s fault; what we broke off is nobody’s', () => {
  expect(judge({ kind: 'failed', code: 'timed-out' }, at)).toMatchObject({ fault: 'target', cause: 'timed-out' })
  expect(judge({ kind: 'refused', code: 'private-address' }, at)).toMatchObject({ fault: 'target' })
  expect(judge({ kind: 'failed', code: 'ended-by-us' }, at)).toEqual({ kind: 'broken-off' })
})
