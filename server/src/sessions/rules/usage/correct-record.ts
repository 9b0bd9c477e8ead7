import { earlierOf, laterOf, type WattHours } from '../../../../../units/index.ts'
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
  const movedMs = movedBy(session, startedAt, endedAt)
  const within = (at: Temporal.Instant): Temporal.Instant =>
    earlierOf(laterOf(at.add({ milliseconds: movedMs }), startedAt), endedAt)
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

/** Two clocks this close are one. */
const SAME_CLOCK_MS = 60_000

/** Where begin and end move alike it was the clock that was wrong: then pauses move with them, and keep their lengths. */
function movedBy(session: Session, startedAt: Temporal.Instant, endedAt: Temporal.Instant): number {
  if (session.endedAt === undefined) return 0
  const byStart = startedAt.epochMilliseconds - session.startedAt.epochMilliseconds
  const byEnd = endedAt.epochMilliseconds - session.endedAt.epochMilliseconds
  return Math.abs(byStart) > SAME_CLOCK_MS && Math.abs(byStart - byEnd) <= SAME_CLOCK_MS ? byStart : 0
}

/** The registers a corrected record is priced by. */
export function registersOfSeries(series: readonly SeriesPoint[]): readonly KeptRegister[] {
  return series.map(({ at, registerWh }) => ({ at, receivedAt: at, registerWh }))
}
