import type { Station } from '../../api-types.ts'
import { milliseconds } from '../../parts/quantities.ts'
import { lastMinute, localFieldText } from '../../parts/zoned.ts'

/** What people set of a station, as its form holds it, and what of it is sent. */
export type SetForm = ReturnType<typeof formOfStation>

/** `timeZone`: of the network, whose days the form means. */
export function formOfStation(station: Station, timeZone: string) {
  const { plainUntil, maxSessions, maxDurationSeconds } = station
  return {
    identity: station.identity,
    name: station.name ?? '',
    siteId: station.siteId ?? '',
    latitude: degrees(station.latitude),
    longitude: degrees(station.longitude),
    state: station.state as string,
    onboarding: station.onboarding as string,
    profile: String(station.securityProfile),
    plainUntil: plainUntil === undefined ? '' : localFieldText(milliseconds(plainUntil), timeZone).slice(0, 10),
    tariffId: station.tariffId ?? '',
    maxSessions: maxSessions === undefined ? '' : String(maxSessions),
    maxMinutes: maxDurationSeconds === undefined ? '' : String(Math.round(maxDurationSeconds / 60)),
  }
}

/** Only what differs, so that nobody undoes what another changed meanwhile. An empty field takes the member away. */
export function changesOfStation(before: SetForm, form: SetForm, timeZone: string): object {
  const changed = (name: keyof SetForm): boolean => form[name].trim() !== before[name]
  const valueOf = <T>(text: string, of: (text: string) => T): T | null => (text.trim() === '' ? null : of(text.trim()))
  const asIs = (text: string): string => text
  return {
    ...(changed('identity') ? { identity: form.identity.trim() } : {}),
    ...(changed('name') ? { name: valueOf(form.name, asIs) } : {}),
    ...(changed('siteId') ? { siteId: valueOf(form.siteId, asIs) } : {}),
    ...(changed('latitude') || changed('longitude') ? placeIn(form) : {}),
    ...(changed('state') ? { state: form.state } : {}),
    ...(changed('onboarding') ? { onboarding: form.onboarding } : {}),
    ...(changed('profile') ? { securityProfile: Number(form.profile) } : {}),
    ...(changed('plainUntil') ? { plainUntil: valueOf(form.plainUntil, (day) => lastMinute(day, timeZone)) } : {}),
    ...(changed('tariffId') ? { tariffId: valueOf(form.tariffId, asIs) } : {}),
    ...(changed('maxSessions') ? { maxSessions: valueOf(form.maxSessions, Number) } : {}),
    ...(changed('maxMinutes')
      ? { maxDurationSeconds: valueOf(form.maxMinutes, (minutes) => Math.round(Number(minutes) * 60)) }
      : {}),
  }
}

function degrees(value: number | undefined): string {
  return value === undefined ? '' : String(value)
}

/** A place is both numbers or none; what is half typed changes nothing. */
function placeIn({ latitude, longitude }: SetForm): { latitude?: number | null; longitude?: number | null } {
  const typed = [latitude, longitude].map((text) => text.trim().replace(',', '.'))
  if (typed.every((text) => text === '')) return { latitude: null, longitude: null }
  const [north = Number.NaN, east = Number.NaN] = typed.map((text) => (text === '' ? Number.NaN : Number(text)))
  return Number.isNaN(north + east) ? {} : { latitude: north, longitude: east }
}
