import { once } from 'node:events'
import net from 'node:net'

/**
 * A port that nobody listens on, for a program that is started later, or that stops listening and comes back. The system gives such ports away
 * again the moment they are free, so ours lie below those, apart for each of the workers that test at the same time.
 */
const LOWEST = 10_000
const EACH = 2_000
const WORKERS = 10

const first = LOWEST + EACH * (Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS)
/** Programs that begin together have ids side by side: theirs lie this far apart, lest both find the same port free before either takes it. */
const APART = 37
// Not always from the beginning: what ran before may still be closing.
let given = (process.pid * APART) % EACH

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < EACH; tries += 1) {
    given += 1
    const port = first + (given % EACH)
    if (await isFree(port)) return port
  }
  throw new Error(`no port is free from ${first} to ${first + EACH}`)
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
