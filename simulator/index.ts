export { stationUrl } from './address.ts'
export { simulateCommand } from './command.ts'
export {
  type Fleet,
  type FleetOptions,
  type FleetTotals,
  startFleet,
  type StationHandle,
} from './fleet.ts'
export { folderMemory, type Memory } from './memory.ts'
export type { StationSpec } from './new-station.ts'
export { type AcknowledgedTransaction, type Acknowledgement, naturalKey, openOracle, type Oracle } from './oracle.ts'
export { type Scenario, scenarioSchema } from './scenario.ts'
export { scenarios } from './scenarios/index.ts'
export type { SettingKey } from './settings.ts'
export type { StationEvent } from './station-driver.ts'
export { type Car, type EvseSpec, type Faults, noFaults, type Protocol, protocols, type StationState } from './state.ts'
export { type MadeTime, madeTime, realTime, type Timeline } from './timeline.ts'
