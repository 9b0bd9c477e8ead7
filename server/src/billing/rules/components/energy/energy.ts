import type { ComponentKind } from '../component.ts'

/** Per kWh, whatever the car was doing meanwhile. */
export const energy: ComponentKind = {
  dimension: 'ENERGY',
  unit: 'Wh',
  unitsPerPrice: 1000n,
  per: 'kWh',
  stepGroup: 'energy',
  volumePerSession: 0,
  volumeOf: (period) => period.energyWh,
}
