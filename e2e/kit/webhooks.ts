import type { TestTarget } from '../../server/src/events/webhooks/testing-target.ts'
import { addCard, addStation, addTariff, type Network } from './network.ts'
import type { Server } from './server.ts'
import { bootOf, openStation, type StationSocket } from './station-socket.ts'

/** Opens the way to targets on this machine for a network, as the platform's administrator. */
export async function allowTargets(server: Server, network: Network, ports: readonly number[]): Promise<void> {
  await server.platform.patch(`/v1/tenants/${network.id}/outbound-targets`, {
    allowed: ports.map((port) => ({ address: '127.0.0.1', port, plain: true })),
  })
}

export async function addWebhook(
  network: Network,
  target: Pick<TestTarget, 'url'>,
  types: readonly string[] = ['session-record.created'],
): Promise<{ id: string; secret: string }> {
  return network.rest.post('/v1/webhooks', { name: 'Billing', url: target.url, types })
}

export interface ChargingStation {
  readonly password: string
  readonly id: string
}

export const card = '04A1B2C3D4E5F6'
const identity = 'CHARGES-1'

/** A tariff, a card, and a station to charge at. */
export async function addChargingStation(network: Network): Promise<ChargingStation> {
  await addTariff(network)
  await addCard(network, card)
  return addStation(network, { identity })
}

export async function connectStation(network: Network, station: ChargingStation): Promise<StationSocket> {
  const socket = await openStation({
    url: `${network.stationsUrl}/${identity}`,
    user: identity,
    password: station.password,
  })
  await socket.call(...bootOf('ocpp1.6'))
  return socket
}

/** What a station tells after a week away: charges of a quarter of an hour, one after the other, at their true times. */
let told = Temporal.Now.instant().subtract({ hours: 7 * 24 })

/** A whole charge from the station's queue; resolves when its end was acknowledged. */
export async function charge(socket: StationSocket): Promise<void> {
  const [from, to] = [told, told.add({ minutes: 15 })]
  told = told.add({ minutes: 20 })
  const stamp = (at: Temporal.Instant): string => at.toString({ smallestUnit: 'millisecond' })
  const begun = { connectorId: 1, idTag: card, meterStart: 1_000, timestamp: stamp(from) }
  const { transactionId } = (await socket.call('StartTransaction', begun))[2] as { transactionId: number }
  await socket.call('StopTransaction', { transactionId, meterStop: 3_000, timestamp: stamp(to), idTag: card })
}
