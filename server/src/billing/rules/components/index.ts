import type { Dimension } from '../tariff.ts'
import type { ComponentKind } from './component.ts'
import { energy } from './energy/energy.ts'
import { flat } from './flat/flat.ts'
import { parkingTime } from './parking-time/parking-time.ts'
import { time } from './time/time.ts'

export type { ComponentKind } from './component.ts'

/** Every kind of price component, in the order in which its lines stand in a price. */
export const componentKinds: Readonly<Record<Dimension, ComponentKind>> = {
  FLAT: flat,
  ENERGY: energy,
  TIME: time,
  PARKING_TIME: parkingTime,
}
