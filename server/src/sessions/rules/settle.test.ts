import { describe, expect, it } from 'vitest'
import type { MeterReading } from '../../stations/model.ts'
import type { TransactionFact } from './facts.ts'
import { decide } from './machine.ts'
import { type Session, sessionOfTransaction } from './session.ts'
import { dueAt } from './settle.ts'
import { limits } from './testing-histories.ts'

const START = Temporal.Instant.from('2026-11-26T08:00:00Z')
const after = (seconds: number): Temporal.Instant => START.add({ milliseconds: Math.round(seconds * 1_000) })
const read = (seconds: number, registerWh: number, context: MeterReading['context'] = 'periodic'): MeterReading => ({
  at: after(seconds),
  context,
  registerWh,
})

interface Told extends Partial<Omit<TransactionFact, 'kind'>> {
  readonly kind: 'started' | 'updated' | 'ended'
  readonly seconds: number
}

/** What a session is after these reports. */
function settled(...reports: readonly Told[]): Session {
  return reports.reduce(
    (session, { kind, seconds, ...more }) => {
      const told = { number: 't', readings: [], wasQueued: false, wasCorrected: false, receivedAt: after(seconds) }
      return decide(session, { ...told, kind: `transaction-${kind}`, ...more }, after(seconds)).session
    },
    sessionOfTransaction({ evse: 1, limits }, START),
  )
}

describe('a cable without a card (2.x)', () => {
  const cable: Told = { kind: 'started', seconds: 0, seqNo: 0, chargingState: 'ev-connected' }
  const refused: Told = { kind: 'updated', seconds: 20, seqNo: 1, token: 'refused' }

  it('waits for one, and nobody did wrong', () => {
    expect(settled(cable)).toMatchObject({ state: 'waiting-for-token', flags: [] })
  })

  it('is without leave once one is refused, until a good one is shown', () => {
    expect(settled(cable, refused)).toMatchObject({ state: 'waiting-for-token', flags: ['not-authorised'] })
    expect(settled(cable, refused, { kind: 'updated', seconds: 40, seqNo: 2, token: 'may-charge' }).flags).toEqual([])
  })

  it('that is pulled out again is nobody’s', () => {
    expect(settled(cable, { kind: 'ended', seconds: 60, seqNo: 1 })).toMatchObject({ state: 'abandoned', flags: [] })
  })
})

describe('a charge that ended', () => {
  const begin: Told = {
    kind: 'started',
    seconds: 0,
    token: 'may-charge',
    readings: [read(0, 1_000, 'transaction-begin')],
  }
  const end = (seconds: number): Told => ({ kind: 'ended', seconds })

  it.each([
    [5, 'ended'],
    [5.001, 'waiting-for-meter'],
  ])('whose last register is %s s old is %s', (old, state) => {
    const last: Told = { kind: 'updated', seconds: 600 - old, readings: [read(600 - old, 1_500)] }
    expect(settled(begin, last, end(600)).state).toBe(state)
  })

  it.each([0, 1])(
    'is doubted above what its outlet gives in that time and a minute, and a tenth: %s Wh more',
    (more) => {
      const most = Math.floor(limits.maxPowerW * 1.1 * (1 + 1 / 60))
      const last = read(3_600, 1_000 + most + more, 'transaction-end')
      const flags = settled(begin, { ...end(3_600), readings: [last] }).flags
      expect(flags).toEqual(more === 0 ? [] : ['implausible-energy'])
    },
  )

  it.each([
    [60, []],
    [61, ['begin-reading-missing']],
  ])('whose first register came after %s s', (seconds, flags) => {
    const { readings: _, ...silent } = begin
    const first: Told = { kind: 'updated', seconds, readings: [read(seconds, 1_000)] }
    const last: Told = { ...end(600), readings: [read(600, 1_500, 'transaction-end')] }
    expect(settled(silent, first, last).flags).toEqual(flags)
  })

  it('before it began is told of', () => {
    const early = { readings: [read(0, 1_000, 'transaction-end')] }
    expect(settled(begin, { ...end(-1), ...early }).flags).toContain('stop-before-start')
    expect(settled(begin, { ...end(0), ...early }).flags).not.toContain('stop-before-start')
  })
})

it('a session is looked at when the first of its deadlines comes', () => {
  const session = sessionOfTransaction({ evse: 1, limits }, START)
  expect(dueAt(session)).toBeUndefined()
  const deadlines = { duration: after(30), stop: after(10), meter: after(20) }
  expect(dueAt({ ...session, deadlines })).toEqual(after(10))
})
