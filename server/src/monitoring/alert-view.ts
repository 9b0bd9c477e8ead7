import type { Texts } from '../platform/index.ts'
import type { AlertRow } from './store.ts'

/** An alert as people and programs read it, its text in their language. */
export function alertView(row: AlertRow, texts: Texts, language: string) {
  const evidence = Object.fromEntries(Object.entries(row.evidence).filter(([, value]) => value !== null))
  return {
    id: row.id,
    kind: row.kind,
    severity: row.severity,
    text: texts.ofCode(language, 'alert', row.kind, evidence),
    since: row.since.toString(),
    lastAt: row.lastAt.toString(),
    count: row.count,
    ...(row.stationId === null ? {} : { stationId: row.stationId }),
    ...(row.stationNumber === null ? {} : { stationNumber: row.stationNumber }),
    ...(row.stationName === null ? {} : { stationName: row.stationName }),
    ...(row.sessionId === null ? {} : { sessionId: row.sessionId }),
    ...(row.sessionNumber === null ? {} : { sessionNumber: Number(row.sessionNumber) }),
    evidence,
    state: stateOf(row),
    ...(row.acknowledgedBy === null ? {} : { acknowledgedBy: row.acknowledgedBy }),
    ...(row.acknowledgedAt === null ? {} : { acknowledgedAt: row.acknowledgedAt.toString() }),
    ...(row.note === null ? {} : { note: row.note }),
    ...(row.clearedAt === null ? {} : { clearedAt: row.clearedAt.toString() }),
  }
}

function stateOf(row: AlertRow): 'open' | 'acknowledged' | 'cleared' {
  if (row.clearedAt !== null) return 'cleared'
  return row.acknowledgedAt === null ? 'open' : 'acknowledged'
}
