import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { plantedFaults } from './planted-faults.ts'

describe('the faults that `npm run torture -- planted-faults` plants', () => {
  it('are at least one in each of machine, short way, batch path, outbox, deadlines and policies', () => {
    const places = new Set(plantedFaults.map(({ where }) => where))
    expect(places).toEqual(new Set(['machine', 'short way', 'batch path', 'outbox', 'deadlines', 'policies']))
  })

  it.each(plantedFaults)('$where: $what', ({ file, find, put, tests }) => {
    expect(fs.readFileSync(file, 'utf8').split(find)).toHaveLength(2)
    expect(put).not.toBe(find)
    for (const name of tests) expect(fs.existsSync(name), name).toBe(true)
  })
})
