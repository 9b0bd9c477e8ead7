import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OwnServer, pauseDatabase, startOwn } from './kit/own-server.ts'
import { platformKey } from './kit/server.ts'
import { until } from './kit/until.ts'

/** A server for people and the worker alone, as larger installations run them beside those that stations connect to. */
let own: OwnServer
beforeAll(async () => {
  own = await startOwn(undefined, { ROLES: 'api,worker' })
})
afterAll(() => own?.close())

const ask = async (): Promise<number> => {
  const headers = { authorization: `Bearer ${platformKey}` }
  const signal = AbortSignal.timeout(60_000)
  return (await fetch(`${own.server().url}/v1/tenants`, { headers, signal })).status
}

it('without stations, too, nobody waits for ever on a database that hangs (row 11)', async () => {
  expect(await ask()).toBe(200)
  const goOn = await pauseDatabase(own.dataDir)
  try {
    // What was asked when it began to hang, and what is asked then.
    expect(await ask()).toBe(503)
    expect(await ask()).toBe(503)
  } finally {
    goOn()
  }
  await until(async () => (await ask()) === 200, 60_000)
}, 300_000)
