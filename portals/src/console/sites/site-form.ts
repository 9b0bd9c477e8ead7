import type { Site } from '../../api-types.ts'

/** A site's fields as they are typed. */
export const emptySite = {
  name: '',
  address: '',
  postalCode: '',
  city: '',
  country: '',
  latitude: '',
  longitude: '',
  timeZone: '',
  access: '',
  openingHours: '',
}

export type SiteForm = typeof emptySite

export function formOfSite(site: Site): SiteForm {
  return {
    name: site.name,
    address: site.address ?? '',
    postalCode: site.postalCode ?? '',
    city: site.city ?? '',
    country: site.country,
    latitude: site.latitude === undefined ? '' : String(site.latitude),
    longitude: site.longitude === undefined ? '' : String(site.longitude),
    timeZone: site.timeZone,
    access: site.access ?? '',
    openingHours: site.openingHours ?? '',
  }
}

/** `Rantatie 4, 00160 Helsinki`: on one line, whatever of it is known. */
export function addressLine({ address, postalCode, city }: Site): string {
  const town = [postalCode, city].filter(Boolean).join(' ')
  return [address, town].filter(Boolean).join(', ')
}

/** What is sent: an empty field takes its member away; without country or time zone the network's holds, or what was. */
export function siteFromForm(form: SiteForm): Readonly<Record<string, string | number | null>> {
  const text = (value: string): string | null => (value.trim() === '' ? null : value.trim())
  // A comma is how many of our readers write it.
  const degrees = (value: string): number | string | null => {
    const number = Number(value.replace(',', '.'))
    // What does not read is refused: as no number at all it would take the place away.
    return Number.isNaN(number) || text(value) === null ? text(value) : number
  }
  const country = text(form.country)
  const timeZone = text(form.timeZone)
  return {
    name: form.name.trim(),
    address: text(form.address),
    postalCode: text(form.postalCode),
    city: text(form.city),
    latitude: degrees(form.latitude),
    longitude: degrees(form.longitude),
    access: text(form.access),
    openingHours: text(form.openingHours),
    ...(country === null ? {} : { country: country.toUpperCase() }),
    ...(timeZone === null ? {} : { timeZone }),
  }
}
