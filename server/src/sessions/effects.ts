import { type Money, type MoneyJson, moneyFromJson } from '../../../units/index.ts'
import { takeSessionRecord } from '../billing/index.ts'
import { type EffectHandler, must } from '../platform/index.ts'
import { CLEAR_CACHE, clearCacheHandler } from '../subscribers/index.ts'
import type { SessionsDeps } from './deps.ts'
import { RECORD_MADE } from './make-records.ts'
import { findRecord } from './store-records.ts'

/** What was left to be done after saving. Each is carried out at least once, and takes effect once. */
export function sessionEffects(deps: SessionsDeps): Readonly<Record<string, EffectHandler>> {
  return {
    [RECORD_MADE]: handOn(deps),
    [CLEAR_CACHE]: clearCacheHandler((tx, wanted) => deps.sendToStation(tx, wanted)),
  }
}

/** Hands a session data record to the built-in billing system, which takes each session and revision once (END-SDR). */
function handOn({ clock }: SessionsDeps): EffectHandler {
  return async (tx, effect) => {
    const { sessionId, revision } = effect.payload as { readonly sessionId: string; readonly revision: number }
    const record = must(await findRecord(tx, sessionId, revision), 'session record of an effect')
    const { totals } = record
    await takeSessionRecord(
      tx,
      {
        sessionId,
        revision,
        energyWh: record.energyWh,
        record,
        ...(totals === undefined
          ? {}
          : {
              totals: {
                exclTax: moneyOf(totals.exclTax),
                tax: moneyOf(totals.tax),
                inclTax: moneyOf(totals.inclTax),
              },
            }),
      },
      clock.now(),
    )
  }
}

const moneyOf = (json: MoneyJson): Money => must(moneyFromJson(json), 'money of a session record')
