import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from './compare.ts'

/** `f_type` of statfs(2) for a file system in memory. */
const TMPFS = 0x01021994
const TRIES = 30
const BLOCK_BYTES = 8_192

/** What it takes to make a block durable where the databases will lie, milliseconds. Throws where nothing is durable. */
export function fsyncMillis(): number {
  if (fs.statfsSync(tmpdir()).type === TMPFS) {
    throw new Error(`${tmpdir()} lies in memory, where no fsync costs anything: set TMPDIR to a folder on a disk`)
  }
  const folder = fs.mkdtempSync(join(tmpdir(), 'lataamo-bench-disk-'))
  try {
    const file = fs.openSync(join(folder, 'block'), 'w')
    const took = Array.from({ length: TRIES }, () => {
      fs.writeSync(file, Buffer.alloc(BLOCK_BYTES, 1))
      const began = performance.now()
      fs.fdatasyncSync(file)
      return performance.now() - began
    })
    fs.closeSync(file)
    return median(took)
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
