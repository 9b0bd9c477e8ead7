import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { seenStates } from '../api-types.ts'

const folder = join(import.meta.dirname, '..')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
const texts = files
  .filter((name) => /\.(css|tsx?)$/.test(name) && !name.includes('.test.'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))

const found = (pattern: RegExp): readonly string[] =>
  [...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name ?? '')))].sort()

it('every token of the look is used, and there is one for everything that is used', () => {
  const tokens = found(/--la-([a-z0-9-]+):/g)
  // What is drawn on a canvas asks for its colours by name.
  const used = [...found(/var\(--la-([a-z0-9-]+)/g), ...found(/token\('([a-z0-9-]+)'\)/g), ...seenStates]
  expect(tokens).toEqual([...new Set(used)].sort())
})
