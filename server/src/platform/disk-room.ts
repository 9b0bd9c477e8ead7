import { statfs } from 'node:fs/promises'
import type { Log } from './log.ts'

/** Below this share of the disk stations are sent away, as long as it is less than so many bytes (row 22): a large disk has room for long. */
const FULL_SHARE = 0.05
const FULL_BYTES = 2_000_000_000
/** Some more must be free before they may come back, so that they do not come and go. */
const ROOM_SHARE = 0.06
const LOOK_MS = 2_000

export interface Room {
  readonly freeBytes: number
  readonly totalBytes: number
}

/** Whether there is room to take more, from whether there was. */
export function hasRoom({ freeBytes, totalBytes }: Room, had: boolean): boolean {
  const share = had ? FULL_SHARE : ROOM_SHARE
  return freeBytes >= totalBytes * share || freeBytes >= FULL_BYTES * (share / FULL_SHARE)
}

export interface RoomWatch {
  readonly hasRoom: () => boolean
  stop(): void
}

/** Looks every two seconds where the data lies. `onChange`: room has run out, or has come back. */
export function watchRoom(
  folders: readonly string[],
  log: Log,
  onChange: (hasRoom: boolean) => void,
  lookMs = LOOK_MS,
): RoomWatch {
  let has = true
  const look = async (): Promise<void> => {
    const found = await Promise.all(folders.map((folder) => statfs(folder).catch(() => undefined)))
    const rooms = found.flatMap((one) =>
      one === undefined || one.blocks === 0
        ? []
        : [{ freeBytes: one.bavail * one.bsize, totalBytes: one.blocks * one.bsize }],
    )
    const now = rooms.every((room) => hasRoom(room, has))
    if (now === has) return
    has = now
    if (has) log.info('the disk has room again: stations may come back')
    else log.error('the disk is full: stations are sent away until there is room', { folders })
    onChange(has)
  }
  const timer = setInterval(() => void look(), lookMs).unref()
  return { hasRoom: () => has, stop: () => clearInterval(timer) }
}
