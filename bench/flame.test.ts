import type { Profiler } from 'node:inspector'
import { expect, it } from 'vitest'
import { flameGraph, frames, topOf } from './flame.ts'

const node = (id: number, functionName: string, url: string, children: number[]): Profiler.ProfileNode => ({
  id,
  callFrame: { functionName, url, lineNumber: 9, columnNumber: 0, scriptId: '1' },
  children,
})

/** 60 µs in take itself, 30 in parse below it, 10 collecting garbage, and much idling. */
const profile: Profiler.Profile = {
  nodes: [
    node(1, '(root)', '', [2, 3, 5]),
    node(2, '(idle)', '', []),
    node(3, 'take<T>', 'file:///somewhere/else/server/src/take.ts', [4]),
    node(4, 'parse', 'file:///somewhere/else/node_modules/x/parse.js', []),
    node(5, '(garbage collector)', '', []),
  ],
  startTime: 0,
  endTime: 1_100,
  samples: [3, 2, 4, 3, 5],
  timeDeltas: [40, 1_000, 30, 20, 10],
}

it('the busy time is all that counts, and each caller has the time of what it called', () => {
  const root = frames(profile)
  expect(root.micros).toBe(100)
  const [take] = [...root.callees.values()]
  expect(take).toMatchObject({ name: 'take<T>', place: 'server/src/take.ts:10', micros: 90 })
  expect([...(take?.callees.values() ?? [])]).toMatchObject([{ name: 'parse', micros: 30 }])
  expect(topOf(root, 2)).toEqual([
    ['take<T> server/src/take.ts:10', 0.6],
    ['parse node_modules/x/parse.js:10', 0.3],
  ])
})

it('a flame graph shows each frame once, and nothing of where the project lies', () => {
  const drawn = flameGraph(frames(profile), 'a & b')
  expect(drawn).toContain('a &#38; b')
  expect(drawn).toContain('<title>take&#60;T&#62; server/src/take.ts:10 90.0 %</title>')
  expect(drawn.match(/<title>/g)).toHaveLength(4)
  expect(drawn).not.toContain('somewhere')
})
