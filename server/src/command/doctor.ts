import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import { type Config, knownSecret } from '../config.ts'
import { nearestFolder, whyNoFolder, whySecretIsMissing } from '../installation.ts'
import { binariesAreThere, howSecretFails, judgeRuntime, listenFault, OPS_HOST, whatLacks } from '../platform/index.ts'
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
  if (config !== undefined)
    findings.push(folder(config), space(config), await database(config), ...(await ports(config)))
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
  const { DATA_DIR } = config
  const what = `data folder ${DATA_DIR}${fs.existsSync(DATA_DIR) ? '' : ' (made at the first start)'}`
  return finding(what, whyNoFolder(DATA_DIR) ?? whySecretIsMissing(config))
}

const LEAST_FREE_BYTES = 1_000_000_000

function space(config: Config): Finding {
  const { bavail, bsize } = fs.statfsSync(nearestFolder(config.DATA_DIR))
  const free = bavail * bsize
  return finding(
    `${(free / 1e9).toFixed(1)} GB free`,
    free >= LEAST_FREE_BYTES ? undefined : 'less than 1 GB; free some space',
  )
}

function finding(what: string, trouble: string | undefined): Finding {
  return trouble === undefined ? { what } : { what, trouble }
}

async function database(config: Config): Promise<Finding> {
  if (config.DATABASE_URL !== undefined) return outside(config, config.DATABASE_URL)
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

async function outside(config: Config, url: string): Promise<Finding> {
  const what = 'outside PostgreSQL'
  const { DATABASE_OWNER_URL: ownerUrl } = config
  if (ownerUrl === undefined) return { what, trouble: 'DATABASE_OWNER_URL is missing: set the owner’s address too' }
  const addresses = { owner: { connectionString: ownerUrl }, runtime: { connectionString: url } }
  const lacking = await whatLacks(addresses)
  if (lacking !== undefined) return { what, trouble: lacking }
  const { trouble, remark } = await judgeRuntime(addresses)
  if (trouble !== undefined) return { what, trouble }
  // An empty file of it is told with the data folder.
  const isKnown = whySecretIsMissing(config) === undefined
  const shut = isKnown ? await howSecretFails(addresses, knownSecret(config, 'LATAAMO_SECRET')) : undefined
  if (shut !== undefined) return { what, trouble: shut }
  const more = remark === undefined ? '' : `. ${remark}`
  return { what: `outside PostgreSQL answers, and gives the rights that are needed${more}` }
}

/** Where people, programs and stations come in, and where metrics are read. */
async function ports(config: Config): Promise<Finding[]> {
  try {
    const { url, pid } = await findRunning(config)
    return [{ what: `Lataamo runs on this data folder already, at ${url} (process ${pid})` }]
  } catch {
    // None runs: then the ports must be free.
  }
  const { HOST, PORT, OPS_PORT } = config
  return [
    await port({ host: HOST, port: PORT, setting: 'PORT' }),
    await port({ host: OPS_HOST, port: OPS_PORT, setting: 'OPS_PORT' }),
  ]
}

function port(place: Parameters<typeof listenFault>[1]): Promise<Finding> {
  const what = `port ${place.port} on ${place.host}`
  const server = net.createServer()
  return new Promise((resolve) => {
    server.once('error', (error) => resolve({ what, trouble: listenFault(error, place).message }))
    server.listen(place.port, place.host, () => server.close(() => resolve({ what: `${what} is free` })))
  })
}
