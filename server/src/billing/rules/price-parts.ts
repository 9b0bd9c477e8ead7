import { componentKinds } from './components/index.ts'
import { pickComponent } from './measure.ts'
import { textFromPercent } from './price.ts'
import { type Dimension, dimensions, type Tariff } from './tariff.ts'

/** One price of a tariff as a driver is told it, before charging. */
export interface PricePartJson {
  readonly dimension: Dimension
  readonly unitPriceMicros: string
  readonly taxPercent: string | null
  readonly taxIncluded: boolean
  readonly per: 'kWh' | 'h' | 'session'
}

/** The prices that hold, in the order in which lines stand in a price; a dimension without one is free. */
export function priceParts(tariff: Tariff): readonly PricePartJson[] {
  return dimensions.flatMap((dimension) => {
    const component = pickComponent(tariff, dimension)?.component
    if (component === undefined) return []
    return [
      {
        dimension,
        unitPriceMicros: component.priceMicros.toString(),
        taxPercent: textFromPercent(component.taxPercentMicros),
        taxIncluded: tariff.taxIncluded,
        per: componentKinds[dimension].per,
      },
    ]
  })
}
