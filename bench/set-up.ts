import type { StationRow } from './load.ts'
import { inTurn } from './loops.ts'

/** Stations of each tenant. */
export interface Plan {
  /** The first tenant's come first. */
  readonly stations: readonly number[]
  /** Of the first tenant: so many can charge, the rest only connects (no card is made for it). Absent: all. */
  readonly charging?: number
}

/** A station that is to be, the same for both servers. */
export interface Planned {
  readonly tenant: number
  readonly slug: string
  readonly identity: string
  readonly uid: string
  readonly charges: boolean
}

export function plannedStations({ stations, charging = Infinity }: Plan): readonly Planned[] {
  return stations.flatMap((count, tenant) =>
    Array.from({ length: count }, (_, n) => ({
      tenant,
      slug: `bench-${tenant}`,
      identity: `BENCH-${String(n).padStart(5, '0')}`,
      uid: `BE${n.toString(16).toUpperCase().padStart(6, '0')}`,
      charges: tenant > 0 || n < charging,
    })),
  )
}

/** Requests at a time. */
const AT_ONCE = 16

export interface MadeStations {
  readonly rows: readonly StationRow[]
  /** Of each tenant's administrator. */
  readonly keys: readonly string[]
}

/** Makes tenants, tariffs, cards and stations through REST, as anybody would. */
export async function setUp(base: string, platformKey: string, plan: Plan): Promise<MadeStations> {
  const keys: string[] = []
  for (const [tenant] of plan.stations.entries()) keys[tenant] = await makeTenant(base, platformKey, tenant)
  const made: StationRow[] = []
  await inTurn([...plannedStations(plan).entries()], AT_ONCE, async ([n, station]) => {
    made[n] = await makeStation(base, keys[station.tenant] ?? '', station)
  })
  return { rows: made, keys }
}

async function makeTenant(base: string, platformKey: string, tenant: number): Promise<string> {
  const { key } = await post<{ key: string }>(`${base}/v1/tenants`, platformKey, {
    slug: `bench-${tenant}`,
    name: `Bench ${tenant}`,
    currency: 'EUR',
    country: 'FI',
    timeZone: 'Europe/Helsinki',
    languages: ['en'],
  })
  const elements = [{ price_components: [{ type: 'ENERGY', price: 0.25, step_size: 1 }] }]
  await post(`${base}/v1/tariffs`, key, { name: 'Bench', tariff: { currency: 'EUR', elements }, default: true })
  return key
}

async function makeStation(base: string, key: string, { identity, uid, charges }: Planned): Promise<StationRow> {
  if (charges) await post(`${base}/v1/id-tokens`, key, { uid, type: 'ISO14443', status: 'active' })
  const station = await post<{ url: string; password: string }>(`${base}/v1/stations`, key, {
    identity,
    securityProfile: 1,
    state: 'active',
    evses: [{ id: 1, connectors: [{ id: 1, type: 'IEC_62196_T2', maxPowerW: 22_000 }] }],
  })
  const url = station.url.replace(/^(ws:\/\/)[^/]+/, `$1${new URL(base).host}`)
  return { url, user: identity, password: station.password, uid }
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
