import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { failPoints } from '../server/src/platform/fail-points.ts'
import { chanceFrom } from './kit/chance.ts'
import { runFailPoints } from './kit/fail-points.ts'
import { home } from './kit/server.ts'

describe('a crash anywhere (row 9)', () => {
  it(`at each of ${failPoints.length} fail points: nothing acknowledged is missing, each record is made once`, async () => {
    const outcome = await runFailPoints({ times: 1, stations: 6, chance: chanceFrom(9) })
    console.log(outcome)
    expect(outcome).toMatchObject({
      deaths: failPoints.length,
      notReached: [],
      missing: [],
      notOnce: [],
      unresolved: [],
      refused: 0,
    })
  }, 900_000)
})

describe('the list of fail points', () => {
  const folder = path.join(home, 'server/src')
  const passed = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => [...fs.readFileSync(path.join(folder, name), 'utf8').matchAll(/failPoint\('([^']+)'\)/g)])
    .map(([, name]) => name)

  it('is what the code passes, each at one place', () => {
    const names = [...failPoints] as (string | undefined)[]
    expect(new Set(passed)).toEqual(new Set(names))
    expect(passed).toHaveLength(names.length)
  })

  it('has none inside of rules, which do nothing outside', () => {
    const rules = fs.globSync('server/src/**/rules/**/*.ts', { cwd: home })
    expect(rules.filter((name) => fs.readFileSync(path.join(home, name), 'utf8').includes('failPoint'))).toEqual([])
  })
})
