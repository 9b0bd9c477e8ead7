export * from './model.ts'
export {
  type CommandBy,
  type CommandFailure,
  type HandedIn,
  type SettledCommand,
  type IsCurrent,
  type ShortStep,
  type ShortWay,
} from './handed-in.ts'
export { forgetRecorded } from './receive/store.ts'
export {
  type EvseSeen,
  evseSeen,
  evseSeens,
  type Seen,
  type SeenInput,
  type SeenWords,
} from './rules/seen.ts'
export { isStationNumber } from './rules/number.ts'
export { type Stations, type StationsDeps, wireStations } from './wire.ts'
export type { CommandQueue, SendOptions } from './commands/queue.ts'
export type { Gateway } from './gateway/gateway.ts'
export { connectionState } from './views.ts'
export { tokenLengthOf } from './protocols/index.ts'
export { vendorTextOf } from './vendors/index.ts'
export { countStationsByTariff, sitesExist } from './store-sites.ts'
export { stationsAt } from './store.ts'
export { watchLog } from './http-log.ts'
export { HEARTBEAT_SECONDS } from './receive/take-messages.ts'
