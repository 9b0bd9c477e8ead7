export interface RegisterAt {
  readonly at: number
  readonly wh: number
}

export interface RegisterLines {
  readonly from: number
  readonly to: number
  readonly firstWh: number
  readonly lastWh: number
  /** SVG paths. */
  readonly told: string
  readonly proposed: string
  readonly marked: readonly { readonly x: number; readonly y: number }[]
}

const MARGIN = 10

/** Registers as lines in a box: time to the right, energy upwards. Undefined when there is nothing to draw. */
export function registerLines(
  told: readonly (RegisterAt & { readonly isMarked: boolean })[],
  proposed: readonly RegisterAt[],
  { width, height }: { readonly width: number; readonly height: number },
): RegisterLines | undefined {
  const sorted = [...told].sort((one, other) => one.at - other.at)
  const [first] = sorted
  const last = sorted[sorted.length - 1]
  if (first === undefined || last === undefined || sorted.length < 2) return undefined
  const all: readonly RegisterAt[] = [...sorted, ...proposed]
  const [from, to] = rangeOf(all.map(({ at }) => at))
  const [low, high] = rangeOf(all.map(({ wh }) => wh))
  const x = (at: number): number => scaled(at, from, to, width)
  const y = (wh: number): number => height - scaled(wh, low, high, height)
  const path = (points: readonly RegisterAt[]): string =>
    points.map(({ at, wh }, index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(wh)}`).join('')
  return {
    from,
    to,
    firstWh: first.wh,
    lastWh: last.wh,
    told: path(sorted),
    proposed: path(proposed),
    marked: sorted.filter(({ isMarked }) => isMarked).map(({ at, wh }) => ({ x: x(at), y: y(wh) })),
  }
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)]
}

function scaled(value: number, low: number, high: number, size: number): number {
  const share = high === low ? 0.5 : (value - low) / (high - low)
  return Math.round((MARGIN + share * (size - 2 * MARGIN)) * 10) / 10
}
