import { describe, expect, it } from 'vitest'
import type { Fact, TransactionFact } from './facts.ts'
import { decide } from './machine.ts'
import { type Session, sessionOfTransaction } from './session.ts'
import { sessionFromText, textFromMachine, textFromProgress } from './session-json.ts'
import { dueAt, energyOfSession } from './settle.ts'
import { limits } from './testing-histories.ts'

const T = Temporal.Instant.from('2026-11-26T08:00:00Z')
const at = (seconds: number): Temporal.Instant => T.add({ seconds })

const reading = (
  seconds: number,
  registerWh: number,
  context: 'transaction-begin' | 'periodic' | 'trigger' = 'periodic',
) => ({ at: at(seconds), context, registerWh }) as const
function transaction(kind: TransactionFact['kind'], more: Partial<TransactionFact> = {}): TransactionFact {
  return { kind, number: '7', readings: [], wasQueued: false, wasCorrected: false, receivedAt: T, ...more }
}
const readings = (...given: ReturnType<typeof reading>[]): Fact => ({
  kind: 'readings',
  readings: given,
  wasCorrected: false,
})
const started = transaction('transaction-started', {
  token: 'may-charge',
  readings: [reading(0, 1_000, 'transaction-begin')],
})
const free: Fact = { kind: 'evse-status', status: 'available' }
const due: Fact = { kind: 'deadline', isOnline: true }

function after(session: Session, ...facts: readonly (readonly [number, Fact])[]): Session {
  return facts.reduce((now, [seconds, given]) => decide(now, given, at(seconds)).session, session)
}
const born = (isOrphan = false): Session => sessionOfTransaction({ evse: 1, limits, isOrphan }, T)
const charging = (): Session => after(born(), [0, started], [300, readings(reading(300, 3_000))])

describe('a 1.6 connector that shows free while its session runs (END-METER)', () => {
  it('waits for the stop, asks for the meter, and ends by an estimate within ten minutes', () => {
    let session = after(charging(), [600, free])
    expect(session.state).toBe('waiting-for-meter')
    // As its row keeps it.
    expect(sessionFromText('s', textFromMachine(session), textFromProgress(session))).toEqual(session)
    const commands: string[] = []
    while (session.state === 'waiting-for-meter') {
      const decision = decide(session, due, dueAt(session) as Temporal.Instant)
      commands.push(...decision.effects.flatMap((effect) => (effect.kind === 'command' ? [effect.command.kind] : [])))
      session = after(decision.session, [660, readings(reading(660, 3_400, 'trigger'))])
    }
    expect(commands).toEqual(['fetch-meter', 'fetch-meter', 'fetch-meter'])
    expect(session).toMatchObject({ state: 'ended', flags: ['end-lost', 'estimated'], recorded: { revision: 1 } })
    expect(energyOfSession(session)).toBe(2_400)
    // It had been over when the connector was seen free.
    expect(session.endedAt?.equals(at(600))).toBe(true)
  })

  it('ends by the stop when that comes, before or after the estimate', () => {
    const stop = transaction('transaction-ended', {
      stopReason: 'local',
      readings: [{ at: at(590), context: 'transaction-end', registerWh: 3_500 }],
    })
    const waiting = after(charging(), [600, free])
    const ended = after(waiting, [590, stop])
    expect(ended).toMatchObject({ state: 'ended', flags: [], recorded: { revision: 1 } })
    let estimated = waiting
    while (estimated.state !== 'ended') estimated = decide(estimated, due, dueAt(estimated) as Temporal.Instant).session
    const truth = after(estimated, [590, stop])
    expect(truth).toMatchObject({ state: 'ended', flags: [], recorded: { revision: 2 } })
    expect(energyOfSession(truth)).toBe(2_500)
  })

  it('goes on when it was not free after all', () => {
    const waiting = after(charging(), [600, free])
    expect(after(waiting, [620, readings(reading(620, 3_000))]).state).toBe('waiting-for-meter')
    expect(after(waiting, [620, readings(reading(620, 3_100))]).state).toBe('delivering')
    expect(after(waiting, [620, { kind: 'evse-status', status: 'occupied', phase: 'suspended-ev' }]).state).toBe(
      'paused',
    )
  })

  it('goes on where only the clock, or we, make it read its meter, and its transaction goes on counting', () => {
    const read = (seconds: number, registerWh: number, context: 'clock' | 'trigger', isNameless?: boolean) =>
      [
        seconds,
        {
          kind: 'readings',
          readings: [{ at: at(seconds), context, registerWh }],
          wasCorrected: false,
          ...(isNameless === undefined ? {} : { isNameless }),
        },
      ] as const
    const waiting = after(charging(), [600, free])
    for (const context of ['clock', 'trigger'] as const) {
      // The first may tell what had flowed before it was free, and one that stands still tells nothing.
      const first = after(waiting, read(660, 3_100, context, false))
      expect(first.state).toBe('waiting-for-meter')
      expect(after(first, read(720, 3_100, context, false)).state).toBe('waiting-for-meter')
      expect(after(first, read(720, 3_300, context, false))).toMatchObject({ state: 'delivering', flags: [] })
      // What names no transaction may be another's.
      expect(after(first, read(720, 3_300, context)).state).toBe('waiting-for-meter')
      expect(after(first, read(720, 3_300, context, true)).state).toBe('waiting-for-meter')
    }
  })

  it('is not taken for free by a word from before its start', () => {
    expect(after(charging(), [0, free]).state).toBe('delivering')
  })
})

describe('a 2.x connector that shows free while its transaction runs', () => {
  const started2 = transaction('transaction-started', { ...started, seqNo: 0, chargingState: 'charging' })
  const told = (seqNo: number, seconds: number, more: Partial<TransactionFact> = {}): [number, Fact] => [
    seconds,
    transaction('transaction-updated', { seqNo, readings: [reading(seconds, 3_000)], ...more }),
  ]
  const running = (): Session => after(born(), [0, started2], told(1, 300))
  const answer = (messagesInQueue: boolean, ongoing: boolean): Fact => {
    return { kind: 'queue-answered', messagesInQueue, ongoing }
  }

  it('waits for its end, then asks whether it runs; what the station has forgotten ends by an estimate', () => {
    const waiting = after(running(), [600, free])
    expect(waiting.state).toBe('waiting-for-meter')
    const asked = decide(waiting, due, dueAt(waiting) as Temporal.Instant)
    expect(asked.effects).toMatchObject([
      { command: { kind: 'transaction-status', transactionNumber: '7' } },
      { command: { kind: 'fetch-meter', evse: 1 } },
    ])
    const over = after(asked.session, [662, answer(false, false)])
    expect(over).toMatchObject({ state: 'ended', flags: ['end-lost', 'estimated'], recorded: { revision: 1 } })
    expect(energyOfSession(over)).toBe(2_000)
    expect(after(asked.session, [662, answer(true, false)]).state).toBe('waiting-for-meter')
  })

  it('ends by its end, which often comes just after', () => {
    const end = { at: at(601), context: 'transaction-end', registerWh: 3_400 } as const
    const ended = transaction('transaction-ended', { seqNo: 2, stopReason: 'ev-disconnected', readings: [end] })
    const over = after(running(), [600, free], [601, ended])
    expect(over).toMatchObject({ state: 'ended', flags: [], recorded: { revision: 1 } })
    expect(energyOfSession(over)).toBe(2_400)
  })

  it('goes on where the station says that it runs, or says more of it', () => {
    const waiting = after(running(), [600, free])
    expect(after(waiting, [662, answer(false, true)])).toMatchObject({ state: 'delivering', flags: [] })
    expect(after(waiting, told(2, 620))).toMatchObject({ state: 'delivering', flags: [] })
    // What was queued before says nothing of it.
    expect(after(waiting, told(2, 590, { wasQueued: true })).state).toBe('waiting-for-meter')
  })
})

describe('an orphan that a person stops', () => {
  const orphan = (number: string): Session =>
    after(born(true), [0, transaction('transaction-updated', { number, readings: [reading(0, 100)] })])
  const stopAsked: Fact = { kind: 'stop-asked' }

  it('ends at once when the station has no number for it', () => {
    const { session, effects } = decide(orphan('-1:x'), stopAsked, at(60))
    expect(session).toMatchObject({ state: 'ended', flags: expect.arrayContaining(['orphan', 'end-lost']) as string[] })
    expect(effects.some(({ kind }) => kind === 'command')).toBe(false)
  })

  it('is stopped at its station by the number it named, and ends when that knows nothing of it or says nothing', () => {
    const { session, effects } = decide(orphan('4711'), stopAsked, at(60))
    expect(effects).toMatchObject([
      { kind: 'command', command: { kind: 'stop-transaction', transactionNumber: '4711' } },
    ])
    expect(after(session, [61, { kind: 'stop-refused' }]).state).toBe('ended')
    expect(decide(session, due, dueAt(session) as Temporal.Instant).session.state).toBe('ended')
  })

  it('is no reason to end another that is refused its stop', () => {
    expect(after(charging(), [400, stopAsked], [401, { kind: 'stop-refused' }]).state).toBe('delivering')
  })
})

describe('a stop that the station refuses', () => {
  const asked: readonly [number, Fact] = [400, { kind: 'stop-asked' }]
  const refused: Fact = { kind: 'stop-refused' }
  const answer = (messagesInQueue: boolean, ongoing?: boolean): Fact => {
    return { kind: 'queue-answered', messagesInQueue, ...(ongoing === undefined ? {} : { ongoing }) }
  }

  it('makes it be asked whether the transaction still runs (2.x); one that it has forgotten ends by an estimate', () => {
    const numbered = transaction('transaction-started', { ...started, seqNo: 0 })
    const told = transaction('transaction-updated', { seqNo: 1, readings: [reading(300, 3_000)] })
    const running = after(born(), [0, numbered], [300, told], asked)
    const { session, effects } = decide(running, refused, at(401))
    expect(effects).toMatchObject([{ command: { kind: 'transaction-status', transactionNumber: '7' } }])
    for (const [messagesInQueue, ongoing] of [[false], [false, true], [true, false], [true, true]] as const) {
      expect(after(session, [402, answer(messagesInQueue, ongoing)]).state).toBe('delivering')
    }
    const over = after(session, [402, answer(false, false)])
    expect(over).toMatchObject({ state: 'ended', flags: ['end-lost', 'estimated'], recorded: { revision: 1 } })
    expect(energyOfSession(over)).toBe(2_000)
  })

  it('makes it be asked what its connector shows (1.6)', () => {
    const { effects } = decide(after(charging(), asked), refused, at(401))
    expect(effects).toMatchObject([{ command: { kind: 'trigger', message: 'status', evse: 1 } }])
  })
})

describe('an estimate of a session whose station has a wrong clock (END-METER, row 34)', () => {
  const byWrongClock = (stampSeconds: number): Fact => ({
    kind: 'readings',
    readings: [reading(stampSeconds, 3_000)],
    wasCorrected: true,
  })

  it.each([
    ['a day fast', 86_400],
    ['an hour slow', -3_600],
  ])('ends when its last reading was heard: %s', (_, wrongBy) => {
    const begun = {
      ...started,
      wasCorrected: true,
      readings: [reading(wrongBy, 1_000, 'transaction-begin')],
    }
    const session = after(born(), [0, begun], [1_800, byWrongClock(wrongBy + 1_800)])
    const kept = sessionFromText('t', textFromMachine(session), textFromProgress(session))
    expect(kept).toEqual(session)
    // The next car comes two days later.
    const ended = after(kept, [172_800, { kind: 'displaced', registerWh: 3_500 }])
    expect(ended.flags).toContain('estimated')
    expect(ended.endedAt?.toString()).toBe(at(1_800).toString())
    expect(energyOfSession(ended)).toBe(2_000)
  })

  it('waits for the reading at the end where none was told, though an earlier one is stamped later than it', () => {
    const numbered = (kind: TransactionFact['kind'], seqNo: number, more: Partial<TransactionFact> = {}) =>
      transaction(kind, { seqNo, wasCorrected: true, ...more })
    const told = after(
      born(),
      [0, numbered('transaction-started', 0, { ...started, seqNo: 0, wasCorrected: true, chargingState: 'charging' })],
      [1_800, numbered('transaction-updated', 1, { readings: [reading(88_200, 3_000)] })],
      [3_600, numbered('transaction-ended', 2)],
    )
    expect(told.state).toBe('waiting-for-meter')
  })
})
