import fs from 'node:fs'
import path from 'node:path'
import type { Config } from '../config.ts'
import { isHeld } from '../platform/index.ts'

/** What a running server leaves in its data folder, so that the command line finds it. */
export interface Running {
  readonly url: string
  readonly pid: number
}

const fileOf = (config: Config): string => path.join(config.DATA_DIR, 'running.json')

export function noteRunning(config: Config, running: Running): () => void {
  fs.writeFileSync(fileOf(config), JSON.stringify(running), { mode: 0o600 })
  return () => fs.rmSync(fileOf(config), { force: true })
}

/** The server that runs on this data folder; throws a sentence when there is none. A kill or a copy leaves a note behind: its lock tells. */
export async function findRunning(config: Config): Promise<Running> {
  try {
    const running = JSON.parse(fs.readFileSync(fileOf(config), 'utf8')) as Running
    if (await isHeld(config.DATA_DIR)) return running
  } catch {
    // None was noted.
  }
  throw new Error(
    `No Lataamo runs on ${config.DATA_DIR}: start one with npm start, or set DATA_DIR to its data folder.`,
  )
}
