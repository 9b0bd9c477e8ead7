import { secondsBetween } from '../../../../../../units/index.ts'
import type { ComponentKind } from '../component.ts'

/** Per hour in which the car is connected and asks for nothing. */
export const parkingTime: ComponentKind = {
  dimension: 'PARKING_TIME',
  unit: 's',
  unitsPerPrice: 3600n,
  per: 'h',
  stepGroup: 'time',
  volumePerSession: 0,
  volumeOf: (period) => (period.state === 'parking' ? secondsBetween(period.from, period.to) : 0),
}
