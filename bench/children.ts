import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Load, Loaded } from './generator.ts'

export interface Child {
  readonly process: ChildProcess
  /** The next line that it prints. Rejects when it ends instead. */
  line(): Promise<string>
  stop(): Promise<void>
}

/** A process of our own Node; its errors go to ours. */
export function startChild(script: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Child {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ended = once(child, 'exit')
  const kill = (): boolean => child.kill('SIGTERM')
  process.once('exit', kill)
  return {
    process: child,
    async line() {
      const { value, done } = await lines.next()
      if (done) throw new Error(`${script} ended with ${String((await ended)[0])} before it was asked to`)
      return value
    },
    async stop() {
      process.off('exit', kill)
      kill()
      await ended
    },
  }
}

/** One load from its beginning to its end. `edge` is called when the measured time begins, and again when it has ended. */
export async function load(what: Load, edge: () => void = () => {}): Promise<Loaded> {
  const child = startChild('generator.ts', [])
  child.process.stdin?.end(JSON.stringify(what))
  for (const expected of ['"began"', '"ended"']) {
    const line = await child.line()
    if (line !== expected) throw new Error(`the generator said ${line} instead of ${expected}`)
    edge()
  }
  const loaded = JSON.parse(await child.line()) as Loaded
  await child.stop()
  return loaded
}
