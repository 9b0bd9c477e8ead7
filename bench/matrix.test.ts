import { expect, it } from 'vitest'
import { cellsOf, groupNames, pick, planFor, stationsPerTenant } from './matrix.ts'
import { readOptions } from './options.ts'
import { plannedStations } from './set-up.ts'
import { slope } from './soak.ts'
import { judge } from './summary.ts'

const figures = {
  perSecond: 100,
  nodeMicros: 20,
  postgresMicros: 10,
  generatorMicros: 5,
  transactions: undefined,
  p50: 1,
  p99: 10,
  p999: 20,
  latenessMs: 1,
}

it('every row of the table has its floor, in both versions and both sizes', () => {
  const cells = cellsOf({})
  for (const scenario of ['meter', 'session'] as const)
    for (const versions of ['1.6', '2.0.1'])
      for (const stations of [100, 1_000]) {
        const found = cells.find(
          (cell) => cell.scenario === scenario && cell.versions === versions && cell.stations === stations,
        )
        expect(found?.floors).toMatchObject({ rate: 0.4, ...(stations === 1_000 ? { transactions: 50 } : {}) })
      }
  for (const { floors } of cells) expect(Object.keys(floors)).not.toEqual([])
})

it.each(['one', 'equal', 'uneven'] as const)(
  '%s: a load finds exactly its stations in what was planned for it',
  (layout) => {
    const cells = cellsOf({ only: ['meter', 'tenants'], layouts: [layout], stations: [100, 1_000] })
    const planned = plannedStations(planFor(cells))
    for (const stations of [100, 1_000]) {
      const picked = pick(planned, stations, layout)
      expect(new Set(picked).size).toBe(stations)
      const counts = stationsPerTenant(stations, layout)
      expect(counts.map((_, tenant) => picked.filter((place) => planned[place]?.tenant === tenant).length)).toEqual(
        counts,
      )
      for (const place of picked) expect(planned[place]?.charges).toBe(true)
    }
    expect(() => pick(planned, 1_001, layout)).toThrow('1001 stations were wanted')
  },
)

it('stations that only connect get no card', () => {
  expect(planFor(cellsOf({ only: ['connect'] }), 10_000)).toEqual({ stations: [10_000], charging: 0 })
})

it('a figure below its floor is named', () => {
  const [cell] = cellsOf({ only: ['meter'], versions: ['mixed'], stations: [1_000] })
  if (cell === undefined) throw new Error('no cell')
  const compared = {
    cell,
    ours: { ...figures, perSecond: 39, nodeMicros: 65, transactions: 51 },
    reference: figures,
    messagesPerSecond: undefined,
  }
  expect(judge(compared).map(({ found, floor, isEnough }) => [found, floor, isEnough])).toEqual([
    [0.39, 0.4, false],
    [2.5, 2.5, true],
    [51, 50, false],
  ])
  expect(judge({ ...compared, ours: undefined })).toEqual([])
})

it('what is asked for and unknown is refused with what there is', () => {
  expect(() => readOptions(['--only', 'metre'])).toThrow(groupNames.join(', '))
  expect(() => readOptions(['--stations', 'many'])).toThrow('--stations is "many": give a number')
  expect(readOptions(['--soak', '30m', '--only', 'meter,open']).soakMinutes).toBe(30)
})

it('growth is that of the straight line through all values', () => {
  expect(slope([5, 7, 9, 11])).toBeCloseTo(2)
  expect(slope([3])).toBe(0)
})
