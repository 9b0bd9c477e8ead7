import { expect, it } from 'vitest'
import type { MapStation } from '../../api-types.ts'
import { matchingStations } from './matching-stations.ts'

const station = (number: string, seen: MapStation['seen']): MapStation => ({
  id: number,
  number,
  seen,
  latitude: null,
  longitude: null,
  evses: [],
})

it('puts the worst first, then the smallest number, however many digits it has', () => {
  const stations = [station('100004', 'free'), station('20001', 'free'), station('99990', 'faulted')]
  const numbers = matchingStations(stations, undefined, undefined).map(({ number }) => number)
  expect(numbers).toEqual(['99990', '20001', '100004'])
})
