import { useTranslation } from 'react-i18next'
import type { OcpiTariff } from '../../api-types.ts'
import { moneyOfDecimal } from '../../parts/quantities.ts'
import { dimensions } from './tariff-form.ts'

/** A tariff's prices in a line: `€0.34 per kWh, €2.00 per hour parked`. */
export function PriceSummary({ tariff }: { readonly tariff: OcpiTariff }) {
  const { t } = useTranslation()
  const parts = tariff.elements.flatMap(({ price_components }) => price_components)
  const texts = dimensions.flatMap((type) => {
    const part = parts.find((one) => one.type === type)
    return part === undefined
      ? []
      : [t(`portal.tariffs.summary.${type}`, { price: moneyOfDecimal(String(part.price), tariff.currency) })]
  })
  const tax = t(tariff.tax_included === 'YES' ? 'portal.price.with-tax' : 'portal.price.before-tax')
  return (
    <span>
      {texts.join(', ')} <span className="dim">{tax}</span>
    </span>
  )
}
