import { seedOf } from './chance.ts'
import type {
  Car,
  ChargingState,
  EvseSpec,
  EvseState,
  Faults,
  Ms,
  Reading,
  ReadingContext,
  StationState,
} from './state.ts'

/** Volts between a phase and neutral, and on the direct-current side. */
const acVolts = 230
const dcVolts = 400

/** The car speaks with the station before it draws energy. */
export const negotiationMs = 3000

const rampSeconds = { AC: 4, DC: 20 } as const
const dcTaperFromPercent = 80
const meterEpoch: Ms = Temporal.Instant.from('2026-10-01T00:00:00Z').epochMilliseconds

/**
 * What flows from an EVSE into a car, in W. AC: what the weaker of both can, constant but for a small noise, less in the
 * last percents. DC: up a ramp, along a plateau, and down from 80 % of the battery on.
 */
export function powerInto(car: Car, spec: EvseSpec, secondsOfEnergy: number): number {
  const phases = Math.min(spec.phases, car.phases)
  const limit =
    spec.current === 'AC'
      ? Math.min((spec.maxPowerW * phases) / spec.phases, (car.maxAcPowerW * phases) / car.phases)
      : Math.min(spec.maxPowerW, car.maxDcPowerW)
  const ramp = Math.min(1, Math.max(0.05, secondsOfEnergy / rampSeconds[spec.current]))
  return limit * ramp * taper(spec.current, car.socPercent) * noise(secondsOfEnergy)
}

function taper(current: EvseSpec['current'], socPercent: number): number {
  const from = current === 'DC' ? dcTaperFromPercent : 97
  if (socPercent <= from) return 1
  return Math.max(0.1, 1 - (0.9 * (socPercent - from)) / (100 - from))
}

/** Half a percent up and down, the same whenever the same moment is looked at. */
function noise(seconds: number): number {
  const step = Math.floor(seconds / 5)
  return 1 + 0.005 * Math.sin(step * 1.7) * Math.cos(step * 0.61)
}

function wantsEnergy(car: Car): boolean {
  return car.socPercent < car.wantsPercent - 1e-9
}

/**
 * The EVSE with its register counted up to `at`. Energy flows only in the state Charging; it is added up in steps of at
 * most 10 s, and never more than the car asks for.
 */
export function count(evse: EvseState, at: Ms): EvseState {
  const { transaction, car } = evse
  if (at <= evse.countedAt) return evse
  if (transaction?.chargingState !== 'Charging' || car === undefined) return { ...evse, powerW: 0, countedAt: at }
  const since = transaction.energyFrom ?? evse.countedAt
  let { registerWh, countedAt } = evse
  let battery = car
  let powerW = 0
  while (countedAt < at) {
    const next = Math.min(at, countedAt + 10_000)
    powerW = wantsEnergy(battery) ? powerInto(battery, evse.spec, ((countedAt + next) / 2 - since) / 1000) : 0
    const missingWh = ((battery.wantsPercent - battery.socPercent) / 100) * battery.batteryWh
    const energyWh = Math.min((powerW * (next - countedAt)) / 3_600_000, Math.max(0, missingWh))
    registerWh += energyWh
    battery = { ...battery, socPercent: Math.min(100, battery.socPercent + (energyWh / battery.batteryWh) * 100) }
    countedAt = next
  }
  return { ...evse, registerWh, powerW, countedAt, car: battery }
}

/** What a transaction's energy does now; whatever withholds it on the station's side comes before the car's wish. */
export function chargingStateOf(evse: EvseState, faults: Faults, at: Ms): ChargingState {
  const { transaction, car } = evse
  if (evse.connector === undefined || car === undefined) return 'Idle'
  if (transaction === undefined || transaction.stopped !== undefined || evse.authorised === undefined)
    return 'EVConnected'
  if (transaction.isWithheld || faults.connectorLock.includes(evse.spec.id)) return 'SuspendedEVSE'
  if (transaction.energyFrom === undefined || at < transaction.energyFrom) return 'EVConnected'
  return wantsEnergy(car) ? 'Charging' : 'SuspendedEV'
}

export function readMeter(
  evse: EvseState,
  about: { readonly at: Ms; readonly context: ReadingContext; readonly measurands: readonly string[] },
): Reading {
  const { spec, car, powerW } = evse
  const phases = spec.current === 'AC' ? Math.min(spec.phases, car?.phases ?? spec.phases) : 1
  const volts = spec.current === 'AC' ? acVolts : dcVolts
  return {
    ...about,
    registerWh: Math.floor(evse.registerWh),
    powerW: Math.round(powerW),
    currentsA: Array.from({ length: phases }, () => Math.round((powerW / phases / volts) * 10) / 10),
    volts,
    socPercent: spec.current === 'DC' && car !== undefined ? Math.round(car.socPercent * 10) / 10 : undefined,
  }
}

/**
 * Where a meter begins. It grows with the calendar faster than the station delivers, so that a station that is started
 * anew does not count backwards.
 */
export function firstRegister(identity: string, spec: EvseSpec, at: Ms): number {
  const hours = Math.max(0, at - meterEpoch) / 3_600_000
  return (Math.abs(seedOf(`${identity}/${spec.id}`)) % 900_000) + Math.floor(hours * spec.maxPowerW * 0.6)
}

/** The state a test or a page looks at: the energy of the transaction that runs. */
export function deliveredWh(state: StationState, evseId: number): number {
  const evse = state.evses.find(({ spec }) => spec.id === evseId)
  return evse?.transaction === undefined ? 0 : Math.floor(evse.registerWh) - evse.transaction.meterStartWh
}
