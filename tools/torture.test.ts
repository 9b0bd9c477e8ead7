import fs from 'node:fs'
import { expect, it } from 'vitest'
import { tortureRows } from './torture/index.ts'

const page = fs.readFileSync('docs/when-parts-fail.md', 'utf8')

it('every row of the torture run stands on the page about what happens when parts fail', () => {
  const names = tortureRows.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.filter((name) => !page.includes(`\`${name}\``) && !page.includes(`-- ${name}\``))).toEqual([])
})

it('and that page names no row that there is not', () => {
  const cells = page.split('\n').flatMap((line) => (line.startsWith('| **') ? [line.split('|').at(-2) ?? ''] : []))
  const named = cells.flatMap((cell) => [...cell.matchAll(/`([a-z0-9-]+)`/g)].map(([, name]) => name))
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((name) => !tortureRows.some((row) => row.name === name))).toEqual([])
})
