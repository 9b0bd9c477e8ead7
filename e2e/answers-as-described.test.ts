import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { type DescribedApi, openDescribed } from './kit/described.ts'
import { askFor } from './kit/isolation.ts'
import { examples } from './kit/route-examples.ts'
import { makeWorld, unknownIds, type World } from './kit/world.ts'

let borrowed: Borrowed
let world: World

beforeAll(async () => {
  borrowed = await startBorrowed()
  world = await makeWorld(borrowed.server, 'described')
})
afterAll(async () => {
  await world.socket.close()
  await borrowed.close()
})

it('each route answers just what the description says it does, with things that are there and with others', async () => {
  const { rest } = world.network
  const faultsOf = openDescribed(await rest.get<DescribedApi>('/v1/openapi.json'))
  const faults: string[] = []
  let answers = 0
  for (const [route, cases] of Object.entries(examples)) {
    for (const example of cases) {
      if (example.kind === 'elsewhere') continue
      const who = example.kind === 'platform' ? borrowed.server.platform : rest
      const own = example.kind === 'asks' ? example.ask(world.ids, world.ids) : (example.ask?.(world.ids) ?? {})
      const none = example.kind === 'asks' ? [example.ask(unknownIds(), world.ids)] : []
      for (const asked of [...none, own]) {
        answers += 1
        faults.push(...faultsOf(route, await askFor(who, route, asked)))
      }
    }
  }
  expect(faults).toEqual([])
  expect(answers).toBeGreaterThan(100)
})

it('would show an answer that is not as described', async () => {
  const { rest } = world.network
  const faultsOf = openDescribed(await rest.get<DescribedApi>('/v1/openapi.json'))
  const reply = await rest.send('GET', '/v1/sites')
  const more = { ...(reply.body as object), more: 1 }
  expect(faultsOf('GET /v1/sites', reply)).toEqual([])
  expect(faultsOf('GET /v1/sites', { ...reply, body: more })).toHaveLength(1)
  expect(faultsOf('GET /v1/sites', { ...reply, status: 202 })).toEqual(['GET /v1/sites: 202 is not described'])
  expect(faultsOf('GET /v1/sites', { ...reply, headers: new Headers() })).toHaveLength(2)
})
