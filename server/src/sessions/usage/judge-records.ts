import { textFromInstant } from '../../../../units/index.ts'
import { must, newId, together, type Tx } from '../../platform/index.ts'
import type { SessionsDeps } from '../deps.ts'
import { held } from '../held.ts'
import { loadSessions } from '../load-session.ts'
import { type RecordFacts, recordInputs } from '../make-records.ts'
import {
  actionFor,
  type CheckAction,
  type ChosenActions,
  type CorrectionJson,
  isWhole,
  judgeUsage,
  type Judgement,
  mostPower,
  type Proposal,
  type SessionRecordJson,
  type UsageInput,
} from '../rules/index.ts'
import { readSessions } from '../store.ts'
import { type DueRecord, evidenceOf } from './evidence.ts'
import { correctedRecord, reviseRecord } from './revise-record.ts'
import {
  chosenActions,
  type FoundError,
  insertErrors,
  type ProposalJson,
  supersede,
  type Surroundings,
  surroundingsOf,
} from './store.ts'
import { type Found, tellErrors } from './tell-errors.ts'

/**
 * END-VALIDATE: judges records before they are handed on. Answers those that may go; what is doubtful waits, or is corrected
 * by a rule. Most are sound and are judged by what they say themselves; only for a suspicion more is loaded.
 */
export async function judgeRecords(
  tx: Tx,
  deps: SessionsDeps,
  due: readonly DueRecord[],
  at: Temporal.Instant,
): Promise<readonly DueRecord[]> {
  const passed: DueRecord[] = []
  for (const wave of wavesOf(due)) passed.push(...(await judgeWave(tx, deps, wave, at)))
  return passed
}

/** Revisions of one session, one after the other. */
function wavesOf(due: readonly DueRecord[]): readonly (readonly DueRecord[])[] {
  const waves: DueRecord[][] = []
  const sorted = due.toSorted((left, right) => left.revision - right.revision)
  for (const ofSession of Map.groupBy(sorted, ({ sessionId }) => sessionId).values()) {
    for (const [nth, one] of ofSession.entries()) (waves[nth] ??= []).push(one)
  }
  return waves
}

async function judgeWave(
  tx: Tx,
  deps: SessionsDeps,
  due: readonly DueRecord[],
  at: Temporal.Instant,
): Promise<readonly DueRecord[]> {
  const later = due.filter(({ revision }) => revision > 1)
  const [around, chosen, freed] = await together([
    surroundingsOf(tx, due),
    chosenActions(tx),
    later.length === 0 ? Promise.resolve([]) : supersede(tx, later, at),
  ])
  const bySession = new Map(around.map((one) => [one.sessionId, one]))
  const suspects = due.filter(
    (one) =>
      cameLate(one) || judgeUsage(inputOf(one, must(bySession.get(one.sessionId), 'session'))).findings.length > 0,
  )
  const found = suspects.length === 0 ? [] : await lookCloser(tx, deps, { suspects, bySession, chosen }, at)
  await insertErrors(
    tx,
    found.map(({ error }) => error),
  )
  await tellErrors(tx, deps, found, freed, at)
  const kept = new Set(found.filter(({ error }) => error.state !== 'noted').map(({ error }) => error.sessionId))
  return due.filter(({ sessionId }) => !kept.has(sessionId))
}

/** Told later than it ended: a queue, or a clock that is behind; only with our own times can it be known which. */
function cameLate({ record }: DueRecord): boolean {
  const ended = Temporal.Instant.from(record.endedAt).epochMilliseconds
  return Temporal.Instant.from(record.createdAt).epochMilliseconds - ended > 60_000
}

function inputOf({ record }: DueRecord, around: Surroundings): UsageInput {
  return {
    startedAt: Temporal.Instant.from(record.startedAt),
    endedAt: Temporal.Instant.from(record.endedAt),
    energyWh: record.energyWh,
    flags: record.flags,
    createdAt: Temporal.Instant.from(record.createdAt),
    readings: record.meterValues.map(({ at, context, registerWh, powerW }) => ({
      at: Temporal.Instant.from(at),
      context,
      registerWh: registerWh ?? null,
      powerW: powerW ?? null,
    })),
    maxPowerW: mostPower(around.connectors),
    neighbours: around.neighbours,
    wasCorrected: around.wasCorrected,
  }
}

/** With what our own clock says of each reading, and where the session before left the register. */
async function lookCloser(
  tx: Tx,
  deps: SessionsDeps,
  given: {
    readonly suspects: readonly DueRecord[]
    readonly bySession: ReadonlyMap<string, Surroundings>
    readonly chosen: ChosenActions
  },
  at: Temporal.Instant,
): Promise<readonly Found[]> {
  const { suspects, bySession, chosen } = given
  // Without a lock: many may be in doubt at once, and their EVSEs are charging again.
  const ids = suspects.map(({ sessionId }) => ({ tenantId: tx.tenantId, id: sessionId }))
  const sessions = await readSessions(tx, ids)
  const inputs = await recordInputs(
    tx,
    sessions.map((row) => held(row)),
  )
  const { previousWh: before, intervals } = await evidenceOf(tx, suspects, bySession)
  const judged = suspects.flatMap((due): readonly Judged[] => {
    const { sessionId } = due
    const around = must(bySession.get(sessionId), 'surroundings of a session')
    const facts = must(inputs.get(sessionId), 'facts of a session record')
    const previousWh = before.get(sessionId)
    const { transaction } = facts.machine
    const sums = transaction !== undefined && isWhole(transaction) ? { intervals: intervals.get(sessionId) ?? [] } : {}
    const input = { ...inputOf(due, around), readings: facts.readings, ...sums }
    const judgement = judgeUsage(previousWh === undefined ? input : { ...input, previousWh })
    if (judgement.findings.length === 0) return []
    return [{ due, judgement, facts, said: ruleSays(due.record, judgement), maxPowerW: input.maxPowerW }]
  })
  const corrected = await correctByRule(tx, deps, { judged, chosen }, at)
  return judged.map((one) => {
    const isCorrected = corrected.has(one.due.sessionId)
    const action = isCorrected ? 'correct' : actionFor(one.judgement.findings, chosen, false)
    return { error: errorOf(one, action, at), record: one.due.record }
  })
}

/** Corrects what a rule may correct. Answers those sessions. */
async function correctByRule(
  tx: Tx,
  deps: SessionsDeps,
  { judged, chosen }: { readonly judged: readonly Judged[]; readonly chosen: ChosenActions },
  at: Temporal.Instant,
): Promise<ReadonlySet<string>> {
  const wanted = judged.filter(
    ({ judgement: { findings, proposal } }) =>
      proposal !== undefined && actionFor(findings, chosen, true) === 'correct',
  )
  if (wanted.length === 0) return new Set()
  const { sessions, stations } = await loadSessions(
    tx,
    wanted.map(({ due }) => due.sessionId),
  )
  const bySession = new Map(sessions.map((session) => [session.row.id, session]))
  const corrected = new Set<string>()
  for (const { due, judgement, said, facts } of wanted) {
    const session = must(bySession.get(due.sessionId), 'session of a record')
    // What the station said meanwhile is judged by itself, and soon.
    if (judgement.proposal === undefined || session.row.machine.recorded?.revision !== due.revision) continue
    await reviseRecord(tx, deps, session, { correction: judgement.proposal, said, facts, stations }, at)
    corrected.add(due.sessionId)
  }
  return corrected
}

interface Judged {
  readonly due: DueRecord
  readonly judgement: Judgement
  readonly facts: RecordFacts
  readonly said: CorrectionJson
  readonly maxPowerW: number
}

function errorOf(judged: Judged, action: CheckAction, at: Temporal.Instant): FoundError {
  const { due, judgement, facts, said, maxPowerW } = judged
  const { sessionId, revision, record } = due
  const { findings, proposal } = judgement
  const corrected =
    proposal === undefined
      ? undefined
      : jsonOf(proposal, correctedRecord(facts, { correction: proposal, said }, { revision: revision + 1, at }))
  return {
    id: newId(),
    sessionId,
    revision,
    stationId: record.stationId,
    evseId: record.evseId,
    foundAt: at,
    state: ({ hold: 'held', accept: 'noted', correct: 'corrected' } as const)[action],
    findings,
    energyWh: record.energyWh,
    maxPowerW,
    proposal: corrected,
  }
}

function ruleSays(record: SessionRecordJson, { findings }: Judgement): CorrectionJson {
  const checks = [...new Set(findings.map(({ check }) => check))]
  const { revision: ofRevision, energyWh } = record
  return { ofRevision, energyWh, checks, by: { kind: 'rule' }, reason: checks.join(', ') }
}

function jsonOf({ energyWh, startedAt, endedAt, series }: Proposal, { totals }: SessionRecordJson): ProposalJson {
  return {
    energyWh,
    startedAt: textFromInstant(startedAt),
    endedAt: textFromInstant(endedAt),
    series: series.map(({ at, registerWh }) => ({ at: textFromInstant(at), registerWh })),
    ...(totals === undefined ? {} : { totals }),
  }
}
