import { databaseProcesses, isAlive, killAll } from './processes.ts'
import { freshOptions, launch, removeDataDir, type ServerOptions, startServer } from './server.ts'
import { until } from './until.ts'

/** Row 25: kill -9 at some moment of a first start, then a start that must succeed. */

/** How long a first start takes here, until it would serve. */
export async function measureFirstStart(): Promise<number> {
  const options = await freshOptions()
  const began = performance.now()
  const server = await startServer(options)
  const lastedMs = performance.now() - began
  await server.kill()
  removeDataDir(options.dataDir)
  return lastedMs
}

/** Kills the first start after so many milliseconds, and starts again. Throws with what the server said when that fails. */
export async function interruptFirstStart(afterMs: number): Promise<void> {
  const options: ServerOptions = await freshOptions()
  const { child, ended } = launch(options)
  const kill = (): void => killAll(child.pid, options.dataDir)
  try {
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, afterMs))])
    kill()
    await ended
    await until(() => !databaseProcesses(options.dataDir).some(isAlive))
    const server = await startServer(options)
    await server.kill()
  } finally {
    kill()
    removeDataDir(options.dataDir)
  }
}
