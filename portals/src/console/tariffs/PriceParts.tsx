import { useTranslation } from 'react-i18next'
import { Choice, Field, Segments } from '../../parts/Field.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { dimensions, type PartForm, type TariffForm } from './tariff-form.ts'

/** The price parts of a tariff, each with its price, its VAT and what it is counted in. */
export function PriceParts(props: {
  readonly form: TariffForm
  readonly onChange: (form: TariffForm) => void
  readonly isReadOnly: boolean
}) {
  const { t } = useTranslation()
  const { form, onChange, isReadOnly } = props
  const change = (index: number, part: Partial<PartForm>) =>
    onChange({ ...form, parts: form.parts.map((one, at) => (at === index ? { ...one, ...part } : one)) })
  const unused = dimensions.filter((type) => !form.parts.some((part) => part.type === type))
  return (
    <fieldset className="plain" disabled={isReadOnly}>
      <legend className="sr">{t('portal.tariffs.prices')}</legend>
      <div className="pb">
        <Segments
          label={t('portal.tariffs.typed')}
          value={form.taxIncluded ? 'with' : 'without'}
          onText={(value) => onChange({ ...form, taxIncluded: value === 'with' })}
          options={[
            { value: 'with', text: t('portal.price.with-tax') },
            { value: 'without', text: t('portal.price.before-tax') },
          ]}
        />
      </div>
      <ul className="list-plain sep">
        {form.parts.map((part, index) => (
          // A part has no name of its own; rows are added and taken off at their place.
          <li key={index} className="part">
            <PartFields part={part} currency={form.currency} onChange={(changed) => change(index, changed)} />
            <button
              type="button"
              className="btn quiet icon"
              aria-label={t('portal.tariffs.take-off', { part: t(`portal.dimension.${part.type}`) })}
              disabled={form.parts.length === 1}
              onClick={() => onChange({ ...form, parts: form.parts.filter((_, at) => at !== index) })}
            >
              <Icon name="cross" />
            </button>
          </li>
        ))}
      </ul>
      {unused.length > 0 && !isReadOnly && (
        <div className="pb row wrap sep">
          {unused.map((type) => (
            <button
              type="button"
              key={type}
              className="btn sm"
              onClick={() => onChange({ ...form, parts: [...form.parts, newPart(type, form)] })}
            >
              <Icon name="plus" />
              {t(`portal.dimension.${type}`)}
            </button>
          ))}
        </div>
      )}
    </fieldset>
  )
}

function PartFields(props: {
  readonly part: PartForm
  readonly currency: string
  readonly onChange: (changed: Partial<PartForm>) => void
}) {
  const { t } = useTranslation()
  const { part, onChange } = props
  return (
    <>
      <Choice
        label={t('portal.tariffs.part')}
        value={part.type}
        onText={(type) => onChange({ type: type as PartForm['type'] })}
        options={dimensions.map((value) => ({ value, text: t(`portal.dimension.${value}`) }))}
      />
      <Field
        label={t('portal.tariffs.price')}
        unit={`${props.currency} / ${t(`portal.tariffs.unit.${part.type}`)}`}
        inputMode="decimal"
        value={part.price}
        onText={(price) => onChange({ price })}
      />
      <Field
        label={t('portal.price.tax')}
        unit="%"
        inputMode="decimal"
        value={part.vat}
        onText={(vat) => onChange({ vat })}
      />
      {part.type === 'FLAT' ? (
        <span />
      ) : (
        <Field
          label={t('portal.tariffs.step')}
          unit={part.type === 'ENERGY' ? 'Wh' : 's'}
          inputMode="numeric"
          value={part.step}
          onText={(step) => onChange({ step })}
        />
      )}
    </>
  )
}

/** A further part takes the tax of the first: they rarely differ. */
function newPart(type: PartForm['type'], form: TariffForm): PartForm {
  return { element: 0, type, price: '', vat: form.parts[0]?.vat ?? '', step: type === 'ENERGY' ? '1' : '60' }
}
