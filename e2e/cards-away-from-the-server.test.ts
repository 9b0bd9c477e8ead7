import { afterAll, beforeAll, expect, it } from 'vitest'
import type { StationEvent } from '../simulator/index.ts'
import { startStation } from '../simulator/testing.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, addTariff, makeNetwork, type Network } from './kit/network.ts'
import { openProxy } from './kit/proxy.ts'
import type { List } from './kit/rest.ts'
import { found, until } from './kit/until.ts'

/** Cards while the server cannot be reached, by local list and cache; and a card that is blocked, everywhere (CARD-VALID). */

const good = '04AA00BB11C001'
const bad = '04AA00BB11C002'
let borrowed: Borrowed
let network: Network
const cards: Record<string, string> = {}

beforeAll(async () => {
  borrowed = await startBorrowed()
  network = await makeNetwork(borrowed.server, 'lists')
  await addTariff(network)
})
afterAll(() => borrowed?.close())

interface LocalList {
  readonly state: string
  readonly versionThere?: number
  readonly entriesThere: number
}
interface Card {
  readonly blockedReach?: { readonly stations: number; readonly answered: number; readonly failed: number }
}

async function cardsOf(version: string): Promise<void> {
  for (const uid of [good, bad]) cards[uid] = await addCard(network, `${uid}${version.replaceAll(/\D/g, '')}`)
}

it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)(
  'a card on the list starts while the server is away, a blocked one starts nowhere (%s)',
  async (protocol) => {
    const digits = protocol.replaceAll(/\D/g, '')
    const [goodUid, badUid] = [`${good}${digits}`, `${bad}${digits}`]
    await cardsOf(protocol)
    await network.rest.patch(`/v1/id-tokens/${cards[bad]}`, { status: 'blocked' })
    const made = await addStation(network, { identity: `AWAY-${digits}` })
    await network.rest.patch(`/v1/stations/${made.id}/local-list`, { mode: 'all' })
    const listNow = () => network.rest.get<LocalList>(`/v1/stations/${made.id}/local-list`)

    const proxy = await openProxy({ port: borrowed.server.options.port })
    const refused: string[] = []
    const station = await startStation(
      {
        url: `ws://127.0.0.1:${proxy.port}/ocpp/lists`,
        identity: made.identity,
        password: made.password,
        protocol,
        // Whoever is not known starts offline: only the list can say no.
        settings: { unknownOffline: 'true', localPreAuthorize: 'true' },
      },
      {
        timeoutMs: 2_000,
        onEvent: (_: string, event: StationEvent) => {
          if (event.kind === 'token-refused') refused.push(event.uid)
        },
      },
    )
    const away = async (): Promise<void> => {
      proxy.set({ cutAfterBytes: 0 })
      proxy.cutAll()
      await station.until(({ isConnected }) => !isConnected)
    }
    const back = async (): Promise<void> => {
      proxy.set({ cutAfterBytes: Number.POSITIVE_INFINITY })
      await station.until(({ isConnected, outbox }) => isConnected && outbox.length === 0, 90_000)
    }

    await station.until(({ localList }) => Object.hasOwn(localList.entries, badUid.toLowerCase()))
    const list = await found(async () => {
      const now = await listNow()
      return now.state === 'in-step' ? now : undefined
    })
    await station.until(({ localList }) => localList.version === list.versionThere)

    await away()
    station.plug(1)
    station.presentCard(1, badUid)
    await until(() => refused.includes(badUid))
    station.presentCard(1, goodUid)
    await station.until(({ evses }) => evses[0]?.transaction !== undefined)
    await back()
    const session = await found(
      async () =>
        (
          await network.rest.get<List<{ id: string; startedBy: { last4?: string } }>>(
            `/v1/sessions?stationId=${made.id}`,
          )
        ).items[0],
    )
    expect(session.startedBy.last4).toBe(goodUid.slice(-4))
    station.presentCard(1, goodUid)
    await station.until(({ evses, outbox }) => evses[0]?.transaction === undefined && outbox.length === 0)

    // Blocked: within a minute neither list nor cache lets it start.
    await network.rest.patch(`/v1/id-tokens/${cards[good]}`, { status: 'blocked' })
    await station.until(
      ({ localList, cache }) =>
        localList.entries[goodUid.toLowerCase()]?.status === 'Blocked' &&
        cache[goodUid.toLowerCase()]?.status !== 'Accepted',
      60_000,
    )
    const { blockedReach } = await found(async () => {
      const card = await network.rest.get<Card>(`/v1/id-tokens/${cards[good]}`)
      return card.blockedReach?.answered === 1 ? card : undefined
    })
    expect(blockedReach).toMatchObject({ stations: 1, failed: 0 })
    await away()
    station.presentCard(1, goodUid)
    await until(() => refused.includes(goodUid))
    await station.stop()
    await proxy.close()
    await network.rest.remove(`/v1/stations/${made.id}`)
  },
  300_000,
)
