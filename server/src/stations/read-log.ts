import type { DataKey, Tx } from '../platform/index.ts'
import { unpacked } from './log-packing.ts'
import { countPairs, framesFromText, type LogFrame, type LogPair, pairedFrames } from './rules/log-frames.ts'
import { type LogChunkRow, loadChunks, loadChunksAfter, loadChunksInOrder } from './store-log.ts'

export interface LogPage {
  readonly pairs: readonly LogPair[]
  /** There are older ones. */
  readonly hasMore: boolean
}

const CHUNKS_AT_ONCE = 60
const MOST_ROUNDS = 20
const CHUNKS_AFTER = 5

/** Requests with their answers, newest first, older than a frame that was seen already. */
export async function readLog(
  tx: Tx,
  key: DataKey,
  wanted: {
    readonly stationId: string
    readonly before: { readonly at: Temporal.Instant; readonly id: string } | undefined
    readonly action: string | undefined
    readonly limit: number
  },
): Promise<LogPage> {
  const { stationId, before, action, limit } = wanted
  const opened = (chunks: readonly LogChunkRow[]): LogFrame[] =>
    chunks.flatMap(({ frames }) => framesFromText(unpacked(key.decrypt(frames))))
  const later =
    before === undefined ? [] : opened(await loadChunksAfter(tx, { stationId, after: before.at, limit: CHUNKS_AFTER }))
  let frames: readonly LogFrame[] = later
  let upTo: { readonly at: Temporal.Instant; readonly id?: string } | undefined = before && { at: before.at }
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const chunks = await loadChunks(tx, { stationId, upTo, action, limit: CHUNKS_AT_ONCE })
    frames = [...opened(chunks.toReversed()), ...frames]
    const pairs = olderThan(pairedFrames(frames), before).filter(
      ({ request }) => action === undefined || request.action === action,
    )
    const oldest = chunks.at(-1)
    const isEnd = oldest === undefined || chunks.length < CHUNKS_AT_ONCE
    if (pairs.length > limit || isEnd) return { pairs: pairs.slice(0, limit), hasMore: pairs.length > limit }
    upTo = { at: oldest.at, id: oldest.id }
  }
  return { pairs: [], hasMore: false }
}

/** How many requests the log holds. It is read for that as a whole: what it holds is sealed. */
export async function countLog(
  tx: Tx,
  key: DataKey,
  wanted: {
    readonly stationId: string
    readonly until: Temporal.Instant | undefined
    readonly action: string | undefined
  },
): Promise<number> {
  const { stationId, until, action } = wanted
  const isWanted = (request: LogFrame): boolean =>
    (action === undefined || request.action === action) &&
    (until === undefined || Temporal.Instant.compare(request.at, until) <= 0)
  const open = new Set<string>()
  let count = 0
  let after: { readonly at: Temporal.Instant; readonly id: string } | undefined
  for (;;) {
    const chunks = await loadChunksInOrder(tx, { stationId, after, until, action, limit: CHUNKS_AT_ONCE })
    for (const { frames } of chunks) count += countPairs(framesFromText(unpacked(key.decrypt(frames))), open, isWanted)
    after = chunks.at(-1)
    if (after === undefined || chunks.length < CHUNKS_AT_ONCE) return count
  }
}

function olderThan(
  pairs: readonly LogPair[],
  before: { readonly at: Temporal.Instant; readonly id: string } | undefined,
): readonly LogPair[] {
  if (before === undefined) return pairs
  const place = pairs.findIndex(({ request }) => request.id === before.id)
  if (place >= 0) return pairs.slice(place + 1)
  return pairs.filter(({ request }) => {
    const order = Temporal.Instant.compare(request.at, before.at)
    return order < 0 || (order === 0 && request.id < before.id)
  })
}
