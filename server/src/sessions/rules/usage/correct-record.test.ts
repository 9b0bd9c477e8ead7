import { describe, expect, it } from 'vitest'
import { type Session, sessionOfTransaction, type Transaction } from '../session.ts'
import { limits } from '../testing-histories.ts'
import { correctedMachine, registersOfSeries } from './correct-record.ts'

const START = Temporal.Instant.from('2026-11-26T08:00:00Z')
const at = (seconds: number): Temporal.Instant => START.add({ seconds })
const HOUR = 3_600

/** Two hours by the station's clock: it pauses after one, for ten minutes. */
function session(): Session {
  const born = sessionOfTransaction({ evse: 1, limits }, START)
  return {
    ...born,
    state: 'ended',
    flags: ['estimated', 'gap'],
    endedAt: at(2 * HOUR),
    estimatedWh: 9_000,
    corrected: { energyWh: 8_000 },
    meter: {
      first: { at: START, context: 'transaction-begin', registerWh: 1_000 },
      last: { at: at(2 * HOUR), context: 'transaction-end', registerWh: 500_000 },
    },
    transaction: {
      number: 't',
      isNumbered: true,
      seen: [0, 5],
      newest: { at: at(2 * HOUR), seqNo: 5 },
      earliestAt: START,
      wasRefused: false,
      started: { at: START, seqNo: 0 },
      ended: { at: at(2 * HOUR), seqNo: 5, reason: 'local' },
      authorisedAt: at(30),
      flow: [
        { at: START, seqNo: 0, state: 'charging' },
        { at: at(HOUR), seqNo: 2, state: 'suspended-ev' },
        { at: at(HOUR + 600), seqNo: 3, state: 'charging' },
      ],
    },
  }
}

function correctedBy(movedStart: number, movedEnd: number, of = session()) {
  const correction = { energyWh: 7_000, startedAt: at(movedStart), endedAt: at(2 * HOUR + movedEnd) }
  return correctedMachine(of, correction)
}

/** Seconds after the start that the station told. */
const secondsOf = (time: Temporal.Instant | undefined): number =>
  ((time?.epochMilliseconds ?? 0) - START.epochMilliseconds) / 1_000
const flowOf = ({ transaction }: Session) => transaction?.flow.map((point) => secondsOf(point.at))

describe('a corrected session', () => {
  it('says the corrected figures from its own first register on, and that it is no estimate any more', () => {
    const made = correctedBy(0, 0)
    expect(made.meter).toEqual({
      first: { at: START, context: 'transaction-begin', registerWh: 1_000 },
      last: { at: at(2 * HOUR), context: 'transaction-end', registerWh: 8_000 },
    })
    expect(made.flags).toEqual(['corrected', 'gap'])
    expect([made.estimatedWh, made.corrected]).toEqual([undefined, undefined])
    const bare: Session = { ...session(), meter: {} }
    expect(correctedBy(0, 0, bare).meter.last?.registerWh).toBe(7_000)
    const series = [
      { at: START, registerWh: 40 },
      { at: at(2 * HOUR), registerWh: 7_040 },
    ]
    const drawn = correctedMachine(session(), { energyWh: 7_000, startedAt: START, endedAt: at(2 * HOUR), series })
    expect([drawn.meter.first?.registerWh, drawn.meter.last?.registerWh]).toEqual([40, 7_040])
    expect(registersOfSeries(series)).toMatchObject([
      { at: START, receivedAt: START, registerWh: 40 },
      { at: at(2 * HOUR), receivedAt: at(2 * HOUR), registerWh: 7_040 },
    ])
  })

  it.each<[string, number, number, readonly number[], number]>([
    ['nothing moves', 0, 0, [0, HOUR, HOUR + 600], 30],
    ['the clock was an hour slow: pauses move with it', HOUR, HOUR, [HOUR, 2 * HOUR, 2 * HOUR + 600], HOUR + 30],
    ['it was an hour fast', -HOUR, -HOUR, [-HOUR, 0, 600], 30 - HOUR],
    ['it was set soon after the begin: what was told since stays', 1_800, 0, [1_800, HOUR, HOUR + 600], 1_830],
    ['the begin alone is earlier', -HOUR, 0, [0, HOUR, HOUR + 600], 30],
    ['the end is cut: nothing lies behind it', 0, -HOUR - 300, [0, HOUR - 300, HOUR - 300], 30],
    ['a minute is no other clock: the begin is only cut', 60, 60, [60, HOUR, HOUR + 600], 60],
    ['a second more is', 61, 61, [61, HOUR + 61, HOUR + 661], 91],
    ['begin and end move alike, to the minute', HOUR, HOUR + 60, [HOUR, 2 * HOUR, 2 * HOUR + 600], HOUR + 30],
    ['and not, by a second more', HOUR, HOUR + 61, [HOUR, HOUR, HOUR + 600], HOUR + 30],
  ])('%s', (_, movedStart, movedEnd, flow, authorised) => {
    const made = correctedBy(movedStart, movedEnd)
    expect(flowOf(made)).toEqual(flow)
    expect(secondsOf(made.transaction?.authorisedAt)).toBe(authorised)
    expect([secondsOf(made.startedAt), secondsOf(made.endedAt)]).toEqual([movedStart, 2 * HOUR + movedEnd])
    expect(secondsOf(made.transaction?.ended?.at)).toBe(2 * HOUR + movedEnd)
    // All else stays as the station told it.
    const { transaction } = session()
    expect(made.transaction).toMatchObject({ number: 't', seen: [0, 5], ended: { seqNo: 5, reason: 'local' } })
    expect(made.transaction?.flow).toMatchObject(transaction?.flow.map(({ seqNo, state }) => ({ seqNo, state })) ?? [])
  })

  it('of which no end was told, or no transaction, keeps what it has', () => {
    const { endedAt: _, ...open } = session()
    expect(flowOf(correctedBy(HOUR, HOUR, open))).toEqual([HOUR, HOUR, HOUR + 600])
    const { authorisedAt: _a, ended: _e, ...bare } = session().transaction as Transaction
    const made = correctedBy(HOUR, HOUR, { ...session(), transaction: bare })
    expect(made.transaction).not.toHaveProperty('authorisedAt')
    expect(made.transaction).not.toHaveProperty('ended')
    const { transaction: __, ...wished } = session()
    expect(correctedBy(HOUR, HOUR, wished).transaction).toBeUndefined()
  })
})
