import { type Fleet, type FleetOptions, startFleet, type StationHandle } from './fleet.ts'
import type { StationSpec } from './new-station.ts'

/** Settings that make a station quick enough for a test in real time. */
export const quickSettings: NonNullable<StationSpec['settings']> = {
  sampleInterval: '1',
  retryInterval: '1',
  backOffMinimum: '0',
  backOffRandom: '1',
  pingInterval: '0',
}

export interface TestStation extends StationHandle {
  readonly fleet: Fleet
  stop(): Promise<void>
}

/**
 * One station for a test, quick and with a seed of its own. Returns once the central system has accepted it, unless
 * `whenAccepted` is false. The test stops it.
 */
export async function startStation(
  spec: StationSpec & { readonly url: string },
  options: Omit<Partial<FleetOptions>, 'url' | 'stations'> & { readonly whenAccepted?: boolean } = {},
): Promise<TestStation> {
  const { whenAccepted = true, ...more } = options
  const settings = { ...quickSettings, ...spec.settings }
  const fleet = startFleet({ ...more, url: spec.url, stations: [{ ...spec, settings }] })
  const station = { ...fleet.station(spec.identity), fleet, stop: () => fleet.stop() }
  if (!whenAccepted) return station
  try {
    await station.until((state) => state.isConnected && state.registration === 'Accepted')
  } catch (error) {
    await fleet.stop()
    throw error
  }
  return station
}

/** A whole session by card: cable, card, so many Wh, card, cable out. Returns when everything about it is delivered. */
export async function chargeOnce(
  station: StationHandle,
  {
    evse = 1,
    uid,
    energyWh = 5,
    timeoutMs = 60_000,
  }: { evse?: number; uid: string; energyWh?: number; timeoutMs?: number },
): Promise<void> {
  const at = evse - 1
  station.plug(evse)
  station.presentCard(evse, uid)
  await station.until((state) => {
    const { transaction, registerWh } = state.evses[at] ?? {}
    return transaction !== undefined && (registerWh ?? 0) - transaction.meterStartWh >= energyWh
  }, timeoutMs)
  station.presentCard(evse, uid)
  await station.until((state) => state.evses[at]?.transaction === undefined, timeoutMs)
  station.unplug(evse)
  await station.until((state) => state.outbox.length === 0, timeoutMs)
}
