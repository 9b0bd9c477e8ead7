import { describe, expect, it } from 'vitest'
import { isAlive, killTree } from '../../e2e/kit/processes.ts'
import { until } from '../../e2e/kit/until.ts'
import { tortureRows } from './index.ts'
import type { TortureRow } from './row.ts'
import { type RowEnd, runInLanes } from './schedule.ts'
import { spawn } from 'node:child_process'

const row = (name: string, more: Partial<TortureRow> = {}): TortureRow => ({
  name,
  rows: '0',
  about: '',
  run: () => Promise.resolve({ fine: true, figures: {} }),
  ...more,
})

interface Told {
  readonly ends: readonly RowEnd[]
  readonly begun: readonly string[]
  readonly mostAtOnce: number
}

/** Each row takes one turn and one minute. */
async function told(rows: readonly TortureRow[], withinMs = Infinity, fails: readonly string[] = []): Promise<Told> {
  const begun: string[] = []
  const ends: RowEnd[] = []
  let [minutes, atOnce, mostAtOnce] = [0, 0, 0]
  await runInLanes({
    rows,
    async run({ name }) {
      begun.push(name)
      mostAtOnce = Math.max(mostAtOnce, (atOnce += 1))
      await new Promise((resolve) => setImmediate(resolve))
      atOnce -= 1
      minutes += 1
      return !fails.includes(name)
    },
    withinMs,
    now: () => minutes * 60_000,
    onEnd: (end) => ends.push(end),
  })
  return { ends, begun, mostAtOnce }
}

describe('the torture run', () => {
  it('runs what waits beside what computes, two at a time, and each row once', async () => {
    const rows = [row('kills'), row('fuzz'), row('away', { waits: true }), row('repeats'), row('storm')]
    const { begun, mostAtOnce, ends } = await told(rows)
    expect(begun.slice(0, 2).toSorted()).toEqual(['away', 'kills'])
    expect(begun.toSorted()).toEqual(rows.map(({ name }) => name).toSorted())
    expect(mostAtOnce).toBe(2)
    expect(ends.every(({ state }) => state === 'ok')).toBe(true)
  })

  it('says of a row what failed, and goes on with the others', async () => {
    const { ends } = await told([row('kills'), row('fuzz'), row('storm')], Infinity, ['fuzz'])
    expect(ends.map(({ row: { name }, state }) => `${name} ${state}`).toSorted()).toEqual([
      'fuzz FAILED',
      'kills ok',
      'storm ok',
    ])
  })

  it('says why a row cannot be run here', async () => {
    const { begun, ends } = await told([row('kills'), row('cuts', { hindered: () => 'needs root' })])
    expect(begun).toEqual(['kills'])
    expect(ends).toContainEqual(expect.objectContaining({ state: 'not run', why: 'needs root' }))
  })

  it('begins nothing when its time is over, and does not call that fine', async () => {
    const rows = Array.from({ length: 6 }, (_, n) => row(`row-${n}`))
    const { begun, ends } = await told(rows, 2 * 60_000)
    expect(begun.length).toBeLessThan(6)
    expect(ends).toHaveLength(6)
    expect(ends.filter(({ state }) => state === 'FAILED')).toHaveLength(6 - begun.length)
  })

  it('knows which of its rows mostly wait', () => {
    const waiting = tortureRows.filter(({ waits }) => waits === true).map(({ name }) => name)
    expect(waiting).toContain('database-away')
    expect(waiting).not.toContain('kills')
  })
})

it('whatever a process has started can be ended with all below it', async () => {
  const child = spawn('sh', ['-c', "sh -c 'sleep 600 & echo $!; wait' & wait"], { stdio: ['ignore', 'pipe', 'ignore'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until(() => said.endsWith('\n'))
  expect(isAlive(Number(said))).toBe(true)
  killTree(child.pid ?? 0)
  await until(() => !isAlive(Number(said)))
  child.kill()
})
