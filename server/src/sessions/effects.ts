import { type Money, type MoneyJson, moneyFromJson } from '../../../units/index.ts'
import { takeSessionRecords } from '../billing/index.ts'
import { publishEvents } from '../events/index.ts'
import { type DueEffect, type EffectHandler, must } from '../platform/index.ts'
import type { SessionsDeps } from './deps.ts'
import { RECORD_MADE } from './make-records.ts'
import type { SessionRecordJson } from './rules/index.ts'
import { earlierWaits, recordsNamed } from './store-records.ts'

/** What was left to be done after saving. Each is carried out at least once, and takes effect once. */
export function sessionEffects(deps: SessionsDeps): Readonly<Record<string, EffectHandler>> {
  return {
    [RECORD_MADE]: handOn(deps),
  }
}

/**
 * Hands session data records to the built-in billing system, which takes each session and revision once, and leaves them for every
 * webhook that listens (END-SDR). A revision waits for those before it.
 */
function handOn({ clock }: SessionsDeps): EffectHandler {
  return {
    async many(tx, effects) {
      const later = effects.filter((effect) => nameOf(effect).revision > 1)
      if (later.length > 0 && (await earlierWaits(tx, RECORD_MADE, effects, later.map(nameOf))))
        throw new Error('an earlier revision has not been handed on yet')
      const rows = await recordsNamed(tx, effects.map(nameOf))
      const found = new Map(rows.map((row) => [`${row.sessionId}/${row.revision}`, row.record]))
      const taken = effects.map((effect) => {
        const { sessionId, revision } = nameOf(effect)
        const record = must(found.get(`${sessionId}/${revision}`), 'session record of an effect')
        return { sessionId, revision, energyWh: record.energyWh, record, totals: totalsOf(record) }
      })
      const at = clock.now()
      await takeSessionRecords(tx, taken, at)
      await publishEvents(tx, taken.map(eventOf), at)
    },
  }
}

/** Told once for each session and revision, to each target in the order of its revisions. */
function eventOf({ sessionId, revision, record }: { sessionId: string; revision: number; record: SessionRecordJson }) {
  const key = `${sessionId}/${revision}`
  const ordering = { of: sessionId, position: revision }
  return { type: 'session-record.created', key, data: record, ordering } as const
}

function nameOf(effect: DueEffect) {
  return effect.payload as { readonly sessionId: string; readonly revision: number }
}

function totalsOf({ totals }: SessionRecordJson) {
  if (totals === undefined) return undefined
  return { exclTax: moneyOf(totals.exclTax), tax: moneyOf(totals.tax), inclTax: moneyOf(totals.inclTax) }
}

const moneyOf = (json: MoneyJson): Money => must(moneyFromJson(json), 'money of a session record')
