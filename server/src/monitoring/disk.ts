import { statfs } from 'node:fs/promises'
import type { Disk } from './rules/watched.ts'

const ASKED_EVERY_MS = 30_000

type Ask = (folder: string) => Promise<{ readonly bavail: number; readonly bsize: number; readonly blocks: number }>

/**
 * How much room is left in the fullest of the places where data lies, asked anew at most twice a minute; undefined where the machine does
 * not say.
 */
export function diskOf(
  folders: readonly string[],
  now: () => number,
  ask: Ask = (folder) => statfs(folder),
): () => Promise<Disk | undefined> {
  let known: { readonly disk: Disk | undefined; readonly at: number } | undefined
  return async () => {
    if (known === undefined || now() - known.at >= ASKED_EVERY_MS) {
      const found = await Promise.all(folders.map((folder) => ask(folder).catch(() => undefined)))
      const disks = found.flatMap((one) =>
        one === undefined || one.blocks === 0
          ? []
          : [{ freeBytes: one.bavail * one.bsize, totalBytes: one.blocks * one.bsize }],
      )
      known = { disk: disks.toSorted((one, other) => shareOf(one) - shareOf(other))[0], at: now() }
    }
    return known.disk
  }
}

function shareOf({ freeBytes, totalBytes }: Disk): number {
  return freeBytes / totalBytes
}
