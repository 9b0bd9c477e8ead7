import { type Effect, type EffectHandler, leaveInOutbox, type Tx } from '../platform/index.ts'
import type { CommandBy, CommandFailure, SettledCommand, StationCommand } from '../stations/index.ts'
import * as store from './store-reach.ts'

/** One station's cache is to be cleared because of one token. */
export const CLEAR_CACHE = 'token-cache.clear'
/** All that are connected are told within a minute, spread so that they do not ask for every card at once. */
const SPREAD_SECONDS = 45
/** Clearings that are sent again after one that got no answer or an error. */
const MOST_RETRIES = 2

export type SendToStation = (
  tx: Tx,
  wanted: { readonly stationId: string; readonly command: StationCommand; readonly by: CommandBy },
) => Promise<string | undefined>

/**
 * Leaves a clearing for each station that may have heard of the token: what a cache says must not outlive what we say.
 * One that is away is told when it comes back.
 */
export async function clearCachesFor(tx: Tx, tokenId: string, at: Temporal.Instant): Promise<void> {
  const stations = await store.stationsToTell(tx)
  if (stations.length === 0) return
  await store.insertNews(tx, { tokenId, stationIds: stations.map(({ id }) => id), at })
  const connected = stations.filter(({ isConnected }) => isConnected).length
  let index = 0
  const effects = stations.map(({ id: stationId, isConnected }): Effect => {
    const later = isConnected ? Math.floor((index++ * SPREAD_SECONDS * 1_000) / connected) : 0
    return {
      type: CLEAR_CACHE,
      version: 1,
      key: `${tokenId}/${stationId}/${at.epochMilliseconds}`,
      payload: { tokenId, stationId },
      dueAt: at.add({ milliseconds: later }),
    }
  })
  await leaveInOutbox(tx, effects, at)
}

/** One clearing that has not gone out yet serves every card that was blocked meanwhile. */
export function clearCacheHandler(sendToStation: SendToStation): EffectHandler {
  return async (tx, effect) => {
    const { tokenId, stationId } = effect.payload as { readonly tokenId: string; readonly stationId: string }
    const commandId = (await store.waitingClearing(tx, stationId)) ?? (await clearing(tx, sendToStation, stationId))
    if (commandId !== undefined) await store.noteClearing(tx, { tokenId, stationId, commandId })
  }
}

function clearing(tx: Tx, sendToStation: SendToStation, stationId: string): Promise<string | undefined> {
  return sendToStation(tx, { stationId, command: { kind: 'clear-cache' }, by: { kind: 'system' } })
}

const mayHelpAgain: ReadonlySet<CommandFailure | undefined> = new Set(['no-answer', 'station-error', 'invalid-answer'])
/** It has no cache, as far as anybody can tell. */
const isNoCache: ReadonlySet<CommandFailure | undefined> = new Set(['rejected', 'not-supported'])

/** A clearing of ours that failed is sent again, a few times, and then once a day until the station takes it. */
export async function clearingSettled(tx: Tx, sendToStation: SendToStation, ended: SettledCommand): Promise<void> {
  const { id: before, stationId, command, failure } = ended
  if (command.kind !== 'clear-cache' || failure === undefined || isNoCache.has(failure)) return
  if (failure === 'asked-too-often') return askLater(tx, ended, { hours: 1 })
  if (mayHelpAgain.has(failure) && (await store.hasNewsToRetry(tx, before, MOST_RETRIES))) {
    const commandId = await clearing(tx, sendToStation, stationId)
    if (commandId !== undefined) await store.moveNews(tx, { before, commandId, mostTries: MOST_RETRIES })
  }
  await askLater(tx, ended, { hours: 24 })
}

/** What it was to tell, and nothing else tells by now. */
async function askLater(
  tx: Tx,
  { id, stationId, at }: SettledCommand,
  wait: { readonly hours: number },
): Promise<void> {
  const effects = (await store.tokensOfClearing(tx, id)).map(
    (tokenId): Effect => ({
      type: CLEAR_CACHE,
      version: 1,
      key: `${tokenId}/${stationId}/${at.epochMilliseconds}`,
      payload: { tokenId, stationId },
      dueAt: at.add(wait),
    }),
  )
  await leaveInOutbox(tx, effects, at)
}
