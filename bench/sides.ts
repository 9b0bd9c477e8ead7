import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from './children.ts'
import type { StationRow } from './load-station.ts'

/** One of the two servers that are compared, running, with its stations. */
export interface Side {
  readonly name: 'ours' | 'reference'
  readonly stations: readonly StationRow[]
  /** Its process; PostgreSQL's are below it. */
  readonly pid: number
  /** Database transactions since it began. Undefined where nobody counts them. */
  transactions(): Promise<number | undefined>
  stop(): Promise<void>
}

const versions = ['ocpp1.6', 'ocpp2.0.1'] as const

interface Row {
  readonly identity: string
  readonly uid: string
  readonly version: StationRow['version']
}

/** Requests at a time while setting up. */
const AT_ONCE = 16

function rows(count: number): readonly Row[] {
  return Array.from({ length: count }, (_, n) => ({
    identity: `BENCH-${String(n).padStart(5, '0')}`,
    uid: `BE${n.toString(16).toUpperCase().padStart(6, '0')}`,
    version: versions[n % versions.length] ?? 'ocpp1.6',
  }))
}

export async function startReference(stations: number, database?: string): Promise<Side> {
  const child = startChild('reference-server.ts', database === undefined ? [] : ['--database', database])
  const { url } = JSON.parse(await child.line()) as { url: string }
  return {
    name: 'reference',
    stations: rows(stations).map(({ identity, uid, version }) => ({ url: `${url}${identity}`, version, uid })),
    pid: child.process.pid ?? 0,
    transactions: () => Promise.resolve(undefined),
    stop: child.stop,
  }
}

/** The whole server as a user starts it, in a fresh folder with its own PostgreSQL, set up through REST alone. */
export async function startOurs(stations: number, profileFolder?: string): Promise<Side> {
  const folder = mkdtempSync(join(tmpdir(), 'lataamo-bench-ours-'))
  const [port, opsPort] = [await freePort(), await freePort()]
  const platformKey = crypto.randomUUID() + crypto.randomUUID()
  const child = startChild('../server/src/main.ts', ['start'], {
    PATH: process.env['PATH'],
    ...(profileFolder === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profileFolder}` }),
    HOST: '127.0.0.1',
    PORT: String(port),
    OPS_PORT: String(opsPort),
    DATA_DIR: folder,
    DEMO: 'off',
    LATAAMO_PLATFORM_KEY: platformKey,
    // The load is 100 stations that never rest; the limit for one station is not what is measured.
    STATION_MESSAGES_PER_SECOND: '100000',
  })
  const stop = async (): Promise<void> => {
    await child.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    child.process.stdout?.resume()
    const base = `http://127.0.0.1:${port}`
    await ready(`${base}/readyz`, child.process)
    return {
      name: 'ours',
      stations: await setUp(base, platformKey, stations),
      pid: child.process.pid ?? 0,
      transactions: () => gauge(`http://127.0.0.1:${opsPort}/metrics`, 'lataamo_database_transactions'),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function setUp(base: string, platformKey: string, count: number): Promise<readonly StationRow[]> {
  const { key } = await post<{ key: string }>(`${base}/v1/tenants`, platformKey, {
    slug: 'bench',
    name: 'Bench',
    currency: 'EUR',
    country: 'FI',
    timeZone: 'Europe/Helsinki',
    languages: ['en'],
  })
  const elements = [{ price_components: [{ type: 'ENERGY', price: 0.25, step_size: 1 }] }]
  await post(`${base}/v1/tariffs`, key, { name: 'Bench', tariff: { currency: 'EUR', elements }, default: true })
  const made: StationRow[] = []
  const waiting = rows(count).entries()
  const make = async (): Promise<void> => {
    for (const [n, row] of waiting) made[n] = await makeStation(base, key, row)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, make))
  return made
}

async function makeStation(base: string, key: string, { identity, uid, version }: Row): Promise<StationRow> {
  await post(`${base}/v1/id-tokens`, key, { uid, type: 'ISO14443', status: 'active' })
  const station = await post<{ url: string; password: string }>(`${base}/v1/stations`, key, {
    identity,
    securityProfile: 1,
    state: 'active',
    evses: [{ id: 1, connectors: [{ id: 1, type: 'IEC_62196_T2', maxPowerW: 22_000 }] }],
  })
  const url = station.url.replace(/^(ws:\/\/)[^/]+/, `$1${new URL(base).host}`)
  return { url, version, user: identity, password: station.password, uid }
}

async function post<T>(url: string, key: string, body: object): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`POST ${url} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
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
