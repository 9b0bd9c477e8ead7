import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../server/src/platform/testing-ports.ts'
import { killAll } from './processes.ts'
import { type Rest, restOf } from './rest.ts'
import { until } from './until.ts'

/** The real server, as `npm start` runs it: a process of its own on a data folder of its own. */

export const home = fileURLToPath(new URL('../..', import.meta.url))
export const platformKey = 'a-platform-key-for-tests-0123456789'

export interface ServerOptions {
  readonly dataDir: string
  readonly port: number
  readonly opsPort: number
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Server {
  readonly url: string
  /** The endpoint of a tenant's stations; they append their identity. */
  stationsUrl(slug: string): string
  readonly pid: number
  readonly options: ServerOptions
  readonly platform: Rest
  readonly stdout: () => string
  readonly stderr: () => string
  readonly ended: Promise<Ended>
  /** SIGTERM, then waits for the end. */
  stop(): Promise<Ended>
  /** Kill -9 of Node and of every PostgreSQL process. */
  kill(): Promise<void>
}

/**
 * What the server logged as a fault. That its database did not answer is none where the machine is so busy that it could not: what must
 * hold then (nothing is lost, stations are sent away) is looked at all the same.
 */
export function faultsIn(stderr: string): readonly string[] {
  return stderr
    .split('\n')
    .filter((line) => line.includes('"level":50') && !line.includes('"msg":"the database does not answer'))
}

/** A data folder below the system's temporary one, where the database's user can enter too. */
export function makeDataDir(): string {
  return fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-e2e-')))
}

export function removeDataDir(dataDir: string): void {
  fs.rmSync(dataDir, { recursive: true, force: true })
}

export async function freshOptions(more: Partial<ServerOptions> = {}): Promise<ServerOptions> {
  return { dataDir: more.dataDir ?? makeDataDir(), port: await freePort(), opsPort: await freePort(), ...more }
}

export interface Launched {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  readonly ended: Promise<Ended>
}

/** Starts the program and does not wait. Settings of ours in the tests' own environment do not reach it. */
export function launch(options: ServerOptions, as?: readonly string[]): Launched {
  const words = [path.join(home, 'bin', 'lataamo.js'), 'start', ...(options.args ?? [])]
  const [command, ...args] = [...(as ?? []), process.execPath, ...words]
  const child = spawn(command ?? process.execPath, args, {
    cwd: os.tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TMPDIR: process.env['TMPDIR'],
      // Many starts of the same program: half of a start's time is compiling it.
      NODE_COMPILE_CACHE: path.join(os.tmpdir(), `lataamo-compiled-${process.getuid?.() ?? 0}`),
      DATA_DIR: options.dataDir,
      PORT: String(options.port),
      OPS_PORT: String(options.opsPort),
      DEMO: 'off',
      LATAAMO_PLATFORM_KEY: platformKey,
      ...options.env,
    },
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  // 'close' comes when all output has been read, 'exit' perhaps before.
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }) as Ended)
  return { child, stdout: () => stdout, stderr: () => stderr, ended }
}

/** A start that should end by itself, because something is wrong: its status and what it said. */
export async function startInVain(options: ServerOptions, as?: readonly string[], patienceMs = 90_000) {
  const launched = launch(options, as)
  const timer = setTimeout(() => killAll(launched.child.pid, options.dataDir), patienceMs)
  const { code, signal } = await launched.ended
  clearTimeout(timer)
  return { code, signal, stdout: launched.stdout(), stderr: launched.stderr() }
}

/** Some seconds, but for a machine that is busy with something else. */
const START_WITHIN_MS = 120_000

/** Resolves when the server would serve; throws with what it said when it ends instead. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const launched = launch(options)
  const pid = launched.child.pid ?? 0
  const url = `http://127.0.0.1:${options.port}`
  let gone: Ended | undefined
  void launched.ended.then((ended) => (gone = ended))
  try {
    await until(async () => {
      if (gone !== undefined) throw new Error(`the server ended (${gone.code ?? gone.signal}): ${launched.stderr()}`)
      return isReady(url)
    }, START_WITHIN_MS)
  } catch (error) {
    killAll(pid, options.dataDir)
    throw error
  }
  return {
    url,
    stationsUrl: (slug) => `ws://127.0.0.1:${options.port}/ocpp/${slug}`,
    pid,
    options,
    platform: restOf(url, platformKey),
    stdout: launched.stdout,
    stderr: launched.stderr,
    ended: launched.ended,
    async stop() {
      launched.child.kill('SIGTERM')
      return launched.ended
    },
    async kill() {
      killAll(pid, options.dataDir)
      await launched.ended
    },
  }
}

/**
 * As a supervisor starts it: again, where the database did not answer while it started. For machines that are busy with something else for
 * many seconds; every other reason to end is one to fail.
 */
export async function startSupervised(options: ServerOptions): Promise<Server> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startServer(options)
    } catch (error) {
      if (tries === 5 || !saidOfDatabase((error as Error).message)) throw error
    }
  }
}

/** The sentence with which it ended, not what it logged before. */
function saidOfDatabase(said: string): boolean {
  return said.split('\n').some((line) => /^(the server ended \(1\): )?the database (cannot|does not)/.test(line))
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).status === 200
  } catch {
    return false
  }
}
