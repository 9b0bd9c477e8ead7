import fs from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, type Generator, openGenerator, startChild } from './children.ts'
import { type Inspector, openInspector } from './inspector.ts'
import { type Plan, plannedStations, setUp } from './set-up.ts'

/** One of the two servers that are compared, running, with its stations. */
export interface Side {
  readonly name: 'ours' | 'reference'
  readonly generator: Generator
  /** Its process; PostgreSQL's are below it. */
  readonly pid: number
  /** Database transactions since it began. Undefined where nobody counts them. */
  transactions(): Promise<number | undefined>
  /** Resolves with what it says at its end: the reference, a line of JSON with its rows. */
  stop(): Promise<string | undefined>
}

export interface SideOptions {
  readonly plan: Plan
  readonly fsyncDelayMs?: number
  /** For the reference, instead of the embedded PostgreSQL. */
  readonly database?: string
}

export async function startReference({ plan, database, fsyncDelayMs = 0 }: SideOptions): Promise<Side> {
  const args = database === undefined ? [] : ['--database', database]
  const child = startChild('reference-server.ts', args, { fsyncDelayMs })
  const { url, plain } = JSON.parse(await child.line()) as { url: string; plain: string }
  const rows = plannedStations(plan).map(({ slug, identity, uid }) => {
    // A header as ours gets it, for the same number of bytes; nobody looks at it.
    const credential = { user: identity, password: '0'.repeat(40) }
    return { url: `${url}${slug}/${identity}`, connectUrl: `${plain}${slug}/${identity}`, uid, ...credential }
  })
  const generator = await openGenerator(rows, child.pid)
  return {
    name: 'reference',
    generator,
    pid: child.pid,
    transactions: () => Promise.resolve(undefined),
    async stop() {
      await generator.stop()
      const last = child.line()
      await child.stop()
      return await last
    },
  }
}

/** Ours: what only we can be asked. */
export interface OurSide extends Side {
  readonly folder: string
  readonly base: string
  /** Of each tenant's administrator. */
  readonly keys: readonly string[]
  /** Ends it and starts it again on its data; the stations have to connect anew. */
  restart(): Promise<void>
  inspector(): Promise<Inspector>
}

/** The whole server as a user starts it, in a fresh folder with its own PostgreSQL, set up through REST alone. */
export async function startOurs({ plan, fsyncDelayMs = 0 }: SideOptions): Promise<OurSide> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'lataamo-bench-ours-'))
  const [port, opsPort] = [await freePort(), await freePort()]
  const platformKey = crypto.randomUUID() + crypto.randomUUID()
  const env = {
    PATH: process.env['PATH'],
    // Where a debugger would listen if one were asked for: on a port that is free.
    NODE_OPTIONS: '--inspect-port=0',
    HOST: '127.0.0.1',
    PORT: String(port),
    OPS_PORT: String(opsPort),
    DATA_DIR: folder,
    DEMO: 'off',
    LATAAMO_PLATFORM_KEY: platformKey,
    // The load is a few stations that never rest; the limit for one station is not what is measured.
    STATION_MESSAGES_PER_SECOND: '100000',
  }
  const base = `http://127.0.0.1:${port}`
  const launch = async (): Promise<Child> => {
    const child = startChild('../server/src/main.ts', ['start'], { env, fsyncDelayMs })
    child.process.stdout?.resume()
    await ready(`${base}/readyz`, child.process)
    return child
  }
  let child: Child | undefined
  let generator: Generator | undefined
  const stop = async (): Promise<undefined> => {
    await generator?.stop()
    await child?.stop()
    fs.rmSync(folder, { recursive: true, force: true })
  }
  try {
    child = await launch()
    const { rows, keys } = await setUp(base, platformKey, plan)
    generator = await openGenerator(rows, child.pid)
    return {
      name: 'ours',
      folder,
      base,
      keys,
      get generator() {
        return generator ?? fail()
      },
      get pid() {
        return child?.pid ?? fail()
      },
      transactions: () => gauge(`http://127.0.0.1:${opsPort}/metrics`, 'lataamo_database_transactions'),
      async restart() {
        await generator?.stop()
        await child?.stop()
        child = await launch()
        generator = await openGenerator(rows, child.pid)
      },
      inspector: () => openInspector(child ?? fail()),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function fail(): never {
  throw new Error('the server does not run')
}

async function gauge(url: string, name: string): Promise<number | undefined> {
  const text = await (await fetch(url)).text()
  const value = new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]
  return value === undefined ? undefined : Number(value)
}

const READY_WITHIN_MS = 60_000

async function ready(url: string, child: { readonly exitCode: number | null }): Promise<void> {
  for (const began = performance.now(); performance.now() - began < READY_WITHIN_MS; ) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode} before it was ready`)
    const response = await fetch(url).catch(() => undefined)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the server did not become ready within a minute')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
