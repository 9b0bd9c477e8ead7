export {
  actionFor,
  type CheckAction,
  checkActions,
  checkNames,
  type ChosenActions,
  type Finding,
  type UsageCheck,
  usageChecks,
} from './checks.ts'
export { type Correction, correctedMachine, registersOfSeries } from './correct-record.ts'
export { type Judgement, judgeUsage, type Proposal } from './judge-usage.ts'
export { believedWh, type ConnectorPower, mostPower } from './plausible.ts'
export type { Neighbour, SeriesPoint, UsageInput, UsageInterval, UsageReading } from './usage-input.ts'
