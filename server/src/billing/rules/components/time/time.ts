import { secondsBetween } from '../../../../../../units/index.ts'
import type { ComponentKind } from '../component.ts'

/** Per hour of charging. */
export const time: ComponentKind = {
  dimension: 'TIME',
  unit: 's',
  unitsPerPrice: 3600n,
  per: 'h',
  stepGroup: 'time',
  volumePerSession: 0,
  volumeOf: (period) => (period.state === 'charging' ? secondsBetween(period.from, period.to) : 0),
}
