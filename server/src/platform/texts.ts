import fs from 'node:fs'
import path from 'node:path'
import i18next, { type i18n } from 'i18next'
import { formatDuration, formatEnergy, formatPower } from '../../../units/index.ts'
import { FALLBACK_LANGUAGE } from './language.ts'

/**
 * Words for people, from `languages/<tag>.json`, read at run time: a file that is added, changed or taken away counts within
 * seconds. A language that lacks a key falls back to English.
 */
export interface Texts {
  readonly languages: readonly string[]
  /** The text at `key` (`sessions.alert.no-tariff`), its values filled in; undefined where no language has it. */
  find(language: string, key: string, values?: Readonly<Record<string, unknown>>): string | undefined
  /** The text of a code of a kind, in whichever feature defines it: kind `refusal`, code `no-such-site`. */
  ofCode(language: string, kind: TextKind, code: string, values?: Readonly<Record<string, unknown>>): string
  /** Every code of a kind that has a text, in order. */
  codesOf(kind: TextKind): readonly string[]
}

export interface TextsOptions {
  /** A file that cannot be used: it is left out, or what it held before goes on. English is needed: without it this throws. */
  readonly onFault?: (file: string, why: string) => void
  /** Milliseconds that only grow; for tests. */
  readonly now?: () => number
}

/** What a code may be a code of. */
export type TextKind = 'refusal' | 'field' | 'alert' | 'reason' | 'usage-check' | 'usage-finding'

type Tree = { readonly [key: string]: string | Tree }

const LOOKED_AT_EVERY_MS = 5_000

export function openTexts(folder: string, options: TextsOptions = {}): Texts {
  const now = options.now ?? (() => performance.now())
  const files = new Map<string, { readonly version: string; readonly tree: Tree }>()
  let lookedAt = now()
  let read = readAgain(folder, files, options)
  const current = () => {
    if (now() - lookedAt < LOOKED_AT_EVERY_MS) return read
    lookedAt = now()
    try {
      if (versionsIn(folder).join() !== read.versions) read = readAgain(folder, files, options)
    } catch (error) {
      // Too many files are open, or the folder is being replaced: what was read goes on.
      options.onFault?.(path.basename(folder), error instanceof Error ? error.message : String(error))
    }
    return read
  }
  const find: Texts['find'] = (language, key, values) => {
    const { engine } = current()
    return engine.exists(key, { lng: language, ...values }) ? engine.t(key, { lng: language, ...values }) : undefined
  }
  return {
    get languages() {
      return current().languages
    },
    find,
    ofCode(language, kind, code, values) {
      const place = current().places.get(`${kind}.${code}`)
      return (place === undefined ? undefined : find(language, place, values)) ?? code.replaceAll('-', ' ')
    },
    codesOf(kind) {
      return [...current().places.keys()]
        .filter((place) => place.startsWith(`${kind}.`))
        .map((place) => place.slice(kind.length + 1))
        .sort()
    },
  }
}

/** `{energyWh, energy}`: figures are given as they are kept, and read in the units that people use. */
const quantities = {
  energy: inWords((wattHours, language) => formatEnergy(wattHours, language)),
  /** To the last watt-hour, so that two that are compared differ. */
  register: inWords((wattHours, language) => formatEnergy(wattHours, language, 3)),
  power: inWords((watts, language) => formatPower(watts, language)),
  duration: inWords(formatDuration),
}

function inWords(format: (value: number, language: string) => string) {
  return (value: unknown, language: string | undefined): string =>
    typeof value === 'number' && Number.isFinite(value) ? format(Math.round(value), language ?? FALLBACK_LANGUAGE) : ''
}

interface Read {
  readonly versions: string
  readonly languages: readonly string[]
  readonly engine: i18n
  /** Which feature defines a code. */
  readonly places: ReadonlyMap<string, string>
}

function readAgain(
  folder: string,
  known: Map<string, { readonly version: string; readonly tree: Tree }>,
  options: TextsOptions,
): Read {
  const versions = versionsIn(folder)
  const tags = new Set<string>()
  for (const version of versions) {
    const [file = ''] = version.split('\u0000')
    const tag = path.basename(file, '.json')
    try {
      if (known.get(tag)?.version !== version) known.set(tag, { version, tree: treeIn(path.join(folder, file), tag) })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (tag === FALLBACK_LANGUAGE && !known.has(tag))
        throw new Error(`${file} cannot be read: ${why}`, { cause: error })
      options.onFault?.(file, why)
    }
    if (known.has(tag)) tags.add(tag)
  }
  // English stays whatever becomes of its file: nothing can be said without it.
  for (const tag of known.keys()) if (!tags.has(tag) && tag !== FALLBACK_LANGUAGE) known.delete(tag)
  const engine = i18next.createInstance()
  void engine.init({
    initAsync: false,
    fallbackLng: FALLBACK_LANGUAGE,
    resources: Object.fromEntries([...known].map(([tag, { tree }]) => [tag, { translation: tree }])),
    interpolation: { prefix: '{', suffix: '}', escapeValue: false },
  })
  for (const [kind, write] of Object.entries(quantities)) engine.services.formatter?.add(kind, write)
  const places = new Map<string, string>()
  // Pages file words of their own under such names; they are no codes.
  const { portal: _pages, ...features } = known.get(FALLBACK_LANGUAGE)?.tree ?? {}
  collect(features, '', places)
  return { versions: versions.join(), languages: [...known.keys()].sort(), engine, places }
}

/** Each language file with what tells one writing of it from another. */
function versionsIn(folder: string): string[] {
  if (!fs.existsSync(folder)) return []
  return fs
    .readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const seen = fs.statSync(path.join(folder, file), { throwIfNoEntry: false })
      return [file, seen?.mtimeMs, seen?.size, seen?.ino].join('\u0000')
    })
}

function treeIn(file: string, tag: string): Tree {
  // A file's name becomes a language in pages and headers.
  if (Intl.getCanonicalLocales(tag)[0] !== tag) throw new Error(`${tag} is not how a language's tag is written`)
  const content: unknown = JSON.parse(fs.readFileSync(file, 'utf8'))
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new Error('it holds no texts')
  return content as Tree
}

const KINDS = new Set<string>(['refusal', 'field', 'alert', 'reason', 'usage-check', 'usage-finding'])

function collect(tree: Tree, prefix: string, places: Map<string, string>): void {
  for (const [name, value] of Object.entries(tree)) {
    const place = prefix === '' ? name : `${prefix}.${name}`
    if (typeof value === 'string') continue
    // What follows `_` is a wording of its code: for texts or lists, one or several.
    if (KINDS.has(name)) {
      for (const code of Object.keys(value)) if (!code.includes('_')) places.set(`${name}.${code}`, `${place}.${code}`)
    } else collect(value, place, places)
  }
}
