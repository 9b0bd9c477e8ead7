import { afterAll, beforeAll, expect, it } from 'vitest'
import { openOracle, type Oracle } from '../simulator/index.ts'
import { startStation, type TestStation } from '../simulator/testing.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, addTariff, makeNetwork, type Network } from './kit/network.ts'
import { openProxy, type Proxy } from './kit/proxy.ts'
import type { List } from './kit/rest.ts'
import { found, until } from './kit/until.ts'

/** A network that spoils what passes: answers get lost, connections are cut in the middle of a message (row 3, row 13). */

const uid = '04AABBCCDD77'
let borrowed: Borrowed
let network: Network
let proxy: Proxy

beforeAll(async () => {
  borrowed = await startBorrowed()
  network = await makeNetwork(borrowed.server, 'lossy')
  await addTariff(network)
  await addCard(network, uid)
  proxy = await openProxy({ port: borrowed.server.options.port })
})
afterAll(async () => {
  await proxy?.close()
  await borrowed?.close()
})

interface Session {
  readonly id: string
  readonly state: string
  readonly energyWh: number
}

async function connect(
  protocol: 'ocpp1.6' | 'ocpp2.0.1',
  oracle: Oracle,
): Promise<TestStation & { readonly id: string }> {
  const { id, identity, password } = await addStation(network, { identity: `LOSSY-${protocol}` })
  const station = await startStation(
    { url: `ws://127.0.0.1:${proxy.port}/ocpp/lossy`, identity, password, protocol },
    { onAcknowledged: oracle.onAcknowledged, timeoutMs: 1_000 },
  )
  return { ...station, id }
}

const sessionsOf = async (id: string): Promise<readonly Session[]> =>
  (await network.rest.get<List<Session>>(`/v1/sessions?stationId=${id}`)).items

it.each(['ocpp1.6', 'ocpp2.0.1'] as const)(
  'has one session and one record, whatever was said again (%s)',
  async (protocol) => {
    const oracle = openOracle()
    const station = await connect(protocol, oracle)
    station.plug(1)
    await station.until(({ outbox }) => outbox.length === 0)
    station.presentCard(1, uid)
    // Let in: now the start leaves, and arrives, and its answer does not.
    await station.until(({ evses }) => evses[0]?.authorised !== undefined)
    proxy.set({ dropReplies: true })
    await found(async () => (await sessionsOf(station.id))[0]).finally(() => proxy.set({ dropReplies: false }))
    proxy.cutAll()
    await station.until(({ outbox, isConnected }) => isConnected && outbox.length === 0, 90_000)
    // What follows is cut in the middle of a message, again and again.
    for (const cutAfterBytes of [500, 700, 900]) {
      const before = proxy.cuts()
      proxy.set({ cutAfterBytes })
      await until(() => proxy.cuts() > before)
    }
    proxy.set({ cutAfterBytes: Number.POSITIVE_INFINITY })
    station.presentCard(1, uid)
    await station.until(({ evses }) => evses[0]?.transaction === undefined)
    station.unplug(1)
    await station.until(({ outbox, isConnected }) => isConnected && outbox.length === 0, 90_000)
    await until(async () => (await sessionsOf(station.id)).every(({ state }) => state === 'ended'))
    const sessions = await sessionsOf(station.id)
    expect(sessions).toHaveLength(1)
    expect(new Set(oracle.transactions().map(({ transactionId }) => transactionId)).size).toBe(1)
    const records = await network.rest.get<List<{ revision: number }>>(
      `/v1/session-records?sessionId=${sessions[0]?.id}`,
    )
    expect(records.items.map(({ revision }) => revision)).toEqual([1])
    await station.stop()
  },
  300_000,
)
