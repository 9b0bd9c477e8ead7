import { type ComponentKind, componentKinds } from './components/index.ts'
import {
  type ChargingPeriod,
  type Dimension,
  dimensions,
  type PriceComponent,
  type Tariff,
  type Volume,
} from './tariff.ts'

/** What is charged at which price, before any amount is made of it. */
export interface MeasuredLine {
  readonly kind: ComponentKind
  readonly element: number
  readonly component: PriceComponent
  readonly measured: Volume
  readonly billed: Volume
}

/** One line for every dimension that has a price and a volume; step sizes applied. Other dimensions are free. */
export function measuredLines(tariff: Tariff, periods: readonly ChargingPeriod[]): readonly MeasuredLine[] {
  const lines = dimensions
    .map((dimension) => measure(tariff, dimension, periods))
    .filter((line) => line !== undefined)
    .filter((line) => line.measured > 0)
  return lines.map((line) =>
    takesTheStep(line, lines, periods) ? { ...line, billed: roundedUp(line.measured, line.component.stepSize) } : line,
  )
}

function measure(tariff: Tariff, dimension: Dimension, periods: readonly ChargingPeriod[]): MeasuredLine | undefined {
  const picked = pickComponent(tariff, dimension)
  if (picked === undefined) return undefined
  const kind = componentKinds[dimension]
  const measured = periods.reduce((sum, period) => sum + kind.volumeOf(period), kind.volumePerSession)
  return { kind, ...picked, measured, billed: measured }
}

/** The first element that has the dimension gives its price; later ones are never added (OCPI 2.2.1, tariff elements). */
export function pickComponent(
  tariff: Tariff,
  dimension: Dimension,
): { element: number; component: PriceComponent } | undefined {
  for (const [element, { priceComponents }] of tariff.elements.entries()) {
    const component = priceComponents.find((candidate) => candidate.dimension === dimension)
    if (component !== undefined) return { element, component }
  }
  return undefined
}

/**
 * Rounded up is once energy, and once the time of charging and parking together: the line that was counted last of its
 * group (OCPI 2.2.1, step_size). A period shorter than the unit counts nothing and is no last one.
 */
function takesTheStep(line: MeasuredLine, lines: readonly MeasuredLine[], periods: readonly ChargingPeriod[]): boolean {
  if (line.kind.stepGroup === 'none') return false
  const group = lines.filter((other) => other.kind.stepGroup === line.kind.stepGroup)
  const last = periods.findLast((period) => group.some((other) => other.kind.volumeOf(period) > 0))
  return last !== undefined && line.kind.volumeOf(last) > 0
}

function roundedUp(volume: Volume, stepSize: number): Volume {
  // No meter counts so far that a step could matter: whole numbers stay whole.
  return Math.max(volume, Math.min(Math.ceil(volume / stepSize) * stepSize, Number.MAX_SAFE_INTEGER))
}
