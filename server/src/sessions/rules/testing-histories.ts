import fc from 'fast-check'
import type { ChargingState } from '../../stations/model.ts'
import type { TransactionFact } from './facts.ts'
import { decide } from './machine.ts'
import { type Limits, type Session, sessionOfTransaction } from './session.ts'
import { energyOfSession } from './settle.ts'
import { flowChanges } from './transaction.ts'

/** Made-up transactions for the properties of the machine, and what must be equal whatever happened on the way. */

export const limits: Limits = {
  answerSeconds: 60,
  cableSeconds: 150,
  noEnergySeconds: 1_800,
  durationSeconds: 86_400,
  maxPowerW: 1_000_000,
}

const BEGIN = Temporal.Instant.from('2026-11-26T08:00:00Z')
/** All of it is told days later: an offline queue. */
export const RECEIVED = BEGIN.add({ hours: 48 })

export interface Told {
  readonly at: Temporal.Instant
  readonly fact: TransactionFact
}

const flows: readonly ChargingState[] = ['idle', 'ev-connected', 'charging', 'suspended-ev', 'suspended-evse']

/** A whole 2.x transaction in order: any length, pauses, missing members, with its readings at begin and end. */
export const numberedHistory: fc.Arbitrary<readonly Told[]> = fc
  .record({
    steps: fc.array(
      fc.record({
        seconds: fc.integer({ min: 1, max: 900 }),
        wh: fc.integer({ min: 0, max: 4_000 }),
        flow: fc.option(fc.constantFrom(...flows), { nil: undefined }),
        hasReading: fc.boolean(),
        hasStopped: fc.option(fc.constant(true as const), { nil: undefined, freq: 4 }),
        token: fc.option(fc.constantFrom('may-charge' as const, 'refused' as const), { nil: undefined, freq: 3 }),
      }),
      { minLength: 0, maxLength: 8 },
    ),
    firstSeq: fc.constantFrom(0, 0, 7),
    register: fc.integer({ min: 0, max: 10_000_000 }),
    hasEndReading: fc.boolean(),
  })
  .map(({ steps, firstSeq, register, hasEndReading }) => {
    let at = BEGIN
    let registerWh = register
    const told: Told[] = [told2x('transaction-started', at, firstSeq, { registerWh, context: 'transaction-begin' })]
    steps.forEach((step, index) => {
      at = at.add({ seconds: step.seconds })
      registerWh += step.wh
      const reading = step.hasReading ? { registerWh, context: 'periodic' as const } : undefined
      const more = {
        ...(step.flow === undefined ? {} : { chargingState: step.flow }),
        ...(step.token === undefined ? {} : { token: step.token }),
        ...(step.hasStopped === undefined ? {} : { hasStopped: step.hasStopped }),
      }
      told.push(told2x('transaction-updated', at, firstSeq + 1 + index, reading, more))
    })
    const end = hasEndReading ? { registerWh, context: 'transaction-end' as const } : undefined
    told.push(told2x('transaction-ended', at.add({ seconds: 60 }), firstSeq + 1 + steps.length, end))
    return told
  })

function told2x(
  kind: TransactionFact['kind'],
  at: Temporal.Instant,
  seqNo: number,
  reading?: { readonly registerWh: number; readonly context: 'transaction-begin' | 'transaction-end' | 'periodic' },
  more: Partial<TransactionFact> = {},
): Told {
  const readings = reading === undefined ? [] : [{ at, ...reading }]
  const fact: TransactionFact = {
    kind,
    number: 't1',
    seqNo,
    readings,
    wasQueued: true,
    wasCorrected: false,
    receivedAt: RECEIVED,
    ...more,
  }
  return { at, fact }
}

export interface Outcome {
  readonly session: Session
  /** One for each record that was made, in order. */
  readonly revisions: readonly number[]
}

export function tell(told: readonly Told[], session = sessionOfTransaction({ evse: 1, limits }, BEGIN)): Outcome {
  const revisions: number[] = []
  let now = session
  for (const { fact, at } of told) {
    const decision = decide(now, fact, at)
    now = decision.session
    if (decision.effects.some((effect) => effect.kind === 'record')) revisions.push(now.recorded?.revision ?? 0)
  }
  return { session: now, revisions }
}

/** What the driver, the bill and the staff see. */
export function essence({ state, flags, startedAt, endedAt, transaction, recorded, ...session }: Session): unknown {
  return {
    state,
    flags,
    startedAt: startedAt.toString(),
    endedAt: endedAt?.toString(),
    energyWh: energyOfSession({ state, flags, startedAt, ...session }),
    authorisedAt: transaction?.authorisedAt?.toString(),
    flow: flowChanges(transaction?.flow ?? []).map((point) => [point.at.toString(), point.state]),
    content: recorded?.content,
  }
}

/** The same reports, each one to five times, in any order. */
export function shuffled(history: readonly Told[]): fc.Arbitrary<readonly Told[]> {
  return fc
    .tuple(...history.map(() => fc.integer({ min: 1, max: 5 })))
    .map((counts) => history.flatMap((told, index) => Array.from({ length: counts[index] ?? 1 }, () => told)))
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }))
}
