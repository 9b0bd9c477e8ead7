import { type Effect, type EffectHandler, leaveInOutbox, type Tx } from '../platform/index.ts'
import type { CommandBy, StationCommand } from '../stations/index.ts'
import { connectedStations } from './store.ts'

/** One station's cache is to be cleared because of one token. */
export const CLEAR_CACHE = 'token-cache.clear'
/** All are told within a minute, spread so that stations do not ask for every card at once. */
const SPREAD_SECONDS = 45

export type SendToStation = (
  tx: Tx,
  wanted: { readonly stationId: string; readonly command: StationCommand; readonly by: CommandBy },
) => Promise<string | undefined>

/** Leaves a clearing for each connected station: what a cache says must not outlive what we say. */
export async function clearCachesFor(tx: Tx, tokenId: string, at: Temporal.Instant): Promise<void> {
  const stations = await connectedStations(tx)
  const effects = stations.map(
    (stationId, index): Effect => ({
      type: CLEAR_CACHE,
      version: 1,
      key: `${tokenId}/${stationId}/${at.epochMilliseconds}`,
      payload: { tokenId, stationId },
      dueAt: at.add({ milliseconds: Math.floor((index * SPREAD_SECONDS * 1_000) / stations.length) }),
    }),
  )
  await leaveInOutbox(tx, effects, at)
}

export function clearCacheHandler(sendToStation: SendToStation): EffectHandler {
  return async (tx, effect) => {
    const { stationId } = effect.payload as { readonly stationId: string }
    await sendToStation(tx, { stationId, command: { kind: 'clear-cache' }, by: { kind: 'system' } })
  }
}
