import { describe, expect, it } from 'vitest'
import type { Fact, TransactionFact } from './facts.ts'
import { decide } from './machine.ts'
import { type Session, sessionOfTransaction } from './session.ts'
import { sessionFromText, textFromMachine, textFromProgress } from './session-json.ts'
import { dueAt, energyOfSession } from './settle.ts'
import { limits } from './testing-histories.ts'

const T = Temporal.Instant.from('2026-11-26T08:00:00Z')
const at = (seconds: number): Temporal.Instant => T.add({ seconds })

function fact(kind: TransactionFact['kind'], more: Partial<TransactionFact> = {}): TransactionFact {
  return { kind, number: '7', readings: [], wasQueued: false, wasCorrected: false, receivedAt: T, ...more }
}

const begin = (registerWh: number, seconds = 0) =>
  ({ at: at(seconds), context: 'transaction-begin', registerWh }) as const
const end = (registerWh: number, seconds: number) =>
  ({ at: at(seconds), context: 'transaction-end', registerWh }) as const

function after(session: Session, ...facts: readonly (readonly [number, Fact])[]): Session {
  return facts.reduce((now, [seconds, given]) => decide(now, given, at(seconds)).session, session)
}

const born = (): Session => sessionOfTransaction({ evse: 1, limits }, T)
const started = fact('transaction-started', { token: 'may-charge', readings: [begin(1_000)] })

describe('missing meter data (END-METER)', () => {
  const noReading: [number, Fact] = [600, fact('transaction-ended', { receivedAt: at(600) })]
  const due = (isOnline = true): Fact => ({ kind: 'deadline', isOnline })
  const waiting = (): Session => after(born(), [0, started], [300, periodic(2_000, 300)], noReading)

  it('is asked for three times within ten minutes, then estimated, marked and told', () => {
    let session = waiting()
    const commands: string[] = []
    const asked: number[] = []
    let alerts: unknown[] = []
    while (session.state === 'waiting-for-meter') {
      const now = dueAt(session) as Temporal.Instant
      const decision = decide(session, due(), now)
      const kinds = decision.effects.flatMap((effect) => (effect.kind === 'command' ? [effect.command.kind] : []))
      if (kinds.length > 0) asked.push(now.since(at(600)).total('seconds'))
      commands.push(...kinds)
      alerts = decision.effects.filter((effect) => effect.kind === 'alert')
      session = decision.session
    }
    expect(commands).toEqual(['fetch-meter', 'fetch-meter', 'fetch-meter'])
    expect(asked).toEqual([60, 240, 420])
    expect(session).toMatchObject({ state: 'ended', flags: ['estimated'], recorded: { revision: 1 } })
    expect(energyOfSession(session)).toBe(1_000)
    expect(alerts).toMatchObject([{ alert: 'session-estimated' }])
  })

  it('that comes after the estimate makes revision 2, without the mark', () => {
    let session = waiting()
    while (session.state === 'waiting-for-meter')
      session = decide(session, due(), dueAt(session) as Temporal.Instant).session
    const truth = decide(session, { kind: 'readings', readings: [end(4_000, 600)], wasCorrected: false }, at(9_000))
    expect(truth.session).toMatchObject({ state: 'ended', flags: [], recorded: { revision: 2 } })
    expect(truth.effects).toEqual([{ kind: 'record', reason: 'truth' }])
    expect(energyOfSession(truth.session)).toBe(3_000)
  })

  it('of a station that is offline is waited for a week', () => {
    let session = waiting()
    let now = T
    while (session.state === 'waiting-for-meter') {
      now = dueAt(session) as Temporal.Instant
      const decision = decide(session, due(false), now)
      expect(decision.effects.filter((effect) => effect.kind === 'command')).toEqual([])
      session = decision.session
    }
    expect(now.since(at(600)).total('hours')).toBeGreaterThanOrEqual(168)
    expect(now.since(at(600)).total('hours')).toBeLessThan(169)
  })

  it('bills with the gap recorded when the station has nothing more (0, 1, 2, 4, 5)', () => {
    const numbers = [0, 1, 2, 4]
    const events = numbers.map((seqNo): [number, Fact] => [
      seqNo * 60,
      fact(seqNo === 0 ? 'transaction-started' : 'transaction-updated', {
        seqNo,
        token: 'may-charge',
        readings: [begin(1_000)],
      }),
    ])
    const last: [number, Fact] = [300, fact('transaction-ended', { seqNo: 5, readings: [end(2_000, 300)] })]
    const session = after(born(), ...events, last)
    expect(session.state).toBe('waiting-for-meter')
    const more = after(session, [390, { kind: 'queue-answered', messagesInQueue: true }])
    expect(more).toMatchObject({ state: 'waiting-for-meter', deadlines: { meter: at(570) } })
    const closed = after(session, [400, { kind: 'queue-answered', messagesInQueue: false }])
    expect(closed).toMatchObject({ state: 'ended', flags: ['gap'] })
    expect(energyOfSession(closed)).toBe(1_000)
  })

  it('is still asked of the meter where every report came, and no reading at the end', () => {
    const first = fact('transaction-started', { seqNo: 0, token: 'may-charge', readings: [begin(1_000)] })
    const session = after(born(), [0, first], [300, fact('transaction-ended', { seqNo: 1 })])
    expect(after(session, [400, { kind: 'queue-answered', messagesInQueue: false, ongoing: false }])).toEqual(session)
  })

  it('is estimated from where the next transaction starts when nothing else is known', () => {
    const session = after(born(), [0, started], [4_000, { kind: 'displaced', registerWh: 3_500 }])
    expect(session).toMatchObject({ state: 'ended', flags: ['end-lost', 'estimated'] })
    expect(energyOfSession(session)).toBe(2_500)
  })

  function periodic(registerWh: number, seconds: number): Fact {
    return { kind: 'readings', readings: [{ at: at(seconds), context: 'periodic', registerWh }], wasCorrected: false }
  }
})

describe('what takes too long', () => {
  it('is told to stop after its longest duration, and staff are told (SES-LIMIT)', () => {
    const session = after(
      born(),
      [0, started],
      [60, { kind: 'readings', readings: [end(2_000, 60)], wasCorrected: false }],
    )
    expect(dueAt(session)?.toString()).toBe(at(86_400).toString())
    const { session: told, effects } = decide(session, { kind: 'deadline', isOnline: true }, at(86_400))
    expect(told.flags).toContain('over-limit')
    expect(effects).toMatchObject([
      { kind: 'alert', alert: 'session-over-limit' },
      { kind: 'command', command: { kind: 'stop-transaction', transactionNumber: '7' } },
    ])
  })

  it('is not told to stop for want of energy where it charges and reads its meter at the end only (1.6)', () => {
    const charging: Fact = { kind: 'evse-status', status: 'occupied', phase: 'charging' }
    const due: Fact = { kind: 'deadline', isOnline: true }
    const unread = after(born(), [0, started], [3, charging])
    const left = decide(unread, due, dueAt(unread) as Temporal.Instant)
    expect(left).toMatchObject({ effects: [], session: { state: 'delivering', flags: [] } })
    expect(left.session.deadlines).toEqual({ duration: at(86_400) })
    // A reading that shows none decides at once.
    const same: Fact = {
      kind: 'readings',
      readings: [{ at: at(2_000), context: 'periodic', registerWh: 1_000 }],
      wasCorrected: false,
    }
    const read = decide(left.session, same, at(2_000)).session
    expect(decide(read, due, at(2_001)).effects).toMatchObject([{ alert: 'session-no-energy' }, { kind: 'command' }])
  })

  it('is not told to stop for want of energy where the power is all that is read, and flows', () => {
    const read = (seconds: number, powerW: number): [number, Fact] => [
      seconds,
      { kind: 'readings', readings: [{ at: at(seconds), context: 'periodic', powerW }], wasCorrected: false },
    ]
    const due: Fact = { kind: 'deadline', isOnline: true }
    const flowing = after(born(), [0, started], read(60, 7_400), read(1_790, 7_300))
    expect(decide(flowing, due, dueAt(flowing) as Temporal.Instant)).toMatchObject({
      effects: [],
      session: { state: 'delivering', flags: [] },
    })
    const still = after(born(), [0, started], read(60, 0), read(1_790, 0))
    expect(decide(still, due, dueAt(still) as Temporal.Instant).effects).toMatchObject([
      { alert: 'session-no-energy' },
      { kind: 'command' },
    ])
    // A car that is full, before the half hour is over or hours later, had its energy: a pause only warns.
    for (const full of [1_790, 9_000]) {
      const paused = after(born(), [0, started], read(60, 7_400), read(full, 0), read(full + 60, 0))
      const kept = sessionFromText('a', textFromMachine(paused), textFromProgress(paused))
      expect(decide(kept, due, at(full + 70))).toMatchObject({ effects: [], session: { flags: [] } })
    }
  })

  it('is not told to stop for want of energy where it charged, and the car is full (1.6, read at the end only)', () => {
    const shows = (seconds: number, phase: 'charging' | 'suspended-ev'): [number, Fact] => [
      seconds,
      { kind: 'evse-status', status: 'occupied', phase },
    ]
    const full = after(born(), [0, started], shows(3, 'charging'), shows(1_500, 'suspended-ev'))
    const due: Fact = { kind: 'deadline', isOnline: true }
    expect(decide(full, due, at(1_800))).toMatchObject({ effects: [], session: { flags: [] } })
    const never = after(born(), [0, started], shows(3, 'suspended-ev'))
    expect(decide(never, due, at(1_800)).effects).toMatchObject([{ alert: 'session-no-energy' }, { kind: 'command' }])
  })

  it.each([
    ['begins anew', 0],
    ['tells one stray value', 12],
    ['is exchanged for one that stood lower', 999],
  ])('is not told to stop for want of energy where a register %s while it charges', (_, wh) => {
    const read = (registerWh: number, seconds: number): [number, Fact] => [
      seconds,
      {
        kind: 'readings',
        readings: [{ at: at(seconds), context: 'periodic', registerWh, powerW: 11_000 }],
        wasCorrected: false,
      },
    ]
    const charging = after(born(), [0, started], read(6_000, 1_200), read(9_000, 2_400), read(wh, 2_460))
    expect(charging).toMatchObject({ state: 'delivering', flags: ['register-backwards'] })
    expect(dueAt(charging)?.toString()).toBe(at(86_400).toString())
    expect(decide(charging, { kind: 'deadline', isOnline: true }, at(2_461)).effects).toEqual([])
    // Nor where nothing had been read before that.
    const early = after(born(), [0, started], read(wh, 60))
    const due = { kind: 'deadline', isOnline: true } as const
    expect(decide(early, due, dueAt(early) as Temporal.Instant)).toMatchObject({
      session: { flags: ['over-limit', 'register-backwards'] },
    })
  })

  it('is not decided while the station is away, nor as it comes back: it may be charging, and tells then', () => {
    const due = (more: { isOnline: boolean; hasJustReturned?: boolean }): Fact => ({ kind: 'deadline', ...more })
    // The line broke right after the start: nothing was heard since.
    let session = after(born(), [0, started])
    for (const more of [{ isOnline: false }, { isOnline: true, hasJustReturned: true }]) {
      const decision = decide(session, due(more), dueAt(session) as Temporal.Instant)
      expect(decision).toMatchObject({ effects: [], session: { flags: [], stopAsked: 0 } })
      const again = (dueAt(session) as Temporal.Instant).add({ seconds: 120 })
      expect(decision.session.deadlines).toEqual({ 'no-energy': again, duration: at(86_400) })
      session = decision.session
    }
    // Back again with its queue: the first of it gives the rest time to come.
    const back = (dueAt(session) as Temporal.Instant).subtract({ seconds: 1 })
    const ended = fact('transaction-updated', { wasQueued: true, receivedAt: back })
    const telling = decide(session, ended, at(60)).session
    expect(Temporal.Instant.compare(dueAt(telling) as Temporal.Instant, back.add({ seconds: 299 }))).toBe(1)
    // Nothing more came of it: then it is so.
    const last = decide(telling, due({ isOnline: true }), dueAt(telling) as Temporal.Instant)
    expect(last.effects).toMatchObject([{ alert: 'session-no-energy' }, { kind: 'command' }])
  })

  it('waits with the cable, too, for a station that is away (2.x, card first)', () => {
    const cardFirst = fact('transaction-started', { seqNo: 0, token: 'may-charge', chargingState: 'idle' })
    const session = after(born(), [0, cardFirst])
    expect(session.state).toBe('waiting-for-cable')
    const late = dueAt(session) as Temporal.Instant
    const { session: waiting, effects } = decide(session, { kind: 'deadline', isOnline: false }, late)
    expect({ effects, state: waiting.state, stopAsked: waiting.stopAsked }).toEqual({
      effects: [],
      state: 'waiting-for-cable',
      stopAsked: 0,
    })
    const charging = fact('transaction-updated', { seqNo: 1, chargingState: 'charging', wasQueued: true })
    expect(decide(waiting, charging, at(30)).session).toMatchObject({ state: 'delivering', stopAsked: 0 })
    expect(decide(session, { kind: 'deadline', isOnline: true }, late).effects).toMatchObject([{ kind: 'command' }])
  })

  it('is counted from when somebody was let charge, not from when the cable came (2.x, cable first)', () => {
    const cable = fact('transaction-started', { seqNo: 0, chargingState: 'ev-connected', readings: [begin(1_000)] })
    const waiting = after(born(), [0, cable])
    expect(waiting.state).toBe('waiting-for-token')
    // An hour and a half later the driver has found the card.
    const card = fact('transaction-updated', { seqNo: 1, token: 'may-charge', chargingState: 'ev-connected' })
    const begun = decide(waiting, card, at(5_400)).session
    expect(begun.state).toBe('delivering')
    expect(begun.deadlines['no-energy']?.toString()).toBe(at(5_400 + 1_800).toString())
    expect(begun.deadlines.duration?.toString()).toBe(at(5_400 + 86_400).toString())
  })

  it('is no more an alert once its energy flows', () => {
    const session = after(born(), [0, started])
    const told = decide(session, { kind: 'deadline', isOnline: true }, dueAt(session) as Temporal.Instant).session
    const read = (registerWh: number, seconds: number): Fact => {
      return { kind: 'readings', readings: [{ at: at(seconds), context: 'periodic', registerWh }], wasCorrected: false }
    }
    const still = decide(told, read(1_000, 1_900), at(1_900))
    expect(still.effects).toEqual([])
    const flows = decide(still.session, read(1_001, 1_960), at(1_960))
    expect(flows.effects).toEqual([{ kind: 'clear-alert', alert: 'session-no-energy' }])
    expect(decide(flows.session, read(1_500, 2_020), at(2_020)).effects).toEqual([])
    expect(decide(session, read(1_001, 60), at(60)).effects).toEqual([])
  })

  it('is not told again while the station is away, but looked at when it may be back', () => {
    const session = after(born(), [0, started], [60, { kind: 'stop-asked' }])
    expect(session).toMatchObject({ stopAsked: 1, deadlines: { stop: at(660) } })
    const away = decide(session, { kind: 'deadline', isOnline: false }, at(660))
    expect(away).toMatchObject({ effects: [], session: { stopAsked: 1, deadlines: { stop: at(1_260) } } })
    const back = decide(away.session, { kind: 'deadline', isOnline: true }, at(1_260))
    expect(back.effects).toMatchObject([{ command: { kind: 'stop-transaction' } }])
  })

  it('ends by an estimate where nobody can tell its station to stop: an orphan', () => {
    const orphan = sessionOfTransaction({ evse: 1, limits, isOrphan: true }, T)
    const session = after(orphan, [
      0,
      fact('transaction-updated', { readings: [{ ...begin(100), context: 'periodic' }] }),
    ])
    const { session: over, effects } = decide(session, { kind: 'deadline', isOnline: true }, at(86_400))
    expect(over.state).toBe('ended')
    expect(effects.filter(({ kind }) => kind === 'command')).toEqual([])
  })

  it('is told three times, then people are called', () => {
    let session = after(born(), [0, started])
    let stops = 0
    const alerts: string[] = []
    for (let turn = 0; turn < 6; turn += 1) {
      const decision = decide(session, { kind: 'deadline', isOnline: true }, dueAt(session) as Temporal.Instant)
      stops += decision.effects.filter((effect) => effect.kind === 'command').length
      alerts.push(...decision.effects.flatMap((effect) => (effect.kind === 'alert' ? [effect.alert] : [])))
      session = decision.session
    }
    expect(stops).toBe(3)
    expect(alerts).toEqual(['session-no-energy', 'stop-not-obeyed', 'session-estimated'])
    expect(session.state).toBe('ended')
  })
})

describe('a stop before any energy, where the car stays connected (2.x)', () => {
  it('is what the driver wanted: nobody is called for want of energy, and no stop is sent', () => {
    const update = (seqNo: number, more: Partial<TransactionFact>) => fact('transaction-updated', { seqNo, ...more })
    const first = { seqNo: 0, chargingState: 'ev-connected', token: 'may-charge', readings: [begin(1_000)] } as const
    const connected = after(born(), [0, fact('transaction-started', first)])
    const stopped = after(connected, [300, update(1, { hasStopped: true, chargingState: 'ev-connected' })])
    const late = (session: Session) => decide(session, { kind: 'deadline', isOnline: true }, at(7_200))
    expect(late(connected).effects).toHaveLength(2)
    expect(late(stopped)).toMatchObject({ session: { flags: [], stopAsked: 0 }, effects: [] })
    // Told to, it did: it is not told again in the week in which its car may stay.
    const told = after(connected, [290, { kind: 'stop-asked' }], [300, update(1, { hasStopped: true })])
    const waits = decide(told, { kind: 'deadline', isOnline: true }, at(890))
    expect(waits).toMatchObject({ effects: [], session: { stopAsked: 1 } })
    expect(dueAt(waits.session)?.equals(at(300).add({ hours: 168 }))).toBe(true)
    // Begun anew it counts again.
    const anew = after(stopped, [
      600,
      update(2, { chargingState: 'charging', readings: [{ ...end(1_000, 600), context: 'periodic' }] }),
    ])
    expect(late(anew).effects).toHaveLength(2)
  })
})
