import { expect, it } from 'vitest'
import { DatabaseAway } from '../../platform/index.ts'
import { openBatcher } from './batcher.ts'

interface Item {
  readonly key: string
  readonly n: number
}

const keyOf = ({ key }: Item): string => key
const item = (key: string, n: number): Item => ({ key, n })

/** A batcher whose batches wait until they are let go; what was on its way at the same time is written down. */
function held(lanes: number) {
  const batches: Item[][] = []
  const waiting: (() => void)[] = []
  const onTheWay: Item[] = []
  const together: string[] = []
  let [atOnce, most] = [0, 0]
  const batcher = openBatcher<Item, number>({
    keyOf,
    lanes,
    most: 3,
    async takeBatch(items) {
      const others = [...onTheWay]
      const mine = new Set<string>()
      for (const { key } of items) {
        if (mine.has(key) || others.some((other) => other.key === key)) together.push(key)
        mine.add(key)
      }
      batches.push([...items])
      onTheWay.push(...items)
      most = Math.max(most, (atOnce += 1))
      await new Promise<void>((resolve) => waiting.push(resolve))
      atOnce -= 1
      for (const one of items) onTheWay.splice(onTheWay.indexOf(one), 1)
      return items.map(({ n }) => n)
    },
    onAway() {},
  })
  const letGo = async (): Promise<void> => {
    for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve))
    for (const go of waiting.splice(0)) go()
  }
  return { batcher, batches, together, mostAtOnce: () => most, letGo }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it.each([1, 3])(
  'never takes two of one station at the same time, and keeps their order (row 3; %i lanes)',
  async (lanes) => {
    const { batcher, batches, together, mostAtOnce, letGo } = held(lanes)
    const answers: Promise<number>[] = []
    // A station's messages one right after the other: what a batch would take together that does not look whose they are.
    const submit = (from: number): void => {
      for (const key of ['a', 'b', 'c', 'd', 'e'])
        for (let n = from; n < from + 10; n += 1) answers.push(batcher.submit(item(key, n)))
    }
    submit(0)
    // The first batch is on its way: what comes now opens further lanes.
    await turn()
    await turn()
    submit(10)
    let isDone = false
    const all = Promise.all(answers).then((numbers) => {
      isDone = true
      return numbers
    })
    while (!isDone) await letGo()
    expect(together).toEqual([])
    expect(await all).toEqual(Array.from({ length: 100 }, (_, index) => (index % 10) + (index < 50 ? 0 : 10)))
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      const order = batches.flat().filter((one) => one.key === key)
      expect(order.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    }
    expect(Math.max(...batches.map(({ length }) => length))).toBe(3)
    expect(mostAtOnce() > 1).toBe(lanes > 1)
    await batcher.idle()
    expect(batcher.size).toBe(0)
  },
)

it('does a refused batch again one by one: only the bad one is refused', async () => {
  const taken: number[] = []
  const batcher = openBatcher<Item, string>({
    keyOf,
    async takeBatch(items) {
      if (items.some(({ n }) => n === 2)) throw new Error('bad')
      taken.push(...items.map(({ n }) => n))
      return items.map(() => 'taken')
    },
    onAway() {},
  })
  const settled = await Promise.allSettled([1, 2, 3].map((n) => batcher.submit(item(`s${n}`, n))))
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(taken.toSorted((a, b) => a - b)).toEqual([1, 3])
})

it('waits for a database that is away for a moment: nobody notices', async () => {
  let tries = 0
  const batcher = openBatcher<Item, string>({
    keyOf,
    async takeBatch(items) {
      if ((tries += 1) === 1) throw new DatabaseAway('away')
      return items.map(() => 'taken')
    },
    onAway: () => expect.unreachable(),
  })
  expect(await Promise.all([1, 2].map((n) => batcher.submit(item(`s${n}`, n))))).toEqual(['taken', 'taken'])
  expect(tries).toBe(2)
})

it('waits for a database that is away as long as patience lasts, then gives all back, and goes on later', async () => {
  let isAway = true
  let told = 0
  const batcher = openBatcher<Item, string>({
    keyOf,
    patienceMs: 50,
    async takeBatch(items) {
      if (isAway) throw new DatabaseAway('away')
      return items.map(() => 'taken')
    },
    onAway: () => (told += 1),
  })
  const settled = await Promise.allSettled([batcher.submit(item('a', 1)), batcher.submit(item('a', 2))])
  expect(settled.map((one) => one.status === 'rejected' && one.reason instanceof DatabaseAway)).toEqual([true, true])
  expect(told).toBeGreaterThan(0)
  isAway = false
  expect(await batcher.submit(item('a', 3))).toBe('taken')
})
