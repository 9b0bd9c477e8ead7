import { earlierOf, isBefore, laterOf, type WattHours } from '../../../../../units/index.ts'
import { SAME_CLOCK_MS } from '../instant-of-report.ts'
import type { KeptRegister } from '../price-session.ts'
import { type Session, withFlag, withoutFlags } from '../session.ts'
import type { SeriesPoint } from './usage-input.ts'

/** What a record is to say instead, by whom it was decided and why. */
export interface Correction {
  readonly energyWh: WattHours
  readonly startedAt: Temporal.Instant
  readonly endedAt: Temporal.Instant
  readonly series?: readonly SeriesPoint[]
}

/** A session as a correction has it, for making its record and price. What was measured stays where it is kept. */
export function correctedMachine(session: Session, { energyWh, startedAt, endedAt, series }: Correction): Session {
  const { estimatedWh: _, corrected: __, ...rest } = withoutFlags(withFlag(session, 'corrected'), 'estimated')
  const firstWh = series?.[0]?.registerWh ?? session.meter.first?.registerWh ?? 0
  const move = movedBy(session, startedAt, endedAt)
  const within = (at: Temporal.Instant): Temporal.Instant =>
    earlierOf(
      laterOf(at.add({ milliseconds: move.isAll || isBefore(at, startedAt) ? move.ms : 0 }), startedAt),
      endedAt,
    )
  const { transaction } = session
  return {
    ...rest,
    startedAt,
    endedAt,
    meter: {
      first: { at: startedAt, context: 'transaction-begin', registerWh: firstWh },
      last: { at: endedAt, context: 'transaction-end', registerWh: firstWh + energyWh },
    },
    ...(transaction === undefined
      ? {}
      : {
          transaction: {
            ...transaction,
            flow: transaction.flow.map((point) => ({ ...point, at: within(point.at) })),
            ...(transaction.authorisedAt === undefined ? {} : { authorisedAt: within(transaction.authorisedAt) }),
            ...(transaction.ended === undefined ? {} : { ended: { ...transaction.ended, at: endedAt } }),
          },
        }),
  }
}

/**
 * Where the begin moves it was the clock that was wrong: then pauses move with it, and keep their lengths. Where the end does not move as
 * far, ours was taken from some moment on; what lies before the true begin was still told by the station's.
 */
function movedBy(session: Session, startedAt: Temporal.Instant, endedAt: Temporal.Instant) {
  if (session.endedAt === undefined) return { ms: 0, isAll: false }
  const byStart = startedAt.epochMilliseconds - session.startedAt.epochMilliseconds
  const byEnd = endedAt.epochMilliseconds - session.endedAt.epochMilliseconds
  const isMoved = Math.abs(byStart) > SAME_CLOCK_MS
  return { ms: isMoved ? byStart : 0, isAll: isMoved && Math.abs(byStart - byEnd) <= SAME_CLOCK_MS }
}

/** The registers a corrected record is priced by. */
export function registersOfSeries(series: readonly SeriesPoint[]): readonly KeptRegister[] {
  return series.map(({ at, registerWh }) => ({ at, context: 'other', receivedAt: at, registerWh }))
}
