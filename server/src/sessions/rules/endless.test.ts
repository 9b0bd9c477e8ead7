import { describe, expect, it } from 'vitest'
import { pricedPeriods } from '../../billing/rules/index.ts'
import type { Fact, TransactionFact } from './facts.ts'
import { decide } from './machine.ts'
import { type Session, sessionOfTransaction } from './session.ts'
import { textFromMachine, textFromProgress } from './session-json.ts'
import { energyOfSession } from './settle.ts'
import { limits } from './testing-histories.ts'

const T = Temporal.Instant.from('2026-11-26T08:00:00Z')
const at = (seconds: number): Temporal.Instant => T.add({ seconds })

function fact(kind: TransactionFact['kind'], seconds: number, more: Partial<TransactionFact> = {}): TransactionFact {
  return { kind, number: '7', readings: [], wasQueued: false, wasCorrected: false, receivedAt: at(seconds), ...more }
}

function after(session: Session, told: Iterable<readonly [number, Fact]>): Session {
  let now = session
  for (const [seconds, one] of told) now = decide(now, one, at(seconds)).session
  return now
}

const begun = (more: Partial<TransactionFact>): Session =>
  after(sessionOfTransaction({ evse: 1, limits }, T), [
    [0, fact('transaction-started', 0, { token: 'may-charge', ...more })],
  ])
const bytesOf = (session: Session): number => textFromMachine(session).length + textFromProgress(session).length

describe('a session of which there is no end of telling keeps a bounded size (row 37)', () => {
  it('where its car begins and pauses again and again, and its long pauses are still priced', () => {
    const shows = (seconds: number, phase: 'charging' | 'suspended-ev'): [number, Fact] => [
      seconds,
      { kind: 'evse-status', status: 'occupied', phase },
    ]
    function* day(): Generator<[number, Fact]> {
      for (let seconds = 10; seconds < 40_000; seconds += 10)
        // From the third hour on it rests for twenty minutes.
        if (seconds < 10_800 || seconds >= 12_000)
          yield shows(seconds, seconds % 20 === 0 || seconds === 10_790 ? 'suspended-ev' : 'charging')
    }
    const session = after(begun({}), day())
    expect(bytesOf(session)).toBeLessThan(150_000)
    const flow = session.transaction?.flow ?? []
    const periods = pricedPeriods({ authorisedAt: at(0), endedAt: at(40_000), flow, registers: [] })
    const parking = periods.filter(({ state }) => state === 'parking')
    expect(parking.map(({ from, to }) => [from, to])).toEqual([[at(10_790), at(12_010)]])
  })

  it('where its numbers leave gaps for ever, and all it says still counts', () => {
    function* week(): Generator<[number, Fact]> {
      for (let nth = 1; nth <= 10_000; nth += 1) {
        const readings = [{ at: at(nth * 60), context: 'periodic', registerWh: 1_000 + nth * 100 }] as const
        yield [nth * 60, fact('transaction-updated', nth * 60, { seqNo: nth * 2, readings })]
      }
    }
    const readings = [{ at: at(0), context: 'transaction-begin', registerWh: 1_000 }] as const
    const session = after(begun({ seqNo: 0, readings, chargingState: 'charging' }), week())
    expect(bytesOf(session)).toBeLessThan(50_000)
    expect(energyOfSession(session)).toBe(1_000_000)
    const repeat = fact('transaction-updated', 600_000, {
      seqNo: 20_000,
      readings: [{ at: at(600_000), context: 'periodic', registerWh: 1_001_000 }],
    })
    expect(energyOfSession(decide(session, repeat, at(600_000)).session)).toBe(1_000_000)
  })
})
