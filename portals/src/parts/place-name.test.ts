import { expect, it } from 'vitest'
import { placeName } from './place-name.ts'

it.each([
  ['Harbour', 'Left post', 'Harbour, Left post'],
  ['Harbour', 'Harbour 3', 'Harbour 3'],
  ['Harbour', undefined, 'Harbour'],
  [undefined, 'Left post', 'Left post'],
  ['', '', ''],
  [undefined, undefined, undefined],
])('of the site %s and the station %s it says %s', (site, station, said) => {
  expect(placeName(site, station)).toBe(said)
})
