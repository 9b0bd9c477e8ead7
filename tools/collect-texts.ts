import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/**
 * Collects every `texts.en.json` that lies beside code into `languages/en.json`, under the name of its folder:
 * `server/src/sessions` → `sessions`, `portals/src/console/map` → `portal.map`. `--check` changes nothing and fails when
 * the file is not what it would write.
 */

export type Texts = { readonly [key: string]: string | Texts }

const root = join(import.meta.dirname, '..')
const target = join(root, 'languages', 'en.json')

/** The key under which the texts of a folder stand; undefined outside the places that have texts. */
export function prefixOf(folder: string): string | undefined {
  const parts = folder.split(/[\\/]/)
  if (parts[0] === 'portals' && parts[1] === 'src') {
    return ['portal', ...parts.slice(2).filter((part) => part !== 'console')].join('.')
  }
  if (parts[0] === 'server' && parts[1] === 'src' && parts.length > 2) return parts.slice(2).join('.')
  return parts.length === 1 && parts[0] !== '' ? parts[0] : undefined
}

/** All texts by their full key. Throws when one key is given twice, or is a text and a folder of texts at once. */
export function collected(files: readonly { readonly folder: string; readonly texts: Texts }[]): Texts {
  const all = new Map<string, string>()
  for (const { folder, texts } of files) {
    const prefix = prefixOf(folder)
    if (prefix === undefined) throw new Error(`${folder}: texts.en.json belongs beside server or portal code`)
    for (const [key, text] of flat(texts, prefix)) {
      if (all.has(key)) throw new Error(`${folder}: the key ${key} is given twice`)
      all.set(key, text)
    }
  }
  return nested([...all].sort(([one], [other]) => (one < other ? -1 : 1)))
}

function flat(texts: Texts, prefix: string): readonly (readonly [string, string])[] {
  return Object.entries(texts).flatMap(([name, value]) => {
    const key = `${prefix}.${name}`
    return typeof value === 'string' ? [[key, value] as const] : flat(value, key)
  })
}

interface Branch {
  [name: string]: string | Branch
}

function nested(entries: readonly (readonly [string, string])[]): Texts {
  const tree: Branch = {}
  for (const [key, text] of entries) {
    const names = key.split('.')
    const last = names.pop() ?? ''
    let branch = tree
    for (const name of names) {
      const next = (branch[name] ??= {})
      if (typeof next === 'string') throw new Error(`${key}: ${name} is a text already, it cannot hold others`)
      branch = next
    }
    if (branch[last] !== undefined) throw new Error(`${key} holds other texts, it cannot be one itself`)
    branch[last] = text
  }
  return tree
}

function textFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return textFiles(path)
    return entry.name === 'texts.en.json' ? [path] : []
  })
}

function main(): void {
  const files = ['server', 'portals'].flatMap((place) => textFiles(join(root, place))).sort()
  const texts = collected(
    files.map((file) => ({
      folder: relative(root, dirname(file)).split(sep).join('/'),
      texts: JSON.parse(readFileSync(file, 'utf8')) as Texts,
    })),
  )
  const wanted = `${JSON.stringify(texts, undefined, 2)}\n`
  if (!process.argv.includes('--check')) {
    writeFileSync(target, wanted)
    return
  }
  let found = ''
  try {
    found = readFileSync(target, 'utf8')
  } catch {
    // No file yet is the same as an old one.
  }
  if (found === wanted) return
  console.error('languages/en.json is not up to date: run `node tools/collect-texts.ts`')
  process.exitCode = 1
}

if (import.meta.main) main()
