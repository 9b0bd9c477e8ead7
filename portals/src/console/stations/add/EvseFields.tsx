import { useTranslation } from 'react-i18next'
import { Choice, Field } from '../../../parts/Field.tsx'
import { useFocusInList } from '../../../parts/focus-in-list.ts'
import { Icon } from '../../../parts/Icon.tsx'
import { connectorTypes, type EvseForm } from './station-form.ts'

// A point or a comma. Anything else is shown as wrong, never dropped.
export const KILOWATTS = '\\s*\\d{1,4}([.,]\\d+)?\\s*'

export function EvseFields(props: {
  readonly evses: readonly EvseForm[]
  readonly onChange: (evses: readonly EvseForm[]) => void
}) {
  const { t } = useTranslation()
  const { evses, onChange } = props
  const { box, takeAway } = useFocusInList<HTMLFieldSetElement>()
  const change = (index: number, part: Partial<EvseForm>) =>
    onChange(evses.map((evse, at) => (at === index ? { ...evse, ...part } : evse)))
  return (
    <fieldset ref={box} className="plain col g2">
      <legend className="lab">{t('portal.stations.add.evses')}</legend>
      <p className="hint">{t('portal.stations.add.evses-hint')}</p>
      {evses.map((evse, index) => (
        // EVSEs are their numbers, so the place in the list is the key.
        <div key={index} className="evse-row">
          <Choice
            label={t('portal.stations.add.connector', { id: index + 1 })}
            value={evse.type}
            onText={(type) => change(index, { type })}
            options={connectorTypes.map((value) => ({ value, text: t(`portal.connector.${value}`) }))}
          />
          <Field
            label={t('portal.stations.add.power')}
            unit="kW"
            inputMode="decimal"
            pattern={KILOWATTS}
            title={t('portal.stations.add.power-hint')}
            value={evse.kilowatts}
            onText={(kilowatts) => change(index, { kilowatts })}
          />
          {evses.length > 1 && (
            <button
              type="button"
              className="btn quiet icon"
              aria-label={t('portal.stations.add.evse-remove', { id: index + 1 })}
              onClick={() => takeAway(index, () => onChange(evses.filter((_, at) => at !== index)))}
            >
              <Icon name="cross" />
            </button>
          )}
        </div>
      ))}
      <div>
        <button
          type="button"
          className="btn sm"
          onClick={() => onChange([...evses, evses[evses.length - 1] ?? { type: 'IEC_62196_T2', kilowatts: '22' }])}
        >
          <Icon name="plus" />
          {t('portal.stations.add.evse-add')}
        </button>
      </div>
    </fieldset>
  )
}
