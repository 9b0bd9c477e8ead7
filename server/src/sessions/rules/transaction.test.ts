import { describe, expect, it } from 'vitest'
import type { TransactionFact } from './facts.ts'
import { type Session, sessionOfTransaction, type Transaction } from './session.ts'
import { limits } from './testing-histories.ts'
import { asCounted, isRepeat } from './transaction.ts'

const START = Temporal.Instant.from('2026-11-26T08:00:00Z')
const after = (seconds: number): Temporal.Instant => START.add({ seconds })

const begun: Transaction = {
  number: 't',
  isNumbered: true,
  seen: [0, 5],
  newest: { at: after(50), seqNo: 5 },
  earliestAt: START,
  wasRefused: false,
  flow: [],
  started: { at: START, seqNo: 0 },
}
const over: Transaction = { ...begun, ended: { at: after(50), seqNo: 5 } }
const { started: _, ...unseen } = begun
const unnumbered: Transaction = { ...begun, isNumbered: false, seen: [], started: { at: START } }

type Kind = 'started' | 'updated' | 'ended'

function fact(kind: Kind, seqNo?: number, more: Partial<TransactionFact> = {}): TransactionFact {
  const number = seqNo === undefined ? {} : { seqNo }
  return {
    kind: `transaction-${kind}`,
    number: 't',
    readings: [],
    wasQueued: false,
    wasCorrected: false,
    receivedAt: START,
    ...number,
    ...more,
  }
}

const having = (transaction: Transaction, flags: Session['flags'] = []): Session => ({
  ...sessionOfTransaction({ evse: 1, limits }, START),
  transaction,
  flags,
})

describe('a report is a repeat', () => {
  const corrected = { wasCorrected: true }
  it.each<[string, Transaction, Kind, number | undefined, number, boolean]>([
    ['of a number that was seen', begun, 'updated', 3, 50, true],
    ['and none of one that was not', begun, 'updated', 6, 50, false],
    ['while it comes within a minute of what is known', begun, 'updated', 3, 110, true],
    ['and none later: the counter stands still', begun, 'updated', 3, 111, false],
    ['not where the start is still to come', unseen, 'started', 0, 0, false],
    ['where the start is known', begun, 'started', 0, 0, true],
    ['not where the end is still to come', begun, 'ended', 5, 50, false],
    ['where the end is known', over, 'ended', 5, 50, true],
    ['not under the number of the start', begun, 'updated', 0, 10, false],
    ['not under the number of the end, before it', over, 'updated', 5, 50, false],
    ['after the end: it may be of another of the same name', over, 'updated', 3, 51, true],
    ['before the end, however late', over, 'updated', 3, 50, true],
    ['not where numbers say nothing', { ...begun, isMiscounted: true }, 'updated', 3, 50, false],
    ['there by its start alone', { ...begun, isMiscounted: true }, 'started', 9, 50, true],
    ['of a start without numbers (1.6)', unnumbered, 'started', undefined, 0, true],
    ['not of an end that is still to come (1.6)', unnumbered, 'ended', undefined, 50, false],
    ['of an end (1.6)', { ...unnumbered, ended: { at: after(50) } }, 'ended', undefined, 50, true],
    ['never of readings (1.6)', unnumbered, 'updated', undefined, 0, false],
  ])('%s', (_case, transaction, kind, seqNo, seconds, isOne) => {
    expect(isRepeat(having(transaction), fact(kind, seqNo), after(seconds))).toBe(isOne)
  })

  it('where its clock, or the one of before, is not to be believed: time tells nothing then', () => {
    expect(isRepeat(having(begun), fact('updated', 3, corrected), after(500))).toBe(true)
    expect(isRepeat(having(begun, ['clock-corrected']), fact('updated', 3), after(500))).toBe(true)
  })

  it('never of a session without a transaction', () => {
    expect(isRepeat({ flags: [] }, fact('started', 0), START)).toBe(false)
  })
})

describe('numbers of reports count', () => {
  const gaps = (ranges: number) => Array.from({ length: 2 * ranges }, (_none, n) => (n >> 1) * 3 + (n & 1))

  it('until one comes again for another report, which is flagged', () => {
    const { session, fact: told } = asCounted(having(begun), fact('updated', 3))
    expect(session.transaction?.isMiscounted).toBe(true)
    expect(session.flags).toEqual(['numbers-repeated'])
    expect(told).not.toHaveProperty('seqNo')
    const again = asCounted(session, fact('updated', 6))
    expect(again.session).toBe(session)
    expect(again.fact).not.toHaveProperty('seqNo')
  })

  it('until there are too many gaps among them, which nobody did wrong', () => {
    const some = asCounted(having({ ...begun, seen: gaps(999) }), fact('updated', 9_000))
    expect(some.fact).toHaveProperty('seqNo', 9_000)
    expect(some.session.transaction).not.toHaveProperty('isMiscounted')
    const many = asCounted(having({ ...begun, seen: gaps(1_000) }), fact('updated', 9_000))
    expect(many.fact).not.toHaveProperty('seqNo')
    expect(many.session.transaction?.isMiscounted).toBe(true)
    expect(many.session.flags).toEqual([])
  })

  it('in a first report, and nothing where there are none', () => {
    const first = sessionOfTransaction({ evse: 1, limits }, START)
    expect(asCounted(first, fact('started', 0))).toEqual({ session: first, fact: fact('started', 0) })
    const told = fact('updated')
    expect(asCounted(having(unnumbered), told).fact).toBe(told)
  })
})
