import type { FrameMeta } from '../../../../ocpp/index.ts'
import { type Database, DatabaseAway, type Keys, type Log } from '../../platform/index.ts'
import { type LoggedFrame, saveFrames } from './store.ts'

export interface RawFrame {
  readonly tenantId: string
  readonly stationId: string
  readonly at: Temporal.Instant
  readonly text: string
  readonly meta: FrameMeta
}

export interface RawLog {
  /** Never waits and never fails: charging does not depend on the log. */
  note(frame: RawFrame): void
  /** Resolves when all that was noted is written (or given up). */
  idle(): Promise<void>
}

/** Beyond this the oldest frames are given up: a log that cannot be written must not eat the memory. */
const MOST_WAITING = 20_000
const MOST_AT_ONCE = 500
/** A frame is capped at 256 KB by the socket; the log keeps less of the longest. */
const MOST_CHARACTERS = 65_536

const kinds = { 2: 'call', 3: 'result', 4: 'error', 5: 'result-error', 6: 'send' } as const

/** Writes raw frames after the answers, in batches, on a connection of its own that does not wait for the disk. */
export function openRawLog(deps: { readonly database: Database; readonly keys: Keys; readonly log: Log }): RawLog {
  let waiting: RawFrame[] = []
  let running: Promise<void> | undefined
  let lost = 0

  const write = async (frames: readonly RawFrame[]): Promise<void> => {
    const tenantIds = [...new Set(frames.map(({ tenantId }) => tenantId))]
    const sealed: LoggedFrame[] = []
    for (const frame of frames) {
      const key = await deps.keys.tenant(frame.tenantId)
      sealed.push(loggedFrom(frame, key.encrypt(frame.text.slice(0, MOST_CHARACTERS))))
    }
    await deps.database.inTenantsUnsynced(tenantIds, (tx) => saveFrames(tx, sealed))
  }

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const frames = waiting.slice(0, MOST_AT_ONCE)
      waiting = waiting.slice(MOST_AT_ONCE)
      try {
        await write(frames)
      } catch (error) {
        lost += frames.length
        if (!(error instanceof DatabaseAway)) deps.log.error('raw frames could not be logged', { error, lost })
      }
    }
    running = undefined
  }

  return {
    note(frame) {
      if (waiting.length >= MOST_WAITING) {
        lost += 1
        waiting.shift()
      }
      waiting.push(frame)
      // After the answers of this turn.
      running ??= new Promise((resolve) => setImmediate(resolve)).then(run)
    },
    async idle() {
      while (running !== undefined) await running
    },
  }
}

function loggedFrom({ tenantId, stationId, at, meta }: RawFrame, frame: Buffer): LoggedFrame {
  const marks = [
    ...(meta.marks ?? []).map(({ what, pointer }) => ({ code: what, pointer })),
    ...(meta.fault === undefined ? [] : [{ code: meta.fault.kind, note: meta.fault.description }]),
  ]
  return {
    tenantId,
    stationId,
    at,
    direction: meta.direction === 'in' ? 'from-station' : 'to-station',
    kind: meta.type === undefined ? 'unreadable' : kinds[meta.type],
    messageId: clean(meta.id),
    action: clean(meta.action),
    frame,
    marks: marks.length === 0 ? undefined : marks,
  }
}

/** PostgreSQL's text takes no NUL; the sealed frame keeps it. */
function clean(text: string | undefined): string | undefined {
  return text?.replaceAll('\u0000', '').slice(0, 200)
}
