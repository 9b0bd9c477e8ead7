import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { spawn, spawnSync } from 'node:child_process'
import { openOwner } from './database.ts'
import type { Faulty } from './faulty.ts'
import { databaseProcesses, isAlive, isStopped, signal } from './processes.ts'
import { freshOptions, removeDataDir, type Server, type ServerOptions, startSupervised } from './server.ts'
import { until } from './until.ts'

/** A server with its own embedded database, as `npm start` runs it, to be spoilt from below: processes, disk, system calls. */
export interface OwnServer extends Omit<Faulty, 'database'> {
  readonly dataDir: string
}

export async function startOwn(dataDir?: string, env: ServerOptions['env'] = {}): Promise<OwnServer> {
  const options = await freshOptions({ ...(dataDir === undefined ? {} : { dataDir }), env })
  let server: Server = await startSupervised(options)
  return {
    dataDir: options.dataDir,
    server: () => server,
    async restart(more = {}) {
      server = await startSupervised({ ...options, env: { ...options.env, ...more } })
      return server
    },
    openOwner: () => openOwner(options.dataDir),
    async close() {
      await server.kill()
      if (dataDir === undefined) removeDataDir(options.dataDir)
    },
  }
}

/** The database hangs, which is worse than a refusal: all its processes stand still, once this is answered. */
export async function pauseDatabase(dataDir: string): Promise<() => void> {
  const stopped = new Set<number>()
  // One that was forked while the others were stopped would go on and answer.
  for (;;) {
    const fresh = databaseProcesses(dataDir).filter((pid) => !stopped.has(pid))
    if (fresh.length === 0) break
    for (const pid of fresh) signal(pid, 'SIGSTOP')
    fresh.forEach((pid) => stopped.add(pid))
    await until(() => fresh.every((pid) => !isAlive(pid) || isStopped(pid)), 10_000, 1)
  }
  return () => databaseProcesses(dataDir).forEach((pid) => signal(pid, 'SIGCONT'))
}

/**
 * Spoils system calls of the database from outside: `inject` as strace writes it, such as `fdatasync:error=EIO` or `fdatasync:delay_exit=50000`
 * (microseconds). Resolves, once it holds every process, with what lets go.
 */
export async function spoilCalls(dataDir: string, calls: string, how: string): Promise<() => Promise<void>> {
  const pids = databaseProcesses(dataDir)
  const log = path.join(os.tmpdir(), `lataamo-strace-${process.pid}.log`)
  const words = ['-f', '-q', '-o', log, '-e', `trace=${calls}`, '-e', `inject=${calls}:${how}`]
  const child = spawn('strace', [...words, ...pids.flatMap((pid) => ['-p', String(pid)])], { stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await until(() => pids.every((pid) => isTraced(pid)), 10_000)
  return async () => {
    child.kill('SIGINT')
    await ended
    fs.rmSync(log, { force: true })
  }
}

function isTraced(pid: number): boolean {
  try {
    return !/^TracerPid:\s+0$/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return true
  }
}

export function hasStrace(): boolean {
  return spawnSync('strace', ['-V']).status === 0
}
