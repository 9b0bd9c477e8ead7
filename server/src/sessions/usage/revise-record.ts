import { leaveInOutbox, must, type Tx } from '../../platform/index.ts'
import type { SessionsDeps } from '../deps.ts'
import type { HeldSession } from '../held.ts'
import type { RecordFacts } from '../make-records.ts'
import {
  type Correction,
  correctedMachine,
  type CorrectionJson,
  makeRecord,
  registersOfSeries,
  type SessionRecordJson,
  withFlag,
} from '../rules/index.ts'
import { saveSessions } from '../save-sessions.ts'
import { insertRecords } from '../store-records.ts'
import type { StationFacts } from '../store-validity.ts'

/** The effect that hands a record on which had waited, or took the place of one that did. */
export const RECORD_RELEASED = 'session-record.released'

export interface Revision {
  readonly correction: Correction
  readonly said: CorrectionJson
}

/** A record as a correction would have it. */
export function correctedRecord(
  facts: RecordFacts,
  { correction, said }: Revision,
  made: { readonly revision: number; readonly at: Temporal.Instant },
): SessionRecordJson {
  const { series } = correction
  return makeRecord({
    ...facts,
    machine: correctedMachine(facts.machine, correction),
    revision: made.revision,
    reason: 'correction',
    createdAt: made.at,
    correction: { said, ...(series === undefined ? {} : { registers: registersOfSeries(series) }) },
  }).json
}

/** Makes the next revision of a session's record as decided, and leaves it for handing on. The session must be locked. */
export async function reviseRecord(
  tx: Tx,
  deps: SessionsDeps,
  session: HeldSession,
  given: Revision & { readonly facts: RecordFacts; readonly stations: ReadonlyMap<string, StationFacts> },
  at: Temporal.Instant,
): Promise<number> {
  const { row } = session
  const { tenantId, id: sessionId, machine } = row
  const recorded = must(machine.recorded, 'record of a session that is corrected')
  const revision = recorded.revision + 1
  const record = correctedRecord(given.facts, given, { revision, at })
  session.row = {
    ...row,
    machine: {
      ...withFlag(machine, 'corrected'),
      corrected: { energyWh: record.energyWh },
      recorded: { ...recorded, revision },
    },
  }
  session.isTouched = true
  session.changes.push({ kind: 'flag', value: 'corrected', at, cause: 'decision' })
  await saveSessions(tx, deps, { sessions: [session], stations: given.stations }, at)
  await insertRecords(tx, [{ tenantId, sessionId, revision, createdAt: at, reason: 'correction', record }])
  await release(tx, { sessionId, revision }, at)
  return revision
}

export async function release(
  tx: Tx,
  record: { readonly sessionId: string; readonly revision: number },
  at: Temporal.Instant,
): Promise<void> {
  const { sessionId, revision } = record
  const key = `${sessionId}/${revision}`
  await leaveInOutbox(tx, [{ type: RECORD_RELEASED, version: 1, key, payload: { sessionId, revision } }], at)
}
