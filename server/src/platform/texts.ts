import fs from 'node:fs'
import path from 'node:path'
import i18next from 'i18next'

/** Words for people, from `languages/<tag>.json`, read at run time. A language that lacks a key falls back to English. */
export interface Texts {
  readonly languages: readonly string[]
  /** The text at `key` (`sessions.alert.no-tariff`), its values filled in; undefined where no language has it. */
  find(language: string, key: string, values?: Readonly<Record<string, unknown>>): string | undefined
  /** The text of a code of a kind, in whichever feature defines it: kind `refusal`, code `no-such-site`. */
  ofCode(
    language: string,
    kind: 'refusal' | 'field' | 'alert' | 'reason',
    code: string,
    values?: Readonly<Record<string, unknown>>,
  ): string
  /** Every code of a kind that has a text, in order. */
  codesOf(kind: 'refusal' | 'field' | 'alert' | 'reason'): readonly string[]
}

type Tree = { readonly [key: string]: string | Tree }

export function openTexts(folder: string): Texts {
  const trees = new Map<string, Tree>()
  for (const file of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    if (file.endsWith('.json'))
      trees.set(path.basename(file, '.json'), JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')))
  }
  const engine = i18next.createInstance()
  void engine.init({
    initAsync: false,
    fallbackLng: 'en',
    resources: Object.fromEntries([...trees].map(([tag, tree]) => [tag, { translation: tree }])),
    interpolation: { prefix: '{', suffix: '}', escapeValue: false },
  })
  // Which feature defines a code, found once.
  const places = new Map<string, string>()
  collect(trees.get('en') ?? {}, '', places)
  const find: Texts['find'] = (language, key, values) =>
    engine.exists(key, { lng: language, ...values }) ? engine.t(key, { lng: language, ...values }) : undefined
  return {
    languages: [...trees.keys()].sort(),
    find,
    ofCode(language, kind, code, values) {
      const place = places.get(`${kind}.${code}`)
      return (place === undefined ? undefined : find(language, place, values)) ?? code.replaceAll('-', ' ')
    },
    codesOf(kind) {
      return [...places.keys()]
        .filter((place) => place.startsWith(`${kind}.`))
        .map((place) => place.slice(kind.length + 1))
        .sort()
    },
  }
}

const KINDS = new Set(['refusal', 'field', 'alert', 'reason'])

function collect(tree: Tree, prefix: string, places: Map<string, string>): void {
  for (const [name, value] of Object.entries(tree)) {
    const place = prefix === '' ? name : `${prefix}.${name}`
    if (typeof value === 'string') continue
    if (KINDS.has(name)) for (const code of Object.keys(value)) places.set(`${name}.${code}`, `${place}.${code}`)
    else collect(value, place, places)
  }
}
