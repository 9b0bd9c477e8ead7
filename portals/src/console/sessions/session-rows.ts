import type { TFunction } from 'i18next'
import type { Session } from '../../api-types.ts'
import { decimalText, offsetTimeText } from '../../parts/csv.ts'
import { startedByText } from './session-words.ts'

const columns: readonly (readonly [string, (session: Session, zone: string, t: TFunction) => string | undefined])[] = [
  ['number', ({ number }) => String(number)],
  ['state', ({ state }, _, t) => t(`portal.sessions.state.${state}`)],
  ['flags', ({ flags }, _, t) => flags.map((flag) => t(`portal.sessions.flag.${flag}`)).join('; ')],
  ['site', ({ siteName }) => siteName],
  ['station', ({ stationNumber }) => stationNumber],
  ['station-name', ({ stationName }) => stationName],
  ['evse', ({ evseId }) => String(evseId)],
  ['started-by', ({ startedBy }, _, t) => startedByText(t, startedBy)],
  ['started', ({ startedAt }, zone) => offsetTimeText(startedAt, zone)],
  ['ended', ({ endedAt }, zone) => (endedAt === undefined ? undefined : offsetTimeText(endedAt, zone))],
  ['started-utc', ({ startedAt }) => startedAt],
  ['ended-utc', ({ endedAt }) => endedAt],
  ['seconds', ({ durationSeconds }) => String(durationSeconds)],
  ['energy', ({ energyWh }) => String(energyWh)],
  ['excl-tax', ({ cost }) => (cost === undefined ? undefined : decimalText(cost.totals.exclTax))],
  ['tax', ({ cost }) => (cost === undefined ? undefined : decimalText(cost.totals.tax))],
  ['incl-tax', ({ cost }) => (cost === undefined ? undefined : decimalText(cost.totals.inclTax))],
  ['currency', ({ cost }) => cost?.totals.inclTax.currency],
  ['id', ({ id }) => id],
]

/** Sessions as a bookkeeper takes them: a head, and a row each. Times on the clock of the zone, and in UTC. */
export function rowsOfSessions(t: TFunction, sessions: readonly Session[], zone: string): string[][] {
  return [
    columns.map(([name]) => t(`portal.sessions.csv.${name}`)),
    ...sessions.map((session) => columns.map(([, of]) => of(session, zone, t) ?? '')),
  ]
}
