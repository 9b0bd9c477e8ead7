import { isBefore } from '../../../../units/index.ts'
import { isClosed, type Meter, type Session, type Transaction } from './session.ts'

/** A stop that names no transaction (1.6: -1 or 0). */
export interface NamelessStop {
  readonly at: Temporal.Instant
  readonly registerWh: number | undefined
}

/** A session at the same station, and whose card the stop shows: the one that began it, another, or none. */
export interface StopCandidate {
  readonly machine: Session
  readonly card: 'own' | 'other' | 'none'
}

/** A station tells that its connector is free about when it tells of the stop. */
const SAME_MOMENT_SECONDS = 60

/**
 * Whose end a stop without a number is, where that is certain: a 1.6 station that gave up its start never heard the number
 * which we gave it (OCPP 1.6: our answer was lost), goes on all the same and says -1 or 0 at the end.
 *
 * Joined where exactly one session of the station fits: its start was kept and its end is missing; the station has never used
 * its number (it said -1 or 0 of what runs there, or has read no meter since the start); the stop lies after all that is known
 * of it, not after its connector was free; the register goes on from where it was, and by no more than the outlet gives; and
 * the card is the one that began it, or none is shown and the station itself said -1 or 0 of what runs there.
 *
 * People decide (it becomes an orphan, as the end of a start that never reached us) where none fits, or more than one; where
 * another card is shown, a family's too; and where an orphan is open at the station, since it may be that one's end.
 */
export function sessionOfNamelessStop<T extends StopCandidate>(
  candidates: readonly T[],
  stop: NamelessStop,
): T | undefined {
  const open = candidates.filter(({ machine }) => runs(machine))
  if (open.some(({ machine }) => machine.flags.includes('orphan'))) return undefined
  const [fitting, another] = open.filter((candidate) => fits(candidate, stop))
  return another === undefined ? fitting : undefined
}

function runs({ state, transaction }: Session): boolean {
  return !isClosed(state) && transaction !== undefined && transaction.ended === undefined
}

function fits({ machine, card }: StopCandidate, { at, registerWh }: NamelessStop): boolean {
  const { transaction, meter, limits } = machine
  const { first, last } = meter
  if (transaction?.started === undefined || transaction.isNumbered) return false
  if (first === undefined || last === undefined || registerWh === undefined) return false
  const saidNone = transaction.isNameless === true
  if (!saidNone && !first.at.equals(last.at)) return false
  if (card === 'other' || (card === 'none' && !saidNone)) return false
  const { freeSince } = transaction
  if (isBefore(at, transaction.started.at) || isBefore(at, last.at)) return false
  if (freeSince !== undefined && isBefore(freeSince.add({ seconds: SAME_MOMENT_SECONDS }), at)) return false
  const hours = (at.epochMilliseconds - last.at.epochMilliseconds) / 3_600_000
  const roseWh = registerWh - last.registerWh
  return roseWh >= 0 && roseWh <= limits.maxPowerW * 1.1 * (hours + 1 / 60)
}

/**
 * Whether the station knows the number of what runs, by what its readings name (undefined: nothing). One that has used the
 * number and then says -1 means another, whose start was lost.
 */
export function namedBy(
  transaction: Transaction,
  { first, last }: Meter,
  isNameless: boolean | undefined,
): Transaction {
  if (isNameless === undefined || transaction.isNumbered) return transaction
  const { isNameless: known = false, ...named } = transaction
  if (isNameless === known) return transaction
  if (!isNameless) return named
  const isUnused = first !== undefined && last !== undefined && first.at.equals(last.at)
  return isUnused ? { ...transaction, isNameless } : transaction
}
