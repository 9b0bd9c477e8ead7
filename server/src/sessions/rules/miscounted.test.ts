import { describe, expect, it } from 'vitest'
import type { TransactionFact } from './facts.ts'
import { limits, tell, type Told } from './testing-histories.ts'
import { sessionOfTransaction } from './session.ts'
import { energyOfSession } from './settle.ts'

const T = Temporal.Instant.from('2026-11-26T08:00:00Z')
const at = (seconds: number): Temporal.Instant => T.add({ seconds })
const contexts = {
  'transaction-started': 'transaction-begin',
  'transaction-updated': 'periodic',
  'transaction-ended': 'transaction-end',
} as const

function said(kind: TransactionFact['kind'], seqNo: number, seconds: number, registerWh: number): Told {
  const readings = [{ at: at(seconds), context: contexts[kind], registerWh }]
  const times = { wasQueued: false, wasCorrected: false, receivedAt: at(seconds + 1) }
  const token =
    kind === 'transaction-started' ? { token: 'may-charge' as const, chargingState: 'charging' as const } : {}
  return { at: at(seconds), fact: { kind, number: 't1', seqNo, readings, ...times, ...token } }
}

/** The numbers that a station gives to what it says of one charge of 4,000 Wh. */
const charge = (numbers: readonly number[]): Told[] => [
  said('transaction-started', numbers[0] ?? 0, 0, 1_000),
  said('transaction-updated', numbers[1] ?? 0, 600, 2_000),
  said('transaction-updated', numbers[2] ?? 0, 1_200, 3_000),
  said('transaction-updated', numbers[3] ?? 0, 1_800, 4_000),
  said('transaction-ended', numbers[4] ?? 0, 2_400, 5_000),
]
const born = () => sessionOfTransaction({ evse: 1, limits }, T)

describe('a station whose sequence numbers repeat (2.x)', () => {
  it.each([
    ['stand still from the first', [0, 0, 0, 0, 0]],
    ['stand still later', [0, 1, 1, 1, 1]],
    ['begin anew in mid-transaction', [0, 1, 2, 0, 1]],
    ['are one for the last two', [0, 1, 2, 3, 3]],
  ])('has all it said counted, and noted, where they %s', (_, numbers) => {
    for (const times of [1, 3]) {
      const told = charge(numbers).flatMap((one) => Array.from({ length: times }, () => one))
      const { session, revisions } = tell(told, born())
      expect(session.state).toBe('ended')
      expect(energyOfSession(session)).toBe(4_000)
      expect(session.flags).toEqual(['numbers-repeated'])
      expect(revisions).toEqual([1])
    }
  })

  it('keeps what it said while its transaction runs', () => {
    const { session } = tell(charge([0, 0, 0, 0, 0]).slice(0, 3), born())
    expect(energyOfSession(session)).toBe(2_000)
    expect(session.transaction?.newest.at).toEqual(at(1_200))
  })

  it('is not one that repeats what it said, nor one that gives the name of an ended transaction again', () => {
    const sound = charge([0, 1, 2, 3, 4])
    const again = charge([0, 1, 2, 3, 4]).map(({ fact }, index) => {
      const later = 90_000 + index * 600
      return said(fact.kind, fact.seqNo ?? 0, later, 8_000 + index * 1_000)
    })
    const { session, revisions } = tell([...sound, ...sound.slice(2), ...again], born())
    expect(session.flags).toEqual([])
    expect(energyOfSession(session)).toBe(4_000)
    expect(revisions).toEqual([1])
  })
})
