import { lastMinute } from '../../../parts/zoned.ts'

/** What is filled in about a new station, and the body of the request it becomes. */
export interface EvseForm {
  readonly type: string
  readonly kilowatts: string
}

export interface StationForm {
  readonly identity: string
  readonly name: string
  /** An id, empty, or `new`. */
  readonly site: string
  readonly siteName: string
  readonly city: string
  readonly latitude: string
  readonly longitude: string
  readonly evses: readonly EvseForm[]
  readonly profile: string
  readonly plainUntil: string
  readonly password: string
}

export const emptyForm: StationForm = {
  identity: '',
  name: '',
  site: '',
  siteName: '',
  city: '',
  latitude: '',
  longitude: '',
  evses: [{ type: 'IEC_62196_T2', kilowatts: '22' }],
  profile: '1',
  plainUntil: '',
  password: '',
}

/** Connector types as OCPI writes them, the usual ones first. */
export const connectorTypes = [
  'IEC_62196_T2',
  'IEC_62196_T2_COMBO',
  'CHADEMO',
  'IEC_62196_T1',
  'IEC_62196_T1_COMBO',
  'TESLA_S',
  'DOMESTIC_F',
] as const

/** EVSEs as the interface takes them: numbered from 1, each with its connector 1. */
export function evsesOf(forms: readonly EvseForm[]) {
  return forms.map(({ type, kilowatts }, index) => {
    const maxPowerW = Math.round(Number(kilowatts.replace(',', '.')) * 1000)
    return { id: index + 1, connectors: [{ id: 1, type, ...(maxPowerW > 0 ? { maxPowerW } : {}) }] }
  })
}

export function placeOf(form: StationForm): { readonly latitude?: number; readonly longitude?: number } {
  const latitude = Number(form.latitude.replace(',', '.'))
  const longitude = Number(form.longitude.replace(',', '.'))
  return form.latitude.trim() === '' || form.longitude.trim() === '' || Number.isNaN(latitude + longitude)
    ? {}
    : { latitude, longitude }
}

/** `timeZone`: of the network, whose days the form means. */
export function stationBody(form: StationForm, siteId: string | undefined, timeZone: string) {
  return {
    identity: form.identity.trim(),
    ...(form.name === '' ? {} : { name: form.name }),
    ...(siteId === undefined ? {} : { siteId }),
    // A site has the place; a station has one of its own when it belongs to none.
    ...(siteId === undefined ? placeOf(form) : {}),
    securityProfile: Number(form.profile),
    ...(form.plainUntil === '' ? {} : { plainUntil: lastMinute(form.plainUntil, timeZone) }),
    ...(form.password === '' ? {} : { password: form.password }),
    state: 'active',
    evses: evsesOf(form.evses),
  }
}
