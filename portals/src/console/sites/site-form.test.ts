import { expect, it } from 'vitest'
import type { Site } from '../../api-types.ts'
import { addressLine, emptySite, formOfSite, siteFromForm } from './site-form.ts'

const site = {
  id: '01a218e0-488b-72d2-bd8d-6c6cc03b19e2',
  name: 'Torikatu 21',
  city: 'Kotka',
  country: 'FI',
  latitude: 60.466,
  longitude: 26.945,
  timeZone: 'Europe/Helsinki',
  createdAt: '2026-11-26T08:00:00Z',
  stations: 3,
}

it('a site that is opened and saved says what it said', () => {
  expect(siteFromForm(formOfSite(site))).toEqual({
    name: 'Torikatu 21',
    address: null,
    postalCode: null,
    city: 'Kotka',
    country: 'FI',
    latitude: 60.466,
    longitude: 26.945,
    timeZone: 'Europe/Helsinki',
    access: null,
    openingHours: null,
  })
})

it('a field left empty is none, and degrees may be written with a comma', () => {
  const sent = siteFromForm({ ...emptySite, name: ' Satama ', latitude: '60,17', country: 'fi' })
  expect(sent).toMatchObject({ name: 'Satama', latitude: 60.17, longitude: null, country: 'FI' })
  expect('timeZone' in sent).toBe(false)
})

it.each([
  [{ address: 'Rantatie 4', postalCode: '00160', city: 'Helsinki' }, 'Rantatie 4, 00160 Helsinki'],
  [{ postalCode: undefined, city: 'Kotka' }, 'Kotka'],
  [{ address: 'Rantatie 4', city: undefined }, 'Rantatie 4'],
])('writes the address %j as %s', (parts, line) => {
  expect(addressLine({ ...site, ...parts } as Site)).toBe(line)
})

it('degrees that do not read are sent as they were typed, to be refused: they take no place away', () => {
  const sent: unknown = JSON.parse(
    JSON.stringify(siteFromForm({ ...emptySite, latitude: '60,17 N', longitude: '24.9' })),
  )
  expect(sent).toMatchObject({ latitude: '60,17 N', longitude: 24.9 })
})
