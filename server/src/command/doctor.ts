import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import type { Config } from '../config.ts'
import { binariesAreThere, howRuntimeFails, whatLacks } from '../platform/index.ts'
import { findRunning } from './running.ts'

interface Finding {
  readonly what: string
  /** Absent: fine. */
  readonly trouble?: string
}

/** Looks at what a start needs and prints one line each; exit status 1 when something would hinder it. Changes nothing. */
export async function doctor(readConfig: () => Config): Promise<void> {
  const findings: Finding[] = [nodeVersion()]
  let config: Config | undefined
  try {
    config = readConfig()
    findings.push({ what: 'settings are well formed' })
  } catch (error) {
    findings.push({ what: 'settings', trouble: (error as Error).message })
  }
  if (config !== undefined) findings.push(folder(config), space(config), await database(config), await port(config))
  for (const { what, trouble } of findings)
    process.stdout.write(
      `${trouble === undefined ? 'ok    ' : 'wrong '} ${what}${trouble === undefined ? '' : `: ${trouble}`}\n`,
    )
  if (findings.some(({ trouble }) => trouble !== undefined)) process.exitCode = 1
}

function nodeVersion(): Finding {
  const major = Number(process.versions.node.split('.')[0])
  return major >= 26
    ? { what: `Node ${process.versions.node}` }
    : { what: 'Node', trouble: `${process.versions.node} is too old: 26 is needed` }
}

function folder(config: Config): Finding {
  const what = `data folder ${config.DATA_DIR}`
  if (!fs.existsSync(config.DATA_DIR)) return { what: `${what} (made at the first start)` }
  try {
    fs.accessSync(config.DATA_DIR, fs.constants.W_OK | fs.constants.X_OK)
    return { what }
  } catch {
    return { what, trouble: 'this user cannot write there; give it rights, or set DATA_DIR to another folder' }
  }
}

const LEAST_FREE_BYTES = 1_000_000_000

function space(config: Config): Finding {
  const place = fs.existsSync(config.DATA_DIR) ? config.DATA_DIR : process.cwd()
  const { bavail, bsize } = fs.statfsSync(place)
  const free = bavail * bsize
  const what = `${(free / 1e9).toFixed(1)} GB free`
  return free >= LEAST_FREE_BYTES ? { what } : { what, trouble: 'less than 1 GB; free some space' }
}

async function database(config: Config): Promise<Finding> {
  if (config.DATABASE_URL !== undefined) return outside(config.DATABASE_URL, config.DATABASE_OWNER_URL)
  try {
    binariesAreThere()
  } catch (error) {
    return { what: 'embedded PostgreSQL', trouble: (error as Error).message }
  }
  const needsHelper = ['setpriv', 'flock'].some((name) => spawnSync(name, ['--version']).status !== 0)
  return needsHelper
    ? {
        what: 'embedded PostgreSQL',
        trouble: 'it needs the programs setpriv and flock (package util-linux); install them',
      }
    : { what: 'embedded PostgreSQL is there' }
}

async function outside(url: string, ownerUrl: string | undefined): Promise<Finding> {
  if (ownerUrl === undefined)
    return { what: 'outside PostgreSQL', trouble: 'DATABASE_OWNER_URL is missing: set the owner’s address too' }
  const addresses = { owner: { connectionString: ownerUrl }, runtime: { connectionString: url } }
  const trouble = (await whatLacks(addresses)) ?? (await howRuntimeFails(addresses))
  return trouble === undefined
    ? { what: 'outside PostgreSQL answers, and gives the rights that are needed' }
    : { what: 'outside PostgreSQL', trouble }
}

async function port(config: Config): Promise<Finding> {
  const what = `port ${config.PORT} on ${config.HOST}`
  try {
    const { url, pid } = await findRunning(config)
    return { what: `Lataamo runs on this data folder already, at ${url} (process ${pid})` }
  } catch {
    // None runs: then the port must be free.
  }
  const server = net.createServer()
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ what, trouble: `${error.code ?? error.message}; stop what listens there, or set PORT` }),
    )
    server.listen(config.PORT, config.HOST, () => server.close(() => resolve({ what: `${what} is free` })))
  })
}
