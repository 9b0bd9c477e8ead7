import type { DataKey, Tx } from '../platform/index.ts'
import { unpacked } from './log-packing.ts'
import { countPairs, framesFromText, type LogFrame, type LogPair, pairedFrames } from './rules/log-frames.ts'
import { type LogChunkRow, loadChunks, loadChunksAfter, loadChunksInOrder } from './store-log.ts'

export interface LogPage {
  readonly pairs: readonly LogPair[]
  /** There are older ones. */
  readonly hasMore: boolean
}

/** Rows of a station that says little; of one whose rows are long fewer are opened at a time. */
const MOST_CHUNKS = 60
const FIRST_CHUNKS = 8
const CHUNKS_AFTER = 5
/** In characters: so much is opened at a time, and no more than so much stands in one page. */
const MUCH = 2_097_152
const MOST_OF_PAGE = 4 * MUCH

/** Requests with their answers, newest first, older than a frame that was seen already. A page is shorter where they are very long. */
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
  const isWanted = (frame: LogFrame): boolean => action === undefined || frame.action === action
  const later =
    before === undefined ? [] : await loadChunksAfter(tx, { stationId, after: before.at, limit: CHUNKS_AFTER })
  let frames: readonly LogFrame[] = open(key, later).frames.filter(isWanted)
  let upTo: { readonly at: Temporal.Instant; readonly id?: string } | undefined = before && { at: before.at }
  for (let amount = FIRST_CHUNKS; ; ) {
    const chunks = await loadChunks(tx, { stationId, upTo, action, limit: amount })
    const opened = open(key, chunks.toReversed())
    frames = [...opened.frames.filter(isWanted), ...frames]
    const pairs = olderThan(pairedFrames(frames), before)
    const oldest = chunks.at(-1)
    if (pairs.length > limit) return { pairs: pairs.slice(0, limit), hasMore: true }
    if (oldest === undefined || chunks.length < amount) return { pairs, hasMore: false }
    // The oldest may be an answer whose request stands in the row before.
    if (pairs.length > 1 && charactersOf(frames) > MOST_OF_PAGE) return { pairs: pairs.slice(0, -1), hasMore: true }
    upTo = { at: oldest.at, id: oldest.id }
    amount = nextAmount(amount, opened.characters)
  }
}

/** The frames of rows, and how long the rows are. */
function open(
  key: DataKey,
  chunks: readonly LogChunkRow[],
): { readonly frames: readonly LogFrame[]; readonly characters: number } {
  const texts = chunks.map(({ frames }) => unpacked(key.decrypt(frames)))
  return {
    frames: texts.flatMap((text) => framesFromText(text)),
    characters: texts.reduce((sum, { length }) => sum + length, 0),
  }
}

function charactersOf(frames: readonly LogFrame[]): number {
  return frames.reduce((sum, { text }) => sum + text.length, 0)
}

function nextAmount(amount: number, characters: number): number {
  return characters > MUCH ? Math.ceil(amount / 2) : Math.min(amount * 2, MOST_CHUNKS)
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
  const begun = new Set<string>()
  let count = 0
  let after: { readonly at: Temporal.Instant; readonly id: string } | undefined
  for (let amount = FIRST_CHUNKS; ; ) {
    const chunks = await loadChunksInOrder(tx, { stationId, after, until, action, limit: amount })
    const { frames, characters } = open(key, chunks)
    count += countPairs(frames, begun, isWanted)
    after = chunks.at(-1)
    if (after === undefined || chunks.length < amount) return count
    amount = nextAmount(amount, characters)
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
