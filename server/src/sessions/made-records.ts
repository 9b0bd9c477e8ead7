import type { SessionRecordJson } from './rules/index.ts'
import type { RecordRow } from './store-records.ts'

/**
 * Records that this process has just made, for the worker that hands them on: it need not read back what was written a moment
 * ago. Only a hint; what is not here is read.
 */
export interface MadeRecords {
  keep(rows: readonly RecordRow[]): void
  /** Gives it once: who tries again reads what the database has. */
  take(name: RecordName): SessionRecordJson | undefined
}

type RecordName = Pick<RecordRow, 'tenantId' | 'sessionId' | 'revision'>

/** Where nobody takes them (a worker in another process) the oldest go. */
const MOST_KEPT = 2_000

export function openMadeRecords(): MadeRecords {
  const made = new Map<string, SessionRecordJson>()
  const keyOf = ({ tenantId, sessionId, revision }: RecordName): string => `${tenantId}/${sessionId}/${revision}`
  return {
    keep(rows) {
      for (const row of rows) made.set(keyOf(row), row.record)
      for (const key of made.keys()) {
        if (made.size <= MOST_KEPT) return
        made.delete(key)
      }
    },
    take(name) {
      const record = made.get(keyOf(name))
      made.delete(keyOf(name))
      return record
    },
  }
}
