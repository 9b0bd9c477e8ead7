import type { ComponentKind } from '../component.ts'

/** Once per session, from the first element that has it. */
export const flat: ComponentKind = {
  dimension: 'FLAT',
  unit: 'piece',
  unitsPerPrice: 1n,
  per: 'session',
  stepGroup: 'none',
  volumePerSession: 1,
  volumeOf: () => 0,
}
