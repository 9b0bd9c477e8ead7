import { type Money, type MoneyJson, moneyFromJson } from '../../../units/index.ts'
import { takeSessionRecords } from '../billing/index.ts'
import { type DueEffect, type EffectHandler, must } from '../platform/index.ts'
import type { SessionsDeps } from './deps.ts'
import { RECORD_MADE } from './make-records.ts'
import type { SessionRecordJson } from './rules/index.ts'
import { recordsNamed } from './store-records.ts'

/** What was left to be done after saving. Each is carried out at least once, and takes effect once. */
export function sessionEffects(deps: SessionsDeps): Readonly<Record<string, EffectHandler>> {
  return {
    [RECORD_MADE]: handOn(deps),
  }
}

/** Hands session data records to the built-in billing system, which takes each session and revision once (END-SDR). */
function handOn({ clock }: SessionsDeps): EffectHandler {
  return {
    async many(tx, effects) {
      const rows = await recordsNamed(tx, effects.map(nameOf))
      const found = new Map(rows.map((row) => [`${row.sessionId}/${row.revision}`, row.record]))
      const taken = effects.map((effect) => {
        const { sessionId, revision } = nameOf(effect)
        const record = must(found.get(`${sessionId}/${revision}`), 'session record of an effect')
        return { sessionId, revision, energyWh: record.energyWh, record, totals: totalsOf(record) }
      })
      await takeSessionRecords(tx, taken, clock.now())
    },
  }
}

function nameOf(effect: DueEffect) {
  return effect.payload as { readonly sessionId: string; readonly revision: number }
}

function totalsOf({ totals }: SessionRecordJson) {
  if (totals === undefined) return undefined
  return { exclTax: moneyOf(totals.exclTax), tax: moneyOf(totals.tax), inclTax: moneyOf(totals.inclTax) }
}

const moneyOf = (json: MoneyJson): Money => must(moneyFromJson(json), 'money of a session record')
