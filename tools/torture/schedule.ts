import { spawn } from 'node:child_process'
import { killTree } from '../../e2e/kit/processes.ts'
import type { TortureRow } from './row.ts'

/** All rows in two lanes, for two cores: what mostly waits begins in one of them, what computes in the other; who is done first helps. */

export interface RowEnd {
  readonly row: TortureRow
  /** Not run: where this machine cannot. */
  readonly state: 'ok' | 'FAILED' | 'not run'
  readonly why?: string
  readonly seconds: number
}

export interface ScheduleOptions {
  readonly rows: readonly TortureRow[]
  /** Runs one row; true: all was fine. `lane`: its number. */
  run(row: TortureRow, leftMs: number, lane: number): Promise<boolean>
  /** When the whole must have ended; what has not begun by then is not run. */
  readonly withinMs: number
  now(): number
  onEnd(end: RowEnd): void
}

export async function runInLanes({ rows, run, withinMs, now, onEnd }: ScheduleOptions): Promise<readonly RowEnd[]> {
  const since = now()
  const ends: RowEnd[] = []
  const tell = (end: RowEnd): void => {
    ends.push(end)
    onEnd(end)
  }
  const able = rows.filter((row) => {
    const why = row.hindered?.()
    if (why !== undefined) tell({ row, state: 'not run', why, seconds: 0 })
    return why === undefined
  })
  const waiting = able.filter(({ waits }) => waits === true)
  const computing = able.filter(({ waits }) => waits !== true)
  const lane = async (number: number, mine: TortureRow[], others: TortureRow[]): Promise<void> => {
    for (;;) {
      const row = mine.shift() ?? others.shift()
      if (row === undefined) return
      const began = now()
      const leftMs = since + withinMs - began
      if (leftMs <= 0) {
        tell({ row, state: 'FAILED', why: 'the time was over before it could begin', seconds: 0 })
        continue
      }
      const isFine = await run(row, leftMs, number)
      tell({ row, state: isFine ? 'ok' : 'FAILED', seconds: Math.round((now() - began) / 1_000) })
    }
  }
  await Promise.all([lane(0, waiting, computing), lane(1, computing, waiting)])
  return ends
}

/** Each lane has ports of its own, as if it were one more worker of the tests. */
const FIRST_POOL = 8

/** A row in a process of its own, so that what it computes holds up no other; what it says comes as a whole when it ends. */
export async function runAsProcess(
  program: string,
  words: readonly string[],
  leftMs: number,
  lane: number,
): Promise<boolean> {
  const env = { ...process.env, VITEST_POOL_ID: String(FIRST_POOL + lane) }
  const child = spawn(process.execPath, [program, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  let isLate = false
  const timer =
    leftMs === Infinity
      ? undefined
      : setTimeout(() => {
          isLate = true
          // What it has started ends first: the row then fails by itself, and clears away what it has made.
          killTree(child.pid ?? 0)
          setTimeout(() => child.kill('SIGKILL'), 30_000).unref()
        }, leftMs)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearTimeout(timer)
  console.log(said.trimEnd())
  if (isLate) console.log('stopped: the time was over')
  return code === 0 && !isLate
}
