import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StationHandle } from '../simulator/index.ts'
import { demoNetworks } from '../server/src/demo/networks.ts'
import { type KeptDemo, startDemoHere } from './kit/demo.ts'
import { must } from './kit/page-reading.ts'
import type { List } from './kit/rest.ts'
import { found, until } from './kit/until.ts'

interface Session {
  readonly id: string
  readonly stationId: string
  readonly evseId: number
  readonly state: string
  readonly energyWh: number
  readonly stopReason?: string
  readonly flags: readonly string[]
}

let here: KeptDemo
let cookie = ''

/** One that charges of each version and one with direct current, in the network whose operator looks. */
const identities = ['HELSINKI-01', 'HELSINKI-02', 'HELSINKI-03', 'HELSINKI-04']
const cards = must(demoNetworks.find(({ slug }) => slug === 'rantatie')).cards.map(({ uid }) => uid)

beforeAll(async () => {
  here = await startDemoHere()
  cookie = await signIn(must(here.demo.links.find(({ who }) => who.startsWith('Otto Laine'))).url)
})
afterAll(() => here?.close())

const handOf = (identity: string): StationHandle => must(here.demo.fleets['rantatie']).station(identity)

const registerOf = (identity: string): number => Math.floor(must(handOf(identity).state().evses[0]).registerWh)

async function signIn(link: string): Promise<string> {
  const response = await fetch(`${here.url}/v1/sign-in/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: here.url },
    body: JSON.stringify({ token: new URL(link).hash.slice(1) }),
  })
  expect(response.status).toBe(200)
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(`${here.url}${path}`, { headers: { cookie } })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

async function withOwner(work: (owner: pg.Client) => Promise<void>): Promise<void> {
  const owner = new pg.Client(here.owner)
  await owner.connect()
  await work(owner).finally(() => owner.end())
}

describe('a demo that is stopped in the middle of charging and started again at once', () => {
  it('ends its sessions with their true energy; nothing waits for anybody, and nobody is alarmed', async () => {
    const stations = await get<List<{ id: string; identity: string }>>('/v1/stations?limit=200')
    const idOf = (identity: string): string => must(stations.items.find((one) => one.identity === identity)).id
    for (const [n, identity] of identities.entries()) {
      const hand = handOf(identity)
      await hand.until(({ registration }) => registration === 'Accepted')
      hand.plug(1)
      hand.presentCard(1, cards[n] ?? '')
    }
    for (const identity of identities)
      await handOf(identity).until(
        ({ evses }) => (evses[0]?.registerWh ?? 0) - (evses[0]?.transaction?.meterStartWh ?? Number.MAX_VALUE) >= 60,
        120_000,
      )
    const open = await get<List<Session>>('/v1/sessions?state=delivering&limit=200')
    expect(open.items.length).toBeGreaterThanOrEqual(identities.length)
    const starts = new Map(
      identities.map((identity) => [identity, must(handOf(identity).state().evses[0]?.transaction).meterStartWh]),
    )

    await withOwner(async (owner) => {
      const { rowCount } = await owner.query(`
        insert into station_marks (tenant_id, station_id, epoch, booted_at, boots)
        select tenant_id, id, epoch, booted_at, array_fill(now(), array[4]) from stations
        on conflict (tenant_id, station_id) do update set boots = excluded.boots`)
      expect(rowCount).toBeGreaterThan(30)
    })
    await here.stopAndStart()
    // Who plays with the demo starts it many times within the hour.
    await withOwner(async (owner) => {
      const { rows } = await owner.query<{ most: number }>(`select max(cardinality(boots)) as most from station_marks`)
      expect(rows[0]?.most).toBeLessThan(4)
    })
    const registers = new Map(identities.map((identity) => [identity, registerOf(identity)]))

    for (const session of open.items) {
      const ended = await found(async () => {
        const now = await get<Session>(`/v1/sessions/${session.id}`)
        return now.state === 'ended' ? now : undefined
      })
      expect(ended).toMatchObject({ stopReason: 'power-loss', flags: session.flags })
      expect(ended.energyWh).toBeGreaterThanOrEqual(session.energyWh)
      const identity = identities.find((one) => idOf(one) === session.stationId && session.evseId === 1)
      if (identity === undefined) continue
      expect(ended.energyWh).toBe(must(registers.get(identity)) - must(starts.get(identity)))
    }
    const ours = new Set(open.items.map(({ id }) => id))
    await until(async () => {
      const { items } = await get<List<{ sessionId: string }>>('/v1/session-records?limit=200')
      return ours.isSubsetOf(new Set(items.map(({ sessionId }) => sessionId)))
    })
    const errors = await get<List<{ sessionId: string }>>('/v1/usage-errors?limit=100')
    expect(errors.items.filter(({ sessionId }) => ours.has(sessionId))).toEqual([])
    // A station of the demo that plays faults tells of them by itself.
    const alerts = await get<List<{ kind: string }>>('/v1/alerts?limit=100')
    const byItself = new Set(['station-faulted', 'station-problem'])
    expect(alerts.items.filter(({ kind }) => !byItself.has(kind))).toEqual([])
  }, 300_000)
})
