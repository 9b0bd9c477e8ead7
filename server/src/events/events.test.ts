import { afterAll, beforeAll, expect, it } from 'vitest'
import { localBus, ok, refuse, systemClock } from '../platform/index.ts'
import { testGround, type TestGround } from '../platform/testing.ts'
import { type TestHttp, testHttp } from '../platform/testing-http.ts'
import { eventRoutes, openRings } from './index.ts'

let ground: TestGround
let http: TestHttp
let url: string
const watchedLogs: unknown[][] = []
const bus = localBus()
const rings = openRings(bus)

beforeAll(async () => {
  ground = await testGround()
  const routes = eventRoutes(rings, systemClock, {
    stationsAt: async (_, sites) => (sites.includes('s1') ? ['a'] : []),
    watchLog: async (...watched) => void watchedLogs.push(watched),
  })
  http = await testHttp(ground, routes, async ({ authorization }) => {
    const sites = { 'Bearer all': 'all', 'Bearer bound': ['s1'] } as const
    const reach = sites[authorization as keyof typeof sites]
    if (reach === undefined) return refuse('wrong-key')
    const rights = new Set(['stations.read', 'sessions.read', ...(reach === 'all' ? ['log.read'] : [])])
    return ok({ kind: 'key', tenantId: 't1', actorId: 'k', actorName: 'K', rights, sites: reach, language: 'en' })
  })
  url = `http://127.0.0.1:${await http.listen('127.0.0.1', 0)}/v1/events`
})
afterAll(async () => {
  await http.close()
  rings.close()
  await ground.close()
})

it('whoever may see one site is told of the sessions at its stations, also when a station comes there', async () => {
  const read = async (key: string): Promise<string> => {
    const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } })
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      if (text.includes('event: hello') && !text.includes('"n":1')) publishAll()
      if (text.includes('"n":9')) break
    }
    return text
  }
  const session = (n: number, stationId: string) =>
    bus.publish('t1', { type: 'session.changed', version: 1, n, stationId })
  let isPublished = false
  const publishAll = (): void => {
    if (isPublished) return
    isPublished = true
    session(1, 'a')
    session(2, 'b')
    bus.publish('t1', { type: 'station.changed', version: 1, siteId: 's1', station: { id: 'b' } })
    session(3, 'b')
    bus.publish('t1', { type: 'station.changed', version: 1, siteId: 's2', station: { id: 'a' } })
    session(4, 'a')
    session(9, 'b')
  }
  const text = await read('bound')
  expect([...text.matchAll(/"n":(\d)/g)].map(([, n]) => n)).toEqual(['1', '3', '9'])
})

it('whoever asks for the frames of a station watches its log from the first moment, if they may read it', async () => {
  const stationId = '01935c2f-7a6b-7c3e-9d2f-1a4b5c6d7e8f'
  const open = async (key: string, more: string): Promise<void> => {
    const left = new AbortController()
    const { status } = await fetch(`${url}?stationId=${stationId}${more}`, {
      headers: { authorization: `Bearer ${key}` },
      signal: left.signal,
    })
    expect(status).toBe(200)
    left.abort()
  }
  await open('bound', '&log=1')
  await open('all', '')
  expect(watchedLogs).toEqual([])
  await open('all', '&log=1')
  expect(watchedLogs).toEqual([['t1', stationId, 'all']])
})
