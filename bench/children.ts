import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Buckets } from './histogram.ts'
import type { Load, Loaded, Order, Said, StationRow } from './load.ts'
import { childrenOf } from './processes.ts'

export interface Child {
  readonly process: ChildProcess
  /** The process of Node: the child itself, or the one below what slows its disk. */
  readonly pid: number
  /** The next line that it prints. Rejects when it ends instead. */
  line(): Promise<string>
  /** The next line of its error output that holds this text. */
  complaint(text: string): Promise<string>
  stop(): Promise<void>
}

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv
  /** Added to each fsync of it and of all that it starts, by `strace`. */
  readonly fsyncDelayMs?: number
}

/** Only the named calls stop (`--seccomp-bpf`): all else runs at its usual speed. */
const slowed = (milliseconds: number): readonly string[] => {
  const inject = `inject=fsync,fdatasync:delay_enter=${Math.round(milliseconds * 1000)}`
  return ['-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync', '-e', inject]
}

/** A process of our own Node; its errors go to ours. */
export function startChild(script: string, args: readonly string[], options: ChildOptions = {}): Child {
  const { env = process.env, fsyncDelayMs = 0 } = options
  const node = [process.execPath, join(import.meta.dirname, script), ...args]
  const [command = '', ...rest] = fsyncDelayMs === 0 ? node : ['strace', ...slowed(fsyncDelayMs), ...node]
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'], env })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const complaints = createInterface({ input: child.stderr })
  complaints.on('line', (line) => {
    if (!/debugg|inspector/i.test(line)) console.error(line)
  })
  const ended = once(child, 'exit')
  const pidOfNode = (): number => (fsyncDelayMs === 0 ? child.pid : childrenOf(child.pid ?? 0)[0]) ?? 0
  const kill = (): void => {
    if (child.exitCode === null && child.signalCode === null) process.kill(pidOfNode(), 'SIGTERM')
  }
  process.once('exit', kill)
  return {
    process: child,
    get pid() {
      return pidOfNode()
    },
    async line() {
      const { value, done } = await lines.next()
      if (done) throw new Error(`${script} ended with ${String((await ended)[0])} before it was asked to`)
      return value
    },
    complaint: (text) =>
      new Promise((resolve) => {
        const hear = (line: string): void => {
          if (!line.includes(text)) return
          complaints.off('line', hear)
          resolve(line)
        }
        complaints.on('line', hear)
      }),
    async stop() {
      process.off('exit', kill)
      kill()
      await ended
    },
  }
}

export interface LoadOptions {
  /** Called when a measured time begins, and when it ends. */
  readonly edge?: () => void
  readonly part?: (times: Buckets) => void
}

/** The process that plays all stations of one server. */
export interface Generator {
  run(load: Load, options?: LoadOptions): Promise<Loaded>
  /** Connects and boots stations that then keep still. */
  hold(load: Pick<Load, 'stations' | 'versions'>): Promise<void>
  stop(): Promise<void>
}

export async function openGenerator(stations: readonly StationRow[], serverPid: number): Promise<Generator> {
  const child = startChild('generator.ts', [String(serverPid)])
  const carryOut = async (order: Order, { edge, part }: LoadOptions = {}): Promise<Loaded> => {
    child.process.stdin?.write(`${JSON.stringify(order)}\n`)
    for (;;) {
      const said = JSON.parse(await child.line()) as Said
      switch (said.says) {
        case 'edge':
          edge?.()
          break
        case 'part':
          part?.(said.times)
          break
        case 'done':
          return said.loaded
        case 'failed':
          throw new Error(`the load failed: ${said.why}`)
      }
    }
  }
  await carryOut({ do: 'know', stations })
  return {
    run: (load, options) => carryOut({ do: 'run', load }, options),
    async hold(load) {
      await carryOut({ do: 'hold', load })
    },
    stop: () => child.stop(),
  }
}
