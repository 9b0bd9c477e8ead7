import { describe, expect, it } from 'vitest'
import type { Fact, TransactionFact } from './facts.ts'
import { decide } from './machine.ts'
import { type Session, sessionOfTransaction } from './session.ts'
import { dueAt, energyOfSession } from './settle.ts'
import { limits } from './testing-histories.ts'

const T = Temporal.Instant.from('2026-11-26T08:00:00Z')
const at = (seconds: number): Temporal.Instant => T.add({ seconds })
const born = (): Session => sessionOfTransaction({ evse: 1, limits }, T)
const due: Fact = { kind: 'deadline', isOnline: true }

function told(kind: TransactionFact['kind'], seconds: number, more: Partial<TransactionFact> = {}): [number, Fact] {
  const times = { wasQueued: false, wasCorrected: false, receivedAt: at(seconds) }
  return [seconds, { kind, number: '7', readings: [], ...times, ...more }]
}
const begin = { at: at(0), context: 'transaction-begin', registerWh: 1_000 } as const
const read = (seconds: number, registerWh: number, receivedSeconds = seconds): [number, Fact] => {
  const readings = [{ at: at(seconds), context: 'periodic', registerWh }] as const
  return [seconds, { kind: 'readings', readings, wasCorrected: false, receivedAt: at(receivedSeconds) }]
}

/** The session after facts, and the revisions of its record that they made. */
function follow(session: Session, ...facts: readonly (readonly [number, Fact])[]) {
  let now = session
  let revisions = 0
  for (const [seconds, fact] of facts) {
    const decision = decide(now, fact, at(seconds))
    now = decision.session
    revisions += decision.effects.filter(({ kind }) => kind === 'record').length
  }
  return { session: now, revisions }
}

describe('a session that ended by an estimate (END-METER)', () => {
  const running = () =>
    follow(born(), told('transaction-started', 0, { token: 'may-charge', readings: [begin] }), read(300, 2_000)).session
  const estimated = () => follow(running(), [600, { kind: 'displaced' }]).session

  it('makes one further revision of all that comes after it, not one of each reading', () => {
    const ended = estimated()
    expect(ended).toMatchObject({ state: 'ended', recorded: { revision: 1 } })
    const queue = Array.from({ length: 12 }, (_, index) => read(360 + index * 10, 2_100 + index * 100, 90_000 + index))
    const late = follow(ended, ...queue)
    expect(late.revisions).toBe(0)
    expect(late.session).toMatchObject({ state: 'ended', recorded: { revision: 1 } })
    expect(energyOfSession(late.session)).toBe(2_200)
    const next = dueAt(late.session)
    expect(next?.since(at(90_000)).total('seconds')).toBeGreaterThan(60)
    const settled = decide(late.session, due, next ?? T)
    expect(settled.effects).toEqual([{ kind: 'record', reason: 'truth' }])
    expect(settled.session).toMatchObject({ state: 'ended', recorded: { revision: 2 }, deadlines: {} })
    expect(decide(settled.session, due, at(200_000)).effects).toEqual([])
  })

  it('makes it at once where the whole truth comes', () => {
    const late = follow(estimated(), read(360, 2_100))
    const end = { at: at(500), context: 'transaction-end', registerWh: 2_600 } as const
    const whole = follow(late.session, told('transaction-ended', 500, { stopReason: 'local', readings: [end] }))
    expect(whole.revisions).toBe(1)
    expect(whole.session).toMatchObject({ state: 'ended', flags: [], recorded: { revision: 2 }, deadlines: {} })
    expect(energyOfSession(whole.session)).toBe(1_600)
  })

  it('puts a later word of the station over what people decided, once', () => {
    const corrected: Session = { ...estimated(), corrected: { energyWh: 5 } }
    const late = follow(corrected, read(360, 2_100, 90_000), read(370, 2_200, 90_001))
    const settled = decide(late.session, due, dueAt(late.session) ?? T)
    expect(settled.session).toMatchObject({ recorded: { revision: 2 } })
    expect(energyOfSession(settled.session)).toBe(1_200)
  })
})

describe('a delivery that was stopped and goes on in its transaction (2.x, SES-LIMIT)', () => {
  it('has its limit of duration again', () => {
    const { session } = follow(
      born(),
      told('transaction-started', 0, { seqNo: 0, token: 'may-charge', chargingState: 'charging', readings: [begin] }),
      [600, { kind: 'stop-asked' }],
      told('transaction-updated', 610, { seqNo: 1, chargingState: 'ev-connected', hasStopped: true }),
      [1_300, due],
    )
    expect(session.deadlines.duration).toBeUndefined()
    const again = follow(session, told('transaction-updated', 2_000, { seqNo: 2, chargingState: 'charging' })).session
    expect(again.deadlines).toMatchObject({ duration: at(limits.durationSeconds) })
    expect(again.deadlines.stop).toBeUndefined()
    expect(again.stopAsked).toBe(0)
  })

  it('is told to stop again where its time is over', () => {
    const { session } = follow(
      born(),
      told('transaction-started', 0, { seqNo: 0, token: 'may-charge', chargingState: 'charging', readings: [begin] }),
      [limits.durationSeconds, due],
      told('transaction-updated', 86_410, { seqNo: 1, chargingState: 'ev-connected', hasStopped: true }),
      told('transaction-updated', 90_000, { seqNo: 2, chargingState: 'charging' }),
    )
    const stopped = decide(session, due, at(90_001))
    expect(stopped.effects).toContainEqual({
      kind: 'command',
      command: { kind: 'stop-transaction', transactionNumber: '7' },
    })
  })
})

it('a session that is refused, and whose station lets nothing flow, delivers nothing (1.6)', () => {
  const { session } = follow(born(), told('transaction-started', 0, { token: 'refused', readings: [begin] }), [
    5,
    { kind: 'evse-status', status: 'occupied', phase: 'suspended-evse' },
  ])
  expect(session.state).toBe('paused')
})
