import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Every text that the portals show has English, and every English text is shown somewhere. */

const folder = import.meta.dirname
const english = keysOf(JSON.parse(readFileSync(join(folder, '../../languages/en.json'), 'utf8')) as Tree, '')
const code = sources(folder)
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')

interface Tree {
  readonly [name: string]: string | Tree
}

function keysOf(tree: Tree, prefix: string): readonly string[] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'string' ? [`${prefix}${name}`] : keysOf(value, `${prefix}${name}.`),
  )
}

function sources(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inside = join(path, entry.name)
    if (entry.isDirectory()) return sources(inside)
    return /\.tsx?$/.test(entry.name) && !entry.name.includes('.test.') ? [inside] : []
  })
}

const plain = (key: string): string => key.replace(/_(zero|one|two|few|many|other)$/, '')

describe('texts', () => {
  const known = new Set(english.map(plain))
  const written = [...code.matchAll(/'(portal\.[\w.-]+)'/g)].map(([, key]) => key ?? '')
  // What stands before the first value in a key that is put together.
  const beginnings = [...code.matchAll(/`(portal\.[\w.-]*)\$\{/g)].map(([, beginning]) => beginning ?? '')

  it('exist for every key in the code', () => {
    expect([...new Set(written)].filter((key) => !known.has(key))).toEqual([])
  })

  it('exist under every beginning of a key in the code', () => {
    const empty = beginnings.filter((beginning) => ![...known].some((key) => key.startsWith(beginning)))
    expect([...new Set(empty)]).toEqual([])
  })

  it('are all used', () => {
    const used = new Set(written)
    const unused = [...known].filter(
      (key) =>
        key.startsWith('portal.') && !used.has(key) && !beginnings.some((beginning) => key.startsWith(beginning)),
    )
    expect(unused).toEqual([])
  })
})
