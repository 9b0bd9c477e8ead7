import { type DueEffect, type EffectHandler, must, type Tx } from '../platform/index.ts'
import type { SessionsDeps } from './deps.ts'
import { handOn } from './hand-on.ts'
import { RECORD_MADE } from './make-records.ts'
import { earlierWaits, recordsNamed } from './store-records.ts'
import { USAGE_LINE, writeLines } from './usage/error-log.ts'
import type { DueRecord } from './usage/evidence.ts'
import { judgeRecords } from './usage/judge-records.ts'
import { RECORD_RELEASED } from './usage/revise-record.ts'

/** What was left to be done after saving. Each is carried out at least once, and takes effect once. */
export function sessionEffects(deps: SessionsDeps): Readonly<Record<string, EffectHandler>> {
  return {
    [RECORD_MADE]: {
      async many(tx, effects) {
        await mustBeInOrder(tx, effects)
        const at = deps.clock.now()
        await handOn(tx, await judgeRecords(tx, deps, await dueRecords(tx, deps, effects), at), at)
      },
    },
    [RECORD_RELEASED]: {
      async many(tx, effects) {
        await mustBeInOrder(tx, effects)
        await handOn(tx, await dueRecords(tx, deps, effects), deps.clock.now())
      },
    },
    [USAGE_LINE]: writeLines(deps.usageLog),
  }
}

/** A revision waits for those before it: the one that is tried again finds them done. */
async function mustBeInOrder(tx: Tx, effects: readonly DueEffect[]): Promise<void> {
  const later = effects.map(nameOf).filter(({ revision }) => revision > 1)
  if (later.length === 0) return
  for (const type of [RECORD_MADE, RECORD_RELEASED]) {
    if (await earlierWaits(tx, type, effects, later)) {
      throw new Error('an earlier revision has not been handed on yet')
    }
  }
}

async function dueRecords(
  tx: Tx,
  { madeRecords }: SessionsDeps,
  effects: readonly DueEffect[],
): Promise<readonly DueRecord[]> {
  const made = effects.map((effect) => {
    const name = nameOf(effect)
    return { ...name, record: madeRecords?.take({ tenantId: tx.tenantId, ...name }) }
  })
  const missing = made.filter(({ record }) => record === undefined)
  const rows = missing.length === 0 ? [] : await recordsNamed(tx, missing)
  const read = new Map(rows.map((row) => [`${row.sessionId}/${row.revision}`, row.record]))
  return made.map(({ sessionId, revision, record }) => {
    return { sessionId, revision, record: must(record ?? read.get(`${sessionId}/${revision}`), 'record of an effect') }
  })
}

function nameOf(effect: DueEffect) {
  return effect.payload as { readonly sessionId: string; readonly revision: number }
}
