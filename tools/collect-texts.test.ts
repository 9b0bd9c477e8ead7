import { expect, it } from 'vitest'
import { collected, prefixOf } from './collect-texts.ts'

it.each([
  ['portals/src', 'portal'],
  ['portals/src/console/map', 'portal.map'],
  ['portals/src/console/stations/add', 'portal.stations.add'],
  ['portals/src/driver/station', 'portal.driver.station'],
  ['server/src/sessions', 'sessions'],
])('puts the texts of %s under %s', (folder, prefix) => {
  expect(prefixOf(folder)).toBe(prefix)
})

it('unfolds keys, merges folders and sorts', () => {
  const texts = collected([
    { folder: 'server/src/sessions', texts: { 'refusal.in-use': 'In use.' } },
    { folder: 'portals/src', texts: { close: 'Close', 'live.on': 'Live' } },
  ])
  expect(JSON.stringify(texts)).toBe(
    '{"portal":{"close":"Close","live":{"on":"Live"}},"sessions":{"refusal":{"in-use":"In use."}}}',
  )
})

it('refuses a key that is a text and holds others', () => {
  expect(() => collected([{ folder: 'portals/src', texts: { live: 'Live', 'live.on': 'Live' } }])).toThrow('live')
})
