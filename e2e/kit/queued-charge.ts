import type { MadeStation, Network } from './network.ts'
import { bootOf, openStation } from './station-socket.ts'
import { found } from './until.ts'

export interface QueuedCharge {
  readonly card: string
  /** When it began. */
  readonly minutesAgo: number
  /** Ten minutes apart: that of the start, those of meter values, that of the stop. */
  readonly registers: readonly number[]
}

/** A whole charge that a station of 1.6 tells from its queue; returns once the session has ended. */
export async function tellQueuedCharge(network: Network, station: MadeStation, told: QueuedCharge): Promise<void> {
  const { card, minutesAgo, registers } = told
  const { identity, password } = station
  const begin = Temporal.Now.instant().subtract({ minutes: minutesAgo })
  const at = (index: number): string => begin.add({ minutes: index * 10 }).toString({ smallestUnit: 'second' })
  const socket = await openStation({ url: `${network.stationsUrl}/${identity}`, user: identity, password })
  await socket.call(...bootOf('ocpp1.6'))
  const start = { connectorId: 1, idTag: card, meterStart: registers[0], timestamp: at(0) }
  const { transactionId } = (await socket.call('StartTransaction', start))[2] as { transactionId: number }
  const last = registers.length - 1
  for (const [index, value] of registers.entries()) {
    if (index === 0 || index === last) continue
    const meterValue = [{ timestamp: at(index), sampledValue: [{ value: String(value) }] }]
    await socket.call('MeterValues', { connectorId: 1, transactionId, meterValue })
  }
  await socket.call('StopTransaction', { transactionId, meterStop: registers[last], timestamp: at(last), idTag: card })
  await found(async () => {
    const { items } = await network.rest.get<{ items: { state: string }[] }>(`/v1/sessions?stationId=${station.id}`)
    return items.every(({ state }) => state === 'ended') ? true : undefined
  })
  await socket.close()
}
