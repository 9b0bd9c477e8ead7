import { useTranslation } from 'react-i18next'
import { Choice, Field } from '../../parts/Field.tsx'
import { useFocusInList } from '../../parts/focus-in-list.ts'
import { Icon } from '../../parts/Icon.tsx'
import { KILOWATTS } from './add/EvseFields.tsx'
import { connectorTypes } from './add/station-form.ts'
import { type PlugForm, withOneMore } from './plug-form.ts'

type Plugs = readonly PlugForm[]

/** The connectors of a station that exists: what they are, one more, one less. EVSEs keep their numbers. */
export function PlugFields({ plugs, onChange }: { readonly plugs: Plugs; readonly onChange: (plugs: Plugs) => void }) {
  const { t } = useTranslation()
  const { box, takeAway } = useFocusInList<HTMLFieldSetElement>()
  return (
    <fieldset ref={box} className="plain col g2">
      <legend className="lab">{t('portal.stations.add.evses')}</legend>
      <p className="hint">{t('portal.stations.edit.evses-hint')}</p>
      {plugs.map((plug, index) => (
        <Plug
          key={`${plug.evse}.${plug.connector}`}
          plug={plug}
          isOneOfMore={plugs.filter(({ evse }) => evse === plug.evse).length > 1}
          change={(part) => onChange(plugs.map((one) => (one === plug ? { ...one, ...part } : one)))}
          remove={() => takeAway(index, () => onChange(plugs.filter((one) => one !== plug)))}
        />
      ))}
      <div>
        <button type="button" className="btn sm" onClick={() => onChange(withOneMore(plugs))}>
          <Icon name="plus" />
          {t('portal.stations.add.evse-add')}
        </button>
      </div>
    </fieldset>
  )
}

function Plug(props: {
  readonly plug: PlugForm
  readonly isOneOfMore: boolean
  readonly change: (part: Partial<PlugForm>) => void
  readonly remove: () => void
}) {
  const { t } = useTranslation()
  const { plug, isOneOfMore, change, remove } = props
  const { evse, connector, type, kilowatts } = plug
  const numbers = { evse, connector }
  const types = [...new Set([...connectorTypes, ...(type === '' ? [] : [type])])]
  return (
    <div className="evse-row">
      <Choice
        label={
          isOneOfMore ? t('portal.stations.edit.connector', numbers) : t('portal.stations.add.connector', { id: evse })
        }
        value={type}
        onText={(value) => change({ type: value })}
        options={[
          ...(type === '' ? [{ value: '', text: t('portal.stations.unknown') }] : []),
          ...types.map((value) => ({ value, text: t(`portal.connector.${value}`, { defaultValue: value }) })),
        ]}
      />
      <Field
        label={t('portal.stations.add.power')}
        unit="kW"
        inputMode="decimal"
        pattern={KILOWATTS}
        title={t('portal.stations.add.power-hint')}
        value={kilowatts}
        onText={(text) => change({ kilowatts: text })}
      />
      <button
        type="button"
        className="btn quiet icon"
        aria-label={
          isOneOfMore
            ? t('portal.stations.edit.connector-remove', numbers)
            : t('portal.stations.add.evse-remove', { id: evse })
        }
        onClick={remove}
      >
        <Icon name="cross" />
      </button>
    </div>
  )
}
