import { statfs } from 'node:fs/promises'
import type { Disk } from './rules/watched.ts'

const ASKED_EVERY_MS = 30_000

/** How much room is left where a folder lies, asked anew at most twice a minute; undefined where the machine does not say. */
export function diskOf(folder: string, now: () => number): () => Promise<Disk | undefined> {
  let known: { readonly disk: Disk | undefined; readonly at: number } | undefined
  return async () => {
    if (known === undefined || now() - known.at >= ASKED_EVERY_MS) {
      const found = await statfs(folder).catch(() => undefined)
      const disk =
        found === undefined
          ? undefined
          : { freeBytes: found.bavail * found.bsize, totalBytes: found.blocks * found.bsize }
      known = { disk, at: now() }
    }
    return known.disk
  }
}
