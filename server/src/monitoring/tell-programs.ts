import { publishEvents } from '../events/index.ts'
import { type DueEffect, type EffectHandler, leaveInOutbox, type Tx } from '../platform/index.ts'
import { alertView, type ViewDeps } from './alert-view.ts'
import { type AlertEvent, tellNext } from './rules/told.ts'
import { isWaiting, saveTold } from './store.ts'
import type { LoadedAlert } from './store-lists.ts'

/** An alert as it was when this came to be, for whoever listens. */
const ALERT_TOLD = 'alert.told'

interface Payload {
  readonly alertId: string
  readonly position: number
  readonly type: AlertEvent
  readonly data: unknown
}

/**
 * Leaves for programs outside what is new about alerts, in the transaction in which it came to be. Of a network where nobody
 * listens nothing is written.
 */
export async function leaveForPrograms(
  tx: Tx,
  rows: readonly LoadedAlert[],
  deps: ViewDeps,
  at: Temporal.Instant,
): Promise<void> {
  const news = rows.flatMap((row) => {
    const next = row.isListenedTo ? tellNext(row) : undefined
    return next === undefined ? [] : [{ row, ...next }]
  })
  if (news.length === 0) return
  const positions = await saveTold(
    tx,
    news.map(({ row, as }) => ({ tenantId: row.tenantId, id: row.id, as })),
  )
  const effects = news.map(({ row, type }) => {
    const position = positions.get(row.id) ?? 0
    const { closable: _, ...data } = alertView(row, deps, 'en')
    const payload: Payload = { alertId: row.id, position, type, data }
    return { type: ALERT_TOLD, version: 1, key: `${row.id}/${position}`, tenantId: row.tenantId, payload }
  })
  await leaveInOutbox(tx, effects, at)
}

/** For the worker: told once for each change, to each target in the order in which they came to be. */
export function tellingEffects(now: () => Temporal.Instant): Readonly<Record<string, EffectHandler>> {
  return {
    [ALERT_TOLD]: {
      async many(tx, effects) {
        await mustBeInOrder(tx, effects)
        const events = effects.map(({ key, payload }) => {
          const { alertId, position, type, data } = payload as Payload
          return { type, key, data, ordering: { of: alertId, position } } as const
        })
        await publishEvents(tx, events, now())
      },
    },
  }
}

/** What another worker still has in hand is told first: whoever is tried again finds it done. */
async function mustBeInOrder(tx: Tx, effects: readonly DueEffect[]): Promise<void> {
  const before = effects.flatMap(({ payload }) => {
    const { alertId, position } = payload as Payload
    return position > 1 ? [`${alertId}/${position - 1}`] : []
  })
  if (before.length > 0 && (await isWaiting(tx, { type: ALERT_TOLD, keys: before, together: effects })))
    throw new Error('an earlier change of this alert has not been told yet')
}
