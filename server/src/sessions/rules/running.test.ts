import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChargingState, MeterReading } from '../../stations/model.ts'
import type { Fact } from './facts.ts'
import { decide } from './machine.ts'
import { energyOfRunning, movedOn, runningFrom, textFromRunning } from './running.ts'
import { sessionFromText, textFromMachine, textFromProgress } from './session-json.ts'
import { energyOfSession } from './settle.ts'
import { type Session, sessionOfTransaction } from './session.ts'
import { limits } from './testing-histories.ts'

const BEGIN = Temporal.Instant.from('2026-11-26T08:00:00Z')

const after = (seconds: number): Temporal.Instant =>
  Temporal.Instant.fromEpochMilliseconds(BEGIN.epochMilliseconds + seconds * 1_000 + 250)

interface Told {
  readonly kind: 'updated' | 'readings' | 'stop-asked' | 'suspended' | 'free' | 'ended' | 'stopped' | 'estimated'
  readonly seqNo: number
  readonly seconds: number
  readonly readings: readonly MeterReading[]
  readonly chargingState?: ChargingState
  readonly token?: 'may-charge' | 'refused'
  /** 1.6: it says -1; undefined: it names nothing. */
  readonly isNameless?: boolean
}

const contexts = [
  ...Array.from({ length: 12 }, () => 'periodic' as const),
  'clock',
  'transaction-begin',
  'transaction-end',
] as const

/** Anything a station may tell of a running transaction, most of it in order. */
const told = fc
  .array(
    fc.record({
      kind: fc.constantFrom(
        ...Array.from({ length: 12 }, () => 'updated'),
        'readings',
        'stop-asked',
        'suspended',
        'free',
        'ended',
        'stopped',
        'estimated',
      ),
      step: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 2),
      seconds: fc.constantFrom(10, 10, 10, 10, 10, 10, 0, -20),
      wh: fc.constantFrom(5, 5, 5, 5, 5, 0, -3),
      context: fc.constantFrom(...contexts),
      has: fc.constantFrom('both', 'both', 'register', 'power', 'nothing'),
      flow: fc.constantFrom(
        ...Array.from({ length: 9 }, () => 'charging' as const),
        undefined,
        'suspended-ev' as const,
      ),
      isNameless: fc.constantFrom(false, false, false, false, undefined, undefined, true),
      token: fc.option(fc.constantFrom('may-charge' as const, 'refused' as const), { nil: undefined, freq: 9 }),
    }),
    { minLength: 8, maxLength: 25, size: 'max' },
  )
  .map((steps) => {
    let [seqNo, seconds, registerWh] = [0, 0, 1_000]
    return steps.map((step): Told => {
      if (step.kind === 'updated' || step.kind === 'ended' || step.kind === 'stopped') seqNo += step.step
      seconds += step.seconds
      registerWh += step.wh
      const at = after(seconds)
      const reading = {
        at,
        context: step.context,
        ...(step.has === 'both' || step.has === 'register' ? { registerWh } : {}),
        ...(step.has === 'both' || step.has === 'power' ? { powerW: registerWh % 97 } : {}),
      }
      const { kind, flow, token, isNameless } = step
      return {
        kind: kind as Told['kind'],
        seqNo,
        seconds,
        readings: step.has === 'nothing' ? [] : [reading],
        ...(flow === undefined ? {} : { chargingState: flow }),
        ...(token === undefined ? {} : { token }),
        ...(isNameless === undefined ? {} : { isNameless }),
      }
    })
  })

function factOf(one: Told, at: Temporal.Instant, isNumbered: boolean): Fact {
  const { kind, seqNo, readings, chargingState, token, isNameless } = one
  if (kind === 'stop-asked') return { kind }
  // A next transaction on its EVSE: its end is lost, and its energy an estimate.
  if (kind === 'estimated') return { kind: 'displaced', registerWh: 5_000 }
  if (kind === 'suspended') return { kind: 'evse-status', status: 'occupied', phase: 'suspended-ev' }
  if (kind === 'free') return { kind: 'evse-status', status: 'available' }
  if (kind !== 'ended' && (!isNumbered || kind === 'readings')) {
    const named = isNumbered || isNameless === undefined ? {} : { isNameless }
    return { kind: 'readings', readings, wasCorrected: false, ...named }
  }
  return {
    kind: kind === 'ended' ? 'transaction-ended' : 'transaction-updated',
    number: 't1',
    ...(isNumbered ? { seqNo } : {}),
    ...(kind === 'stopped' ? { hasStopped: true } : {}),
    readings,
    wasQueued: false,
    wasCorrected: false,
    receivedAt: at,
    ...(chargingState === undefined ? {} : { chargingState }),
    ...(token === undefined ? {} : { token }),
  }
}

/** How it began: most often as it should. */
const begins = fc.constantFrom(
  ...Array.from({ length: 8 }, () => 'well' as const),
  'refused',
  'without-token',
  'without-register',
  'not-flowing',
  'unseen',
  'orphan',
)
type Begin = 'well' | 'refused' | 'without-token' | 'without-register' | 'not-flowing' | 'unseen' | 'orphan'

function begun(isNumbered: boolean, begin: Begin): Session {
  const token = begin === 'refused' ? 'refused' : 'may-charge'
  const flows = begin === 'not-flowing' ? 'ev-connected' : 'charging'
  const started: Fact = {
    kind: begin === 'unseen' ? 'transaction-updated' : 'transaction-started',
    number: 't1',
    readings: begin === 'without-register' ? [] : [{ at: BEGIN, context: 'transaction-begin', registerWh: 1_000 }],
    wasQueued: false,
    wasCorrected: false,
    receivedAt: BEGIN,
    ...(begin === 'without-token' ? {} : { token }),
    ...(isNumbered ? { seqNo: 0, chargingState: flows } : {}),
  }
  return decide(sessionOfTransaction({ evse: 1, limits, isOrphan: begin === 'orphan' }, BEGIN), started, BEGIN).session
}

/** How often the short way was taken. Throws where it differs from what the machine makes of the same report. */
function follow(history: readonly Told[], isNumbered: boolean, begin: Begin = 'well'): number {
  let session = begun(isNumbered, begin)
  let short = 0
  for (const one of history) {
    const at = after(one.seconds)
    const fact = factOf(one, at, isNumbered)
    const decision = decide(session, fact, at)
    const running = runningFrom(session)
    const isReport = fact.kind === 'transaction-updated' || fact.kind === 'readings'
    const isNamed = one.isNameless !== true
    const isPlain = fact.kind === 'transaction-updated' && fact.token === undefined && fact.hasStopped !== true
    const isOwnKind = isNumbered ? isPlain : isReport && isNamed
    const { kind: _, seconds: __, token: ___, isNameless: ____, ...report } = one
    const onward = isNumbered ? report : { readings: one.readings }
    const moved =
      running === undefined || !isOwnKind
        ? undefined
        : movedOn(running, { ...onward, reportedAtMs: at.epochMilliseconds })
    if (moved !== undefined) {
      short += 1
      expect(decision.effects).toEqual([])
      expect(decision.changes).toEqual([])
      // What is kept of the session stays as it was; with the new progress it reads as the machine left it.
      const read = sessionFromText('s', textFromMachine(session), textFromRunning(moved))
      expect(JSON.parse(textFromMachine(read))).toEqual(JSON.parse(textFromMachine(decision.session)))
      expect(textFromRunning(moved)).toBe(textFromProgress(decision.session))
      expect(energyOfRunning(moved)).toBe(energyOfSession(decision.session))
      expect(moved.powerAtMs === undefined ? undefined : moved.powerW).toBe(decision.session.meter.power?.powerW)
    }
    session = decision.session
  }
  return short
}

describe('the short way of a meter value', () => {
  it.each([true, false])(
    'makes exactly what the machine would make, or nothing (numbered reports: %s)',
    (isNumbered) => {
      let short = 0
      fc.assert(
        fc.property(told, begins, (history, begin) => {
          short += follow(history, isNumbered, begin)
        }),
        { numRuns: 2_000 },
      )
      expect(short).toBeGreaterThan(100)
    },
  )

  it('is taken by every value of a quiet session', () => {
    const quiet = Array.from({ length: 50 }, (_, n): Told => {
      const at = after(10 * (n + 1))
      return {
        kind: 'updated',
        seqNo: n + 1,
        seconds: 10 * (n + 1),
        readings: [{ at, context: 'periodic', registerWh: 1_005 + 5 * n, powerW: 7_400 }],
        chargingState: 'charging',
      }
    })
    expect(follow(quiet, true)).toBe(50)
    expect(follow(quiet, false)).toBe(50)
  })
})
