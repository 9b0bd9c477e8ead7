import { expect, it } from 'vitest'
import { powerNow } from './power-now.ts'

it('counts what is seen charging: the last word of a station that is away is no news', () => {
  const stations = [
    {
      id: 'here',
      evses: [
        { id: 1, seen: 'charging' as const },
        { id: 2, seen: 'preparing' as const },
      ],
    },
    { id: 'away', evses: [{ id: 1, seen: 'offline' as const }] },
  ]
  const sessions = [
    { stationId: 'here', evseId: 1, powerW: 11_000 },
    { stationId: 'here', evseId: 2, powerW: 500 },
    { stationId: 'away', evseId: 1, powerW: 22_000 },
    { stationId: 'gone', evseId: 1 },
  ]
  expect(powerNow(sessions, stations)).toBe(11_000)
})
