import { textFromInstant } from '../../../../units/index.ts'
import { recordChange } from '../../audit/index.ts'
import { leaveInOutbox, must, ok, refuse, type Result, type StaffOrKey, type Tx } from '../../platform/index.ts'
import type { SessionsDeps } from '../deps.ts'
import { type LoadedSessions, loadSessions } from '../load-session.ts'
import { held } from '../held.ts'
import { type RecordFacts, recordInputs } from '../make-records.ts'
import { believedWh, type Correction, type CorrectionJson, type SessionRecordJson } from '../rules/index.ts'
import { readSessions } from '../store.ts'
import { decidedLine, logEffect } from './error-log.ts'
import { clearHeld } from './tell-errors.ts'
import { correctedRecord, release, reviseRecord } from './revise-record.ts'
import { type Decided, type Decision, type ProposalJson, settleError } from './store.ts'
import { listErrors, lockError, type ShownError } from './store-lists.ts'

/** Own figures; what is left out stays as the record has it. */
export interface OwnFigures {
  readonly energyWh?: number | undefined
  readonly startedAt?: Temporal.Instant | undefined
  readonly endedAt?: Temporal.Instant | undefined
}

export interface WantedDecision extends OwnFigures {
  readonly decision: Decision
  readonly reason: string
}

type Fault =
  | 'no-such-usage-error'
  | 'already-decided'
  | 'newer-record'
  | 'no-proposal'
  | 'end-before-start'
  | 'end-in-future'
  | 'above-plausible'

/** Settles what waits. Of two who decide at once the first wins, and the second is told what was decided. */
export async function decideError(
  tx: Tx,
  deps: SessionsDeps,
  error: ShownError,
  wanted: WantedDecision & { readonly caller: StaffOrKey; readonly at: Temporal.Instant },
): Promise<Result<undefined, Fault>> {
  const { caller, at, decision, reason } = wanted
  // The session first, as reports lock it; then the error, where the second of two waits.
  const loaded = await loadSessions(tx, [error.sessionId])
  const session = must(loaded.sessions[0], 'session of a usage error')
  const state = await lockError(tx, error.id)
  if (state === undefined) return refuse('no-such-usage-error')
  if (state !== 'held') return alreadyDecided(tx, error.id)
  if (session.row.machine.recorded?.revision !== error.revision) return refuse('newer-record')
  const correction = correctionOf(error, wanted)
  if (!correction.ok) return correction
  const by = { kind: caller.kind, id: caller.actorId, name: caller.actorName }
  const madeRevision = await carryOut(tx, deps, { error, loaded, correction: correction.value, reason, by }, at)
  const decided: Decided = {
    state: decision === 'accept' ? 'accepted' : 'corrected',
    decision,
    by,
    reason,
    madeRevision,
    at,
  }
  await settleError(tx, error.id, decided)
  await recordChange(tx, {
    caller,
    at,
    action: 'usage-error.decided',
    objectKind: 'session',
    objectId: error.sessionId,
    before: { revision: error.revision, energyWh: Number(error.energyWh) },
    after: {
      decision,
      reason,
      ...afterOf(correction.value),
      ...(madeRevision === undefined ? {} : { revision: madeRevision }),
    },
  })
  await leaveInOutbox(tx, [logEffect(error.id, 'decided', decidedLine(error, decided))], at)
  await clearHeld(tx, deps, [error.stationId], at)
  return ok(undefined)
}

function afterOf(correction: Correction | undefined) {
  if (correction === undefined) return {}
  const { energyWh, startedAt, endedAt } = correction
  return { energyWh, startedAt: textFromInstant(startedAt), endedAt: textFromInstant(endedAt) }
}

async function alreadyDecided(tx: Tx, id: string): Promise<Result<never, Fault>> {
  const [now] = await listErrors(tx, { sites: 'all', id }, { limit: 1 })
  const values = {
    name: now?.decidedByName ?? now?.decidedByKind ?? '',
    time: now?.decidedAt === null || now?.decidedAt === undefined ? '' : textFromInstant(now.decidedAt),
    decision: now?.decision ?? now?.state ?? '',
  }
  return refuse('already-decided', { values })
}

/** What the record is to say instead; undefined: it may go as it is. */
function correctionOf(
  error: ShownError,
  wanted: WantedDecision & { readonly at: Temporal.Instant },
): Result<Correction | undefined, Fault> {
  if (wanted.decision === 'accept') return ok(undefined)
  if (wanted.decision === 'correct') {
    return error.proposal === null ? refuse('no-proposal') : ok(correctionFrom(error.proposal))
  }
  return ownCorrection(error, wanted, wanted.at)
}

function correctionFrom({ energyWh, startedAt, endedAt, series }: ProposalJson): Correction {
  return {
    energyWh,
    startedAt: Temporal.Instant.from(startedAt),
    endedAt: Temporal.Instant.from(endedAt),
    series: series.map(({ at, registerWh }) => ({ at: Temporal.Instant.from(at), registerWh })),
  }
}

/** Our clock and that of whoever decides. */
const CLOCKS_DIFFER = Temporal.Duration.from({ minutes: 1 })

/** Own figures may be anything that the connector could have delivered in that time, which is over. */
export function ownCorrection(
  { record, maxPowerW }: Pick<ShownError, 'record' | 'maxPowerW'>,
  own: OwnFigures,
  now: Temporal.Instant,
): Result<Correction, 'end-before-start' | 'end-in-future' | 'above-plausible'> {
  const startedAt = own.startedAt ?? Temporal.Instant.from(record.startedAt)
  const endedAt = own.endedAt ?? Temporal.Instant.from(record.endedAt)
  const energyWh = own.energyWh ?? record.energyWh
  if (Temporal.Instant.compare(endedAt, startedAt) < 0) {
    return refuse('end-before-start', { fields: [{ pointer: '/endedAt', code: 'end-before-start' }] })
  }
  if (Temporal.Instant.compare(endedAt, now.add(CLOCKS_DIFFER)) > 0) {
    return refuse('end-in-future', { fields: [{ pointer: '/endedAt', code: 'end-in-future' }] })
  }
  const mostWh = believedWh(maxPowerW, endedAt.epochMilliseconds - startedAt.epochMilliseconds)
  if (energyWh > mostWh) {
    const values = { mostWh }
    return refuse('above-plausible', { values, fields: [{ pointer: '/energyWh', code: 'above-plausible', values }] })
  }
  const series = [
    { at: startedAt, registerWh: 0 },
    { at: endedAt, registerWh: energyWh },
  ]
  return ok({ energyWh, startedAt, endedAt, series })
}

interface ToCarryOut {
  readonly error: ShownError
  readonly loaded: LoadedSessions
  readonly correction: Correction | undefined
  readonly reason: string
  readonly by: Decided['by']
}

/** Answers the revision that takes the record's place, if one does. */
async function carryOut(
  tx: Tx,
  deps: SessionsDeps,
  { error, loaded, correction, reason, by }: ToCarryOut,
  at: Temporal.Instant,
): Promise<number | undefined> {
  if (correction === undefined) {
    await release(tx, error, at)
    return undefined
  }
  const session = must(loaded.sessions[0], 'session of a usage error')
  const facts = must((await recordInputs(tx, loaded.sessions)).get(error.sessionId), 'facts of a session record')
  const said = saidOf(error, reason, by)
  return reviseRecord(tx, deps, session, { correction, said, facts, stations: loaded.stations }, at)
}

function saidOf(error: ShownError, reason: string, by: CorrectionJson['by']): CorrectionJson {
  const checks = [...new Set(error.findings.map(({ check }) => check))]
  return { ofRevision: error.revision, energyWh: Number(error.energyWh), checks, by, reason }
}

/** What a record would say with these figures; nothing is kept. */
export async function previewOf(
  tx: Tx,
  error: ShownError,
  correction: Correction,
  at: Temporal.Instant,
): Promise<SessionRecordJson> {
  const rows = await readSessions(tx, [{ tenantId: tx.tenantId, id: error.sessionId }])
  const sessions = rows.map((row) => held(row))
  const facts: RecordFacts = must((await recordInputs(tx, sessions)).get(error.sessionId), 'facts of a session record')
  const said = saidOf(error, '', { kind: 'rule' })
  return correctedRecord(facts, { correction, said }, { revision: error.revision + 1, at })
}
