import { useTranslation } from 'react-i18next'
import type { PriceLine, Totals } from '../api-types.ts'
import { Money } from './Figures.tsx'
import { durationText, energyText, numberText, percentText, priceText } from './quantities.ts'
import { taxIsAdded } from './with-tax.ts'

/** Each price line, quantity × price with its VAT, then the total and what is tax in it. */
export function PriceLines({ lines, totals }: { readonly lines: readonly PriceLine[]; readonly totals: Totals }) {
  const { t } = useTranslation()
  const isAdded = taxIsAdded(lines)
  const taxWord = isAdded === undefined ? 'portal.price.tax-of' : `portal.price.${isAdded ? 'tax-added' : 'tax-within'}`
  return (
    <table className="tbl tight">
      <thead>
        <tr>
          <th scope="col">{t('portal.price.what')}</th>
          <th scope="col" className="num">
            {t('portal.price.amount')}
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <Line key={`${line.dimension} ${line.element} ${line.unitPriceMicros}`} line={line} taxWord={taxWord} />
        ))}
        <tr className="sum">
          <td>{t('portal.price.total')}</td>
          <td className="num">
            <Money money={totals.inclTax} />
          </td>
        </tr>
        <tr>
          <td className="mid">{t('portal.price.without-tax')}</td>
          <td className="num mid">
            <Money money={totals.exclTax} />
          </td>
        </tr>
        <tr>
          <td className="mid">{t('portal.price.tax')}</td>
          <td className="num mid">
            <Money money={totals.tax} />
          </td>
        </tr>
      </tbody>
    </table>
  )
}

function Line({ line, taxWord }: { readonly line: PriceLine; readonly taxWord: string }) {
  const { t } = useTranslation()
  const currency = line.inclTax.currency
  return (
    <tr>
      <td>
        <span className="m">{t(`portal.dimension.${line.dimension}`)}</span>
        <span className="block mid">
          {t('portal.price.line', {
            quantity: quantityText(line, line.billed),
            price: priceText(line.unitPriceMicros, currency),
          })}
        </span>
        <span className="block t12 dim">
          {line.taxPercent === null ? t('portal.price.no-tax') : t(taxWord, { percent: percentText(line.taxPercent) })}
          {line.billed !== line.measured &&
            `, ${t('portal.price.measured', { quantity: quantityText(line, line.measured) })}`}
        </span>
      </td>
      <td className="num">
        <Money money={line.inclTax} />
      </td>
    </tr>
  )
}

function quantityText(line: PriceLine, quantity: number): string {
  if (line.unit === 'Wh') return energyText(quantity)
  return line.unit === 's' ? durationText(quantity) : numberText(quantity)
}
