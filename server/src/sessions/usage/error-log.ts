import fs from 'node:fs/promises'
import path from 'node:path'
import { textFromInstant } from '../../../../units/index.ts'
import type { DueEffect, Effect, EffectHandler } from '../../platform/index.ts'
import type { SessionRecordJson } from '../rules/index.ts'
import type { Decided, FoundError } from './store.ts'

/** The log file of END-VALIDATE: JSON lines, ids and figures only, nothing of a person. */
export interface UsageLog {
  append(lines: readonly string[]): Promise<void>
}

export const USAGE_LINE = 'usage-error.line'

const FILE = 'usage-errors.log'
const MOST_BYTES = 10 * 1_024 * 1_024
/** `usage-errors.log.1` is the newest of these. */
const MOST_FILES = 5

/** Appends to `usage-errors.log` in a folder; a file that is full makes room for a new one. */
export function openUsageLog(folder: string, mostBytes = MOST_BYTES): UsageLog {
  const file = path.join(folder, FILE)
  let turn: Promise<void> = Promise.resolve()
  const append = async (lines: readonly string[]): Promise<void> => {
    const size = await fs.stat(file).then(
      (found) => found.size,
      () => 0,
    )
    if (size >= mostBytes) await rotate(file)
    await fs.appendFile(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 })
  }
  return {
    append(lines) {
      const done = turn.then(() => append(lines))
      turn = done.catch(() => undefined)
      return done
    },
  }
}

async function rotate(file: string): Promise<void> {
  for (let number = MOST_FILES - 1; number >= 1; number -= 1) {
    await fs.rename(`${file}.${number}`, `${file}.${number + 1}`).catch(notThere)
  }
  await fs.rename(file, `${file}.1`).catch(notThere)
}

function notThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

/** A line is written by the outbox: at least once, however often the server dies. The same `id` and `event` is the same line. */
export function logEffect(errorId: string, event: 'found' | 'decided', line: object): Effect {
  return { type: USAGE_LINE, version: 1, key: `${errorId}/${event}`, payload: { event, errorId, ...line } }
}

export function foundLine(error: FoundError, { sessionNumber, stationNumber }: SessionRecordJson) {
  const { sessionId, revision, stationId, evseId, foundAt, state, findings, energyWh, maxPowerW, proposal } = error
  return {
    at: textFromInstant(foundAt),
    state,
    sessionId,
    sessionNumber,
    revision,
    stationId,
    stationNumber,
    evseId,
    energyWh,
    maxPowerW,
    ...(proposal === undefined ? {} : { proposedWh: proposal.energyWh }),
    findings: findings.map(({ check, values }) => ({ check, ...values })),
  }
}

/** Of who decided the id only: names stay in the audit. */
export function decidedLine(
  error: { readonly sessionId: string; readonly revision: number },
  { state, decision, by, madeRevision, at }: Decided,
) {
  const { sessionId, revision } = error
  return {
    at: textFromInstant(at),
    state,
    sessionId,
    revision,
    decision,
    by: { kind: by.kind, id: by.id },
    ...(madeRevision === undefined ? {} : { madeRevision }),
  }
}

export function writeLines(log: UsageLog): EffectHandler {
  return {
    async many(tx, effects: readonly DueEffect[]) {
      await log.append(effects.map(({ payload }) => JSON.stringify({ tenantId: tx.tenantId, ...(payload as object) })))
    },
  }
}
