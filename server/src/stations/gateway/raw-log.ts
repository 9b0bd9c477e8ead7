import type { FrameMeta } from '../../../../ocpp/index.ts'
import { type Database, DatabaseAway, failPoint, type Keys, type Log, randomHex } from '../../platform/index.ts'
import { type LogFrame, type LogMark, textFromFrames } from '../rules/log-frames.ts'
import { packed } from '../log-packing.ts'
import { type LogChunk, saveLogChunks } from './store.ts'

export interface RawLog {
  /** Never waits and never fails: charging does not depend on the log. */
  note(station: { readonly tenantId: string; readonly stationId: string }, frame: LogFrame): void
  /** Writes what was noted; resolves when it is written (or given up). */
  idle(): Promise<void>
}

/** A crash loses this much of the log, never of a session. */
const FLUSH_MS = 1_000
const MOST_FRAMES = 4_000
/** Beyond this frames are given up: a log that cannot be written must not eat the memory. */
const MOST_WAITING = 20_000
/** A frame is capped at 256 KB by the socket; the log keeps less of the longest. */
const MOST_CHARACTERS = 65_536

interface Noted {
  readonly tenantId: string
  readonly stationId: string
  readonly frames: LogFrame[]
}

/**
 * Writes raw frames after the answers on a connection of its own that does not wait for the disk. What one station said
 * within a second is one row: a row for each frame cost a third of all work.
 */
export function openRawLog(deps: { readonly database: Database; readonly keys: Keys; readonly log: Log }): RawLog {
  let noted = new Map<string, Noted>()
  let waiting = 0
  let lost = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  const write = async (): Promise<void> => {
    const stations = [...noted.values()]
    noted = new Map()
    if (stations.length === 0) return
    const count = stations.reduce((sum, { frames }) => sum + frames.length, 0)
    try {
      const tenantIds = [...new Set(stations.map(({ tenantId }) => tenantId))]
      const chunks: LogChunk[] = []
      for (const station of stations) {
        chunks.push(
          chunkOf(station, (await deps.keys.tenant(station.tenantId)).encrypt(packed(textFromFrames(station.frames)))),
        )
      }
      await deps.database.inTenantsUnsynced(tenantIds, async (tx) => {
        await saveLogChunks(tx, chunks)
        failPoint('raw-log.before-commit')
      })
    } catch (error) {
      lost += count
      if (!(error instanceof DatabaseAway)) deps.log.error('raw frames could not be logged', { error, lost })
    } finally {
      waiting -= count
    }
  }
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    running = running.then(write)
  }

  return {
    note({ tenantId, stationId }, frame) {
      if (waiting >= MOST_WAITING) {
        lost += 1
        return
      }
      waiting += 1
      let station = noted.get(stationId)
      if (station === undefined) noted.set(stationId, (station = { tenantId, stationId, frames: [] }))
      station.frames.push(frame)
      if (waiting % MOST_FRAMES === 0) flush()
      else timer ??= setTimeout(flush, FLUSH_MS).unref()
    },
    async idle() {
      flush()
      await running
    },
  }
}

function chunkOf({ tenantId, stationId, frames }: Noted, sealed: Buffer): LogChunk {
  const actions = new Set(frames.flatMap(({ action }) => (action === undefined ? [] : action)))
  const [first] = frames
  if (first === undefined) throw new Error('a chunk of the log without a frame')
  // As exact as its frames are kept, so that one finds the other.
  const at = Temporal.Instant.fromEpochMilliseconds(first.at.epochMilliseconds)
  return { tenantId, stationId, at, actions: [...actions], frames: sealed }
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
