import { randomUUID } from 'node:crypto'
import { addCard, addStation, addTariff, makeNetwork, type Network } from './network.ts'
import type { List } from './rest.ts'
import type { Server } from './server.ts'
import { bootOf, type Frame, knock, openStation, type StationSocket } from './station-socket.ts'
import { found } from './until.ts'

/** One thing of every kind that a route can name, of one tenant. */
export interface Ids {
  readonly tenant: string
  readonly site: string
  readonly station: string
  readonly number: string
  readonly card: string
  readonly tariff: string
  readonly session: string
  readonly openSession: string
  readonly usageError: string
  readonly command: string
  readonly alert: string
  readonly refused: string
  readonly refusedMessage: string
  readonly key: string
  readonly staff: string
  readonly webhook: string
  readonly delivery: string
  /** Each of these is used up by one route. */
  readonly spareSite: string
  readonly spareStation: string
  readonly spareCard: string
  readonly spareKey: string
  readonly spareTariff: string
  readonly spareWebhook: string
}

export interface World {
  readonly network: Network
  readonly ids: Ids
  /** What must never stand in an answer to another tenant. */
  readonly marks: readonly string[]
  /** A station that stays connected. */
  readonly socket: StationSocket
}

/** Ids in the right form that belong to nobody. */
export function unknownIds(): Ids {
  const names = [
    'tenant',
    'site',
    'station',
    'card',
    'tariff',
    'session',
    'openSession',
    'usageError',
    'command',
    'alert',
    'refused',
    'refusedMessage',
    'key',
    'staff',
    'webhook',
    'delivery',
    'spareSite',
    'spareStation',
    'spareTariff',
    'spareCard',
    'spareKey',
    'spareWebhook',
  ]
  return { ...Object.fromEntries(names.map((name) => [name, randomUUID()])), number: '00000' } as unknown as Ids
}

export const equalUid = '04EEEEEEEEEE01'
const identity = 'EQUAL-1'

/** A tenant whose things are named exactly as those of any other world: only what we number differs. */
export async function makeWorld(server: Server, slug: string): Promise<World> {
  const network = await makeNetwork(server, slug)
  const { rest } = network
  const idOf = async (path: string, body: unknown): Promise<string> => (await rest.post<{ id: string }>(path, body)).id
  const site = await idOf('/v1/sites', { name: 'Market square', address: 'Market square 1' })
  const tariff = await addTariff(network)
  const card = await addCard(network, equalUid)
  const station = await addStation(network, { identity, evses: 2, more: { siteId: site, name: 'By the door' } })
  const person = { name: 'Aino', mail: 'aino@both.example', role: 'operator' }
  const socket = await openStation({
    url: `${network.stationsUrl}/${identity}`,
    user: identity,
    password: station.password,
  })
  answerAll(socket)
  await socket.call(...bootOf('ocpp1.6', { chargePointSerialNumber: 'SAME-SERIAL' }))
  const sessions = await makeSessions(network, socket, station.id)
  const command = await endedCommand(
    network,
    await idOf(`/v1/stations/${station.id}/commands`, { kind: 'clear-cache' }),
  )
  const ids: Ids = {
    tenant: network.id,
    site,
    station: station.id,
    number: station.number,
    card,
    tariff,
    ...sessions,
    usageError: await heldOf(network, sessions.session),
    command,
    alert: await makeAlert(network, socket),
    refused: await makeRefused(network),
    refusedMessage: await refuseMessage(network, socket, station.id),
    key: await idOf('/v1/keys', { name: 'meter reader', role: 'viewer' }),
    staff: await idOf('/v1/staff', person),
    ...(await makeDelivery(network)),
    spareSite: await idOf('/v1/sites', { name: 'Nowhere' }),
    spareStation: (await addStation(network, { identity: 'SPARE-1' })).id,
    spareCard: await addCard(network, '04EEEEEEEEEE02'),
    spareTariff: await addTariff(network, 'Spare', false),
    spareKey: await idOf('/v1/keys', { name: 'spare', role: 'viewer' }),
    spareWebhook: await idOf('/v1/webhooks', webhook('paused')),
  }
  const { number, ...secret } = ids
  return { network, ids, socket, marks: [...Object.values(secret), `"${number}"`, slug, network.key] }
}

const now = (): string => Temporal.Now.instant().toString({ smallestUnit: 'second' })

async function makeSessions(
  network: Network,
  socket: StationSocket,
  stationId: string,
): Promise<{ session: string; openSession: string }> {
  const start = async (connectorId: number): Promise<number> => {
    const begun = { connectorId, idTag: equalUid, meterStart: 1000, timestamp: now() }
    return ((await socket.call('StartTransaction', begun))[2] as { transactionId: number }).transactionId
  }
  const transactionId = await start(1)
  await socket.call('StopTransaction', { transactionId, meterStop: 61_000, timestamp: now(), idTag: equalUid })
  await start(2)
  const session = (state: string): Promise<string> =>
    found(async () => {
      const { items } = await network.rest.get<List<{ id: string; state: string }>>(
        `/v1/sessions?stationId=${stationId}`,
      )
      return items.find((one) => one.state === state)?.id
    })
  return { session: await session('ended'), openSession: await session('delivering') }
}

/** Whatever is asked of it is done: what stays open would change by itself when patience with it ends. */
function answerAll({ socket, raw }: StationSocket): void {
  socket.on('message', (data) => {
    const [type, id] = JSON.parse((data as Buffer).toString()) as Frame
    if (type === 2) raw(JSON.stringify([3, id, { status: 'Accepted' }]))
  })
}

async function endedCommand({ rest }: Network, id: string): Promise<string> {
  return found(async () => {
    const { state } = await rest.get<{ state: string }>(`/v1/commands/${id}`)
    return state === 'queued' || state === 'sent' ? undefined : id
  })
}

/** Sixty kilowatt hours within a second, which no connector gives: the record waits. */
async function heldOf({ rest }: Network, sessionId: string): Promise<string> {
  return found(
    async () => (await rest.get<List<{ id: string }>>(`/v1/usage-errors?sessionId=${sessionId}`)).items[0]?.id,
  )
}

/** A transaction that nobody has begun. */
async function makeAlert({ rest }: Network, socket: StationSocket): Promise<string> {
  await socket.call('StopTransaction', { transactionId: 987_654, meterStop: 5, timestamp: now() })
  return found(async () => (await rest.get<List<{ id: string }>>('/v1/alerts')).items[0]?.id)
}

/** A name that leads nowhere: nothing is ever sent. */
const webhook = (state: 'active' | 'paused'): unknown => ({
  name: 'Billing',
  url: 'https://billing.invalid/events',
  state,
})

async function makeDelivery({ rest }: Network): Promise<{ webhook: string; delivery: string }> {
  const { id } = await rest.post<{ id: string }>('/v1/webhooks', webhook('active'))
  return { webhook: id, delivery: (await rest.post<{ id: string }>(`/v1/webhooks/${id}/test`)).id }
}

async function makeRefused({ rest, stationsUrl }: Network): Promise<string> {
  await knock({ url: `${stationsUrl}/STRANGER-1`, user: 'STRANGER-1', password: 'stranger-has-this-key-1' })
  return found(async () => (await rest.get<List<{ id: string }>>('/v1/refused-stations')).items[0]?.id)
}

async function refuseMessage({ rest }: Network, socket: StationSocket, stationId: string): Promise<string> {
  socket.raw('[2,"wrong","StatusNotification",{"connectorId":"one"}]')
  await socket.next(([type]) => type === 4)
  return found(
    async () => (await rest.get<List<{ id: string }>>(`/v1/stations/${stationId}/refused-messages`)).items[0]?.id,
  )
}
