import { useTranslation } from 'react-i18next'
import { Field } from './Field.tsx'

interface Place {
  readonly latitude: string
  readonly longitude: string
}

// Degrees as people write them: a point or a comma. Anything else is shown as wrong, never dropped.
export const DEGREES = '\\s*[+\\-]?\\d{1,3}([.,]\\d+)?\\s*'

/** Where something stands, both numbers or none. */
export function PlaceFields(props: {
  readonly form: Place
  readonly set: (name: keyof Place) => (text: string) => void
  readonly hint: string
}) {
  const { t } = useTranslation()
  const { form, set, hint } = props
  const isAsked = form.latitude.trim() !== '' || form.longitude.trim() !== ''
  const common = { inputMode: 'decimal', pattern: DEGREES, title: hint, required: isAsked } as const
  return (
    <div className="cols">
      <Field
        label={t('portal.stations.add.latitude')}
        hint={hint}
        value={form.latitude}
        onText={set('latitude')}
        {...common}
      />
      <Field label={t('portal.stations.add.longitude')} value={form.longitude} onText={set('longitude')} {...common} />
    </div>
  )
}
