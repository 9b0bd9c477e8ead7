import { type Money, type MoneyJson, moneyFromJson } from '../../../units/index.ts'
import { takeSessionRecords } from '../billing/index.ts'
import { publishEvents } from '../events/index.ts'
import { must, type Tx } from '../platform/index.ts'
import type { SessionRecordJson } from './rules/index.ts'
import type { DueRecord } from './usage/evidence.ts'

/**
 * The one place where session data records leave for whoever bills: sound ones as they are made, others once somebody, or a
 * rule, decided (END-VALIDATE). The built-in billing system takes each session and revision once, and each is left for every
 * webhook that listens (END-SDR).
 */
export async function handOn(tx: Tx, records: readonly DueRecord[], at: Temporal.Instant): Promise<void> {
  const taken = records.map(({ sessionId, revision, record }) => ({
    sessionId,
    revision,
    energyWh: record.energyWh,
    record,
    totals: totalsOf(record),
  }))
  await takeSessionRecords(tx, taken, at)
  await publishEvents(tx, records.map(eventOf), at)
}

/** Told once for each session and revision, to each target in the order of its revisions. */
function eventOf({ sessionId, revision, record }: DueRecord) {
  const key = `${sessionId}/${revision}`
  const ordering = { of: sessionId, position: revision }
  return { type: 'session-record.created', key, data: record, ordering } as const
}

function totalsOf({ totals }: SessionRecordJson) {
  if (totals === undefined) return undefined
  return { exclTax: moneyOf(totals.exclTax), tax: moneyOf(totals.tax), inclTax: moneyOf(totals.inclTax) }
}

const moneyOf = (json: MoneyJson): Money => must(moneyFromJson(json), 'money of a session record')
