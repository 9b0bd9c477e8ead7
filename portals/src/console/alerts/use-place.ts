import { useTranslation } from 'react-i18next'
import type { Alert } from '../../api-types.ts'
import { placeName } from '../../parts/place-name.ts'
import { spokenNumber } from '../../parts/quantities.ts'

/** Where an alert is, in one line: station and EVSE, session, site and town. */
export function usePlace(): (alert: Alert) => string {
  const { t } = useTranslation()
  return ({ stationNumber, stationName, evseId, sessionNumber, siteName, siteCity }) => {
    const number = stationNumber === undefined ? undefined : spokenNumber(stationNumber)
    const station =
      number === undefined
        ? undefined
        : evseId === undefined
          ? t('portal.alerts.at', { number })
          : t('portal.alerts.at-evse', { number, evse: evseId })
    const session =
      sessionNumber === undefined ? undefined : t('portal.alerts.session', { number: spokenNumber(sessionNumber) })
    // A site is often named after its town.
    const city = siteCity !== undefined && siteName?.includes(siteCity) === true ? undefined : siteCity
    const place = placeName(siteName, stationName)
    return [station, session, place, city].filter((part) => part !== undefined).join(', ')
  }
}
