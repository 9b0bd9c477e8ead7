import { useTranslation } from 'react-i18next'
import type { Alert } from '../../api-types.ts'
import { numberText } from '../../parts/quantities.ts'

interface Place {
  readonly siteId?: string
  readonly name?: string
  readonly silent: number
}

/** An incident's own breakdown: how many are silent still, and where. */
export function IncidentBars({ alert }: { readonly alert: Alert }) {
  const { t } = useTranslation()
  const { lost, silent, back, places } = alert.evidence as {
    readonly lost?: number
    readonly silent?: number
    readonly back?: number
    readonly places?: readonly Place[]
  }
  if (lost === undefined || silent === undefined || lost === 0) return null
  const bar = (count: number) => (
    <span className="bar" aria-hidden="true">
      <i style={{ width: `${Math.round((count / lost) * 100)}%` }} />
    </span>
  )
  return (
    <span className="incgrid t12">
      <span className="b">{t('portal.alerts.silent')}</span>
      {bar(silent)}
      <span>
        {numberText(silent)}
        <span className="dim"> {t('portal.alerts.back', { count: back ?? 0 })}</span>
      </span>
      {(places ?? []).map((place) => (
        <PlaceRow key={place.siteId ?? place.name ?? 'elsewhere'} place={place} bar={bar(place.silent)} />
      ))}
    </span>
  )
}

function PlaceRow({ place, bar }: { readonly place: Place; readonly bar: React.ReactNode }) {
  const { t } = useTranslation()
  return (
    <>
      <span className="trunc">{place.name ?? t('portal.alerts.elsewhere')}</span>
      {bar}
      <span>{numberText(place.silent)}</span>
    </>
  )
}
