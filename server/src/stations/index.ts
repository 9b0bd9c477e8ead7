export * from './model.ts'
export {
  type CommandBy,
  type CommandFailure,
  commandFailures,
  type HandedIn,
  type SettledCommand,
} from './handed-in.ts'
export {
  type EvseSeen,
  evseSeen,
  evseSeens,
  type Seen,
  type SeenInput,
  type SeenWords,
  worstSeen,
} from './rules/seen.ts'
export { isStationNumber } from './rules/number.ts'
