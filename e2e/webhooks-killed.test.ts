import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testTarget, type TestTarget } from '../server/src/events/webhooks/testing-target.ts'
import { freePort } from '../server/src/platform/testing-ports.ts'
import { chanceFrom } from './kit/chance.ts'
import { makeNetwork, type Network } from './kit/network.ts'
import { type List, type Rest, restOf } from './kit/rest.ts'
import { freshOptions, home, removeDataDir, type Server, startServer } from './kit/server.ts'
import { until } from './kit/until.ts'
import { addChargingStation, addWebhook, allowTargets, charge, connectStation } from './kit/webhooks.ts'

let server: Server
let network: Network
let target: TestTarget

beforeAll(async () => {
  server = await startServer(await freshOptions())
  network = await makeNetwork(server, 'handing-on')
  target = await testTarget()
})
afterAll(async () => {
  await server.kill()
  removeDataDir(server.options.dataDir)
  await target.close()
})

async function recordsOf(rest: Rest): Promise<readonly string[]> {
  const { items } = await rest.get<List<{ sessionId: string; revision: number }>>('/v1/session-records?limit=200')
  return items.map(({ sessionId, revision }) => `${sessionId}/${revision}`).sort()
}

it('every acknowledged session reaches its target under one id, over kill -9 and a target that fails half the time (row 1, row 14)', async () => {
  const chance = chanceFrom(2_811)
  const station = await addChargingStation(network)
  await allowTargets(server, network, [target.port])
  await addWebhook(network, target)
  target.behave(() => (chance() < 0.5 ? 200 : 500))
  let acknowledged = 0
  for (let kill = 0; kill < 3; kill += 1) {
    const socket = await connectStation(network, station)
    for (let n = 0; n < 5; n += 1) {
      await charge(socket)
      acknowledged += 1
    }
    // Dies while some are handed on and some are not.
    const before = target.received.length
    await until(() => target.received.length > before + 1)
    await server.kill()
    server = await startServer(server.options)
  }
  const named = (): readonly string[] => [
    ...new Set(
      target.taken().map(({ event }) => `${String(event.data['sessionId'])}/${String(event.data['revision'])}`),
    ),
  ]
  target.behave(() => 200)
  const rest = restOf(server.url, network.key)
  await until(() => named().length === acknowledged, 300_000)
  expect([...named()].sort()).toEqual(await recordsOf(rest))
  expect(acknowledged).toBe(15)
  // A message that came again came under its former id, in the same bytes.
  for (const same of Map.groupBy(target.received, ({ event }) => event.data['sessionId']).values()) {
    expect(new Set(same.map(({ id }) => id)).size).toBe(1)
    expect(new Set(same.map(({ body }) => body)).size).toBe(1)
  }
}, 600_000)

it('the receiver of the documentation takes records and alerts that are genuine, each once, and nothing else (END-SDR)', async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/events`
  await allowTargets(server, network, [target.port, port])
  const rest = restOf(server.url, network.key)
  const { id, secret } = await addWebhook({ ...network, rest }, { url }, [
    'session-record.created',
    'alert.raised',
    'alert.cleared',
  ])
  const child = spawn(process.execPath, [path.join(home, 'docs', 'receive-webhooks.ts')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], WEBHOOK_SECRET: secret, PORT: String(port) },
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  try {
    await until(() => said.includes('receiving'))
    const station = await rest.get<List<{ id: string }>>('/v1/stations')
    const { password } = await rest.post<{ password: string }>(`/v1/stations/${station.items[0]?.id}/password`)
    const socket = await connectStation({ ...network, rest }, { id: '', password })
    await charge(socket)
    await until(() => /session \S+, revision 1: 2000 Wh/.test(said))
    const path_ = `/v1/webhooks/${id}/deliveries`
    const delivered = async (): Promise<readonly { id: string; attempts: number }[]> =>
      (await rest.get<List<{ id: string; attempts: number }>>(`${path_}?state=delivered`)).items
    await until(async () => (await delivered()).length === 1)
    const [first] = await delivered()
    await rest.post(`${path_}/${first?.id}/resend`)
    await until(async () => (await delivered())[0]?.attempts === 2)
    expect(said.match(/session /g)).toHaveLength(1)
    // A fault that comes and goes is an alert that opens and closes.
    const status = { connectorId: 1, status: 'Faulted', errorCode: 'GroundFailure' }
    await socket.call('StatusNotification', status)
    await until(() => /alert (\S+), \w+, open: .*\(1 open\)/.test(said))
    await socket.call('StatusNotification', { ...status, status: 'Available', errorCode: 'NoError' })
    await until(() => /alert (\S+), \w+, cleared: .*\(0 open\)/.test(said))
    // With another's secret the very same is refused.
    const [message] = target.received
    const forged = await fetch(url, {
      method: 'POST',
      headers: {
        'webhook-id': String(message?.headers['webhook-id']),
        'webhook-timestamp': String(message?.headers['webhook-timestamp']),
        'webhook-signature': String(message?.headers['webhook-signature']),
      },
      body: message?.body ?? '',
    })
    expect(forged.status).toBe(401)
  } finally {
    child.kill()
    await once(child, 'exit')
  }
}, 240_000)
