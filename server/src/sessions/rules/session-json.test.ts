import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fact } from './facts.ts'
import { decide } from './machine.ts'
import { type Session, sessionOfTransaction, sessionOfWish } from './session.ts'
import { isProgressOnly, sessionFromText, textFromMachine, textFromProgress } from './session-json.ts'
import { limits, numberedHistory, shuffled } from './testing-histories.ts'

const T = Temporal.Instant.from('2026-11-26T08:00:00Z')
const at = (seconds: number): Temporal.Instant => T.add({ seconds })

let read = 0
/** As another server reads it, that has parsed nothing of it yet. */
const again = (session: Session): Session =>
  sessionFromText(`s${(read += 1)}`, textFromMachine(session), textFromProgress(session))

function after(session: Session, ...facts: readonly (readonly [number, Fact])[]): Session {
  return facts.reduce((now, [seconds, fact]) => decide(now, fact, at(seconds)).session, session)
}

describe('a session as its row keeps it', () => {
  it('reads as it was, after every report, in whatever order they come', () => {
    fc.assert(
      fc.property(numberedHistory.chain(shuffled), (history) => {
        let session = sessionOfTransaction({ evse: 1, limits }, T)
        for (const { fact, at: when } of history) {
          session = decide(session, fact, when).session
          expect(again(session)).toEqual(session)
        }
      }),
    )
  })

  it('reads as it was where it began with a wish, told to stop, stopped, decided by people, or refused', () => {
    const wished = sessionOfWish({ evse: 1, remoteStartId: 5, limits }, T)
    const told = { number: '7', wasQueued: false, wasCorrected: false, receivedAt: T } as const
    const begin = { at: T, context: 'transaction-begin', registerWh: 5, powerW: 70 } as const
    const more = { seqNo: 0, chargingState: 'charging', token: 'may-charge', readings: [begin] } as const
    const begun = after(wished, [0, { kind: 'transaction-started', ...told, ...more }], [9, { kind: 'stop-asked' }])
    const stop: Fact = { kind: 'transaction-updated', ...told, seqNo: 1, hasStopped: true, readings: [] }
    const free: Fact = { kind: 'evse-status', status: 'available' }
    const all = [
      wished,
      after(wished, [1, { kind: 'evse-status', status: 'occupied', phase: 'preparing' }]),
      after(wished, [1, { kind: 'wish-answered', outcome: 'refused' }]),
      begun,
      after(begun, [10, stop]),
      after(begun, [10, free]),
      { ...after(begun, [10, { kind: 'displaced', registerWh: 9 }]), corrected: { energyWh: 3 } },
    ]
    for (const session of all) expect(again(session)).toEqual(session)
  })

  it('has no deadline for energy once that came, by whichever way', () => {
    const reading = (registerWh: number) => ({ at: T, context: 'periodic', registerWh }) as const
    const deadlines = { 'no-energy': at(60), duration: at(90) }
    const session = { ...sessionOfTransaction({ evse: 1, limits }, T), deadlines }
    const still = { ...session, meter: { first: reading(5), last: reading(5) } }
    expect(again(still)).toEqual(still)
    const flows = { ...session, meter: { first: reading(5), last: reading(6) } }
    expect(again(flows)).toEqual({ ...flows, deadlines: { duration: at(90) } })
  })

  it('is saved whole where a report changed more than the progress', () => {
    const told = { number: '7', readings: [], wasQueued: false, wasCorrected: false, receivedAt: T } as const
    const begun = after(sessionOfTransaction({ evse: 1, limits }, T), [
      0,
      { kind: 'transaction-started', ...told, seqNo: 0, token: 'may-charge', chargingState: 'charging' },
    ])
    const update = (more: object) =>
      after(begun, [10, { kind: 'transaction-updated', ...told, seqNo: 1, ...more } as Fact])
    expect(isProgressOnly(begun, update({}))).toBe(true)
    expect(isProgressOnly(begun, update({ chargingState: 'suspended-ev' }))).toBe(false)
    expect(isProgressOnly(begun, update({ token: 'refused' }))).toBe(false)
    expect(isProgressOnly(begun, update({ wasCorrected: true }))).toBe(false)
    const { transaction: _, ...bare } = begun
    expect(isProgressOnly(bare, begun)).toBe(false)
    expect(isProgressOnly(bare, { ...bare })).toBe(true)
  })
})
