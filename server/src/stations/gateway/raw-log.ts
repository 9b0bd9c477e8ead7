import type { FrameMeta } from '../../../../ocpp/index.ts'
import {
  type Database,
  DatabaseAway,
  type DataKey,
  failPoint,
  type Keys,
  type Log,
  monotonicMs,
  randomHex,
} from '../../platform/index.ts'
import { type LogFrame, type LogMark, textFromFrame } from '../rules/log-frames.ts'
import { packed } from '../log-packing.ts'
import { type LogRows, openLogRows, type Places } from './log-rows.ts'
import { type LogChunk, saveLogChunks } from './store.ts'

export interface RawLog {
  /** Never waits and never fails: charging does not depend on the log. */
  note(station: { readonly tenantId: string; readonly stationId: string }, frame: LogFrame): void
  /** Writes what was noted; resolves when it is written (or given up). */
  idle(): Promise<void>
}

/** A crash loses this much of the log, never of a session. */
const FLUSH_MS = 1_000
/** So much is written before its second is over. A station's row costs much the same, however much stands in it. */
const MUCH_BYTES = 4_194_304
/** Beyond this frames are given up: a log that cannot be written must not eat the memory. */
const MOST_WAITING_BYTES = 50_331_648
/** Packing goes on for so long at a time: stations wait for their answers meanwhile. */
const PACKING_MS = 1
/** A frame is capped at 256 KB by the socket; the log keeps less of the longest. */
const MOST_CHARACTERS = 65_536

interface Noted {
  readonly tenantId: string
  readonly stationId: string
  /** Of its first frame. */
  readonly at: Temporal.Instant
  readonly actions: string[]
  readonly places: Places
}

interface Batch {
  readonly stations: Map<string, Noted>
  readonly rows: LogRows
  frames: number
  bytes: number
}

function openBatch(): Batch {
  return { stations: new Map(), rows: openLogRows(), frames: 0, bytes: 0 }
}

/**
 * Writes raw frames after the answers on a connection of its own that does not wait for the disk. What one station said
 * within a second is one row: a row for each frame cost a third of all work.
 */
export function openRawLog(deps: { readonly database: Database; readonly keys: Keys; readonly log: Log }): RawLog {
  let current = openBatch()
  /** Bytes of all that is not written yet. */
  let waiting = 0
  let lost = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  const write = async (batch: Batch): Promise<void> => {
    try {
      const tenantIds = [...new Set([...batch.stations.values()].map(({ tenantId }) => tenantId))]
      const chunks = await chunksOf(batch, deps.keys)
      await deps.database.inTenantsUnsynced(tenantIds, async (tx) => {
        await saveLogChunks(tx, chunks)
        failPoint('raw-log.before-commit')
      })
    } catch (error) {
      lost += batch.frames
      if (!(error instanceof DatabaseAway)) deps.log.error('raw frames could not be logged', { error, lost })
    } finally {
      waiting -= batch.bytes
    }
  }
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const batch = current
    if (batch.frames === 0) return
    current = openBatch()
    running = running.then(() => write(batch))
  }

  return {
    note({ tenantId, stationId }, frame) {
      if (waiting >= MOST_WAITING_BYTES) {
        lost += 1
        return
      }
      let station = current.stations.get(stationId)
      if (station === undefined) {
        station = { tenantId, stationId, at: frame.at, actions: [], places: [] }
        current.stations.set(stationId, station)
      }
      const bytes = current.rows.add(textFromFrame(frame), station.places)
      if (frame.action !== undefined && !station.actions.includes(frame.action)) station.actions.push(frame.action)
      current.frames += 1
      current.bytes += bytes
      waiting += bytes
      if (current.bytes >= MUCH_BYTES) flush()
      else timer ??= setTimeout(flush, FLUSH_MS).unref()
    },
    async idle() {
      flush()
      await running
    },
  }
}

async function chunksOf({ stations, rows }: Batch, keys: Keys): Promise<readonly LogChunk[]> {
  const chunks: LogChunk[] = []
  let since = monotonicMs()
  for (const station of stations.values()) {
    if (monotonicMs() - since > PACKING_MS) {
      await new Promise(setImmediate)
      since = monotonicMs()
    }
    chunks.push(chunkOf(station, rows, await keys.tenant(station.tenantId)))
  }
  return chunks
}

function chunkOf({ tenantId, stationId, at: first, actions, places }: Noted, texts: LogRows, key: DataKey): LogChunk {
  // As exact as its frames are kept, so that one finds the other.
  const at = Temporal.Instant.fromEpochMilliseconds(first.epochMilliseconds)
  return { tenantId, stationId, at, actions, frames: key.encrypt(packed(texts.list(places))) }
}

const noMarks: readonly LogMark[] = []

const kinds = { 2: 'call', 3: 'result', 4: 'error', 5: 'error', 6: 'send' } as const
const PROCESS = randomHex(5)
let counter = 0

/** A frame as the log keeps it and as those who watch see it, under the same id. */
export function logFrame(text: string, meta: FrameMeta, at: Temporal.Instant): LogFrame {
  counter += 1
  const frame: { -readonly [K in keyof LogFrame]: LogFrame[K] } = {
    id: `${PROCESS}-${counter}`,
    at,
    direction: meta.direction === 'in' ? 'from-station' : 'to-station',
    kind: meta.type === undefined ? 'unreadable' : kinds[meta.type],
    text: text.length > MOST_CHARACTERS ? text.slice(0, MOST_CHARACTERS) : text,
    marks: meta.marks === undefined && meta.fault === undefined ? noMarks : marksOf(meta),
  }
  if (meta.id !== undefined) frame.messageId = meta.id.length > 200 ? meta.id.slice(0, 200) : meta.id
  if (meta.action !== undefined) frame.action = cleanAction(meta.action)
  return frame
}

function marksOf({ marks = [], fault }: FrameMeta): readonly LogMark[] {
  const said: LogMark[] = marks.map(({ what, pointer }) => ({ code: what, pointer }))
  return fault === undefined ? said : [...said, { code: fault.kind, note: fault.description }]
}

/** A word without blanks or NUL, as the column's list wants it. */
function cleanAction(action: string): string {
  return /^[A-Za-z0-9-]{1,100}$/.test(action) ? action : action.replace(/[^A-Za-z0-9-]+/g, '_').slice(0, 100)
}
