import { describe, expect, it } from 'vitest'
import { decimalFromMoney } from '../../../../units/index.ts'
import { componentKinds } from './components/index.ts'
import { roundLines } from './round-lines.ts'

/** Lines of one dimension: watt-hours, price in millionths, percent of tax. */
function rounded(taxIncluded: boolean, ...lines: readonly (readonly [wh: number, micros: bigint, percent: bigint])[]) {
  const measured = lines.map(([wh, priceMicros, percent], element) => ({
    kind: componentKinds.ENERGY,
    element,
    component: { dimension: 'ENERGY' as const, priceMicros, taxPercentMicros: percent * 1_000_000n, stepSize: 1 },
    measured: wh,
    billed: wh,
  }))
  return roundLines({ currency: 'EUR', taxIncluded }, measured).map(
    ({ exclTax, inclTax }) => `${decimalFromMoney(exclTax)} / ${decimalFromMoney(inclTax)}`,
  )
}

describe('several lines of one dimension (reference/ocpi-tariffs.md, section 6)', () => {
  it('add up to the sum that was rounded once: the last takes the remainder', () => {
    expect(rounded(false, [1_000, 335_000n, 0n], [1_000, 335_000n, 0n])).toEqual(['0.34 / 0.34', '0.33 / 0.33'])
    expect(rounded(false, [1_000, 104_000n, 0n], [1_000, 104_000n, 0n], [1_000, 104_000n, 0n])).toEqual([
      '0.10 / 0.10',
      '0.10 / 0.10',
      '0.11 / 0.11',
    ])
  })

  it('have each its own tax, with prices that contain it too', () => {
    expect(rounded(false, [1_000, 1_000_000n, 10n], [1_000, 1_000_000n, 24n])).toEqual(['1.00 / 1.10', '1.00 / 1.24'])
    // 1.00/1.10 and 1.00/1.24 are 1.7155 together.
    expect(rounded(true, [1_000, 1_000_000n, 10n], [1_000, 1_000_000n, 24n])).toEqual(['0.91 / 1.00', '0.81 / 1.00'])
  })

  it('are none where nothing was measured', () => {
    expect(rounded(false)).toEqual([])
  })
})
