import { describe, expect, it } from 'vitest'
import { instantOfReport, type ReportTimes } from './instant-of-report.ts'

const receivedAt = Temporal.Instant.from('2026-11-26T12:00:00Z')
const ago = (milliseconds: number): Temporal.Instant => receivedAt.subtract({ milliseconds })
const socketOpenedAt = ago(3_600_000)
const MOST_MS = 31 * 86_400_000

describe('the time that rules go by', () => {
  it.each<[string, number, Partial<ReportTimes>, 'own' | 'queued' | 'ours' | 'queued, but ours']>([
    ['a minute old', 60_000, {}, 'own'],
    ['more than a minute old', 60_001, {}, 'ours'],
    ['a minute ahead', -60_000, {}, 'own'],
    ['more than a minute ahead', -60_001, {}, 'ours'],
    ['ahead, and said to be queued', -60_001, { offline: true }, 'ours'],
    ['queued without a word: from before the socket was opened', 3_600_001, {}, 'queued'],
    ['of the moment in which the socket was opened', 3_600_000, {}, 'ours'],
    ['said to be queued', 60_001, { offline: true }, 'queued'],
    ['said to be queued, a minute old', 60_000, { offline: true }, 'own'],
    ['as old as a queue may be', MOST_MS, {}, 'queued'],
    ['older than any queue', MOST_MS + 1, {}, 'queued, but ours'],
    ['queued, as old as what it follows', 7_200_000, { notBefore: ago(7_200_000) }, 'queued'],
    ['queued, older than what it follows', 7_200_000, { notBefore: ago(7_199_999) }, 'queued, but ours'],
    ['queued, as old as what follows it', 7_200_000, { notAfter: ago(7_200_000) }, 'queued'],
    ['queued, younger than what follows it', 7_200_000, { notAfter: ago(7_200_001) }, 'queued, but ours'],
    ['of now, whatever it follows', 0, { notBefore: ago(-1), notAfter: ago(1) }, 'own'],
  ])('of a report that is %s', (_, ageMs, more, expected) => {
    const reportedAt = ago(ageMs)
    const wasCorrected = expected.endsWith('ours')
    expect(instantOfReport({ reportedAt, receivedAt, socketOpenedAt, offline: false, ...more })).toEqual({
      at: wasCorrected ? receivedAt : reportedAt,
      wasCorrected,
      wasQueued: expected.startsWith('queued'),
    })
  })
})
