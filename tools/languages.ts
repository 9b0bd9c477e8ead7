import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Texts } from './collect-texts.ts'

/**
 * How complete each language is beside English: `npm run languages`, `npm run languages -- fi` with every key named. Fails
 * when a file could not be used as it stands (values that English does not give, plurals the language does not have), and when
 * it has texts that no `texts.en.json` has.
 */

const folder = join(import.meta.dirname, '..', 'languages')

export interface Completeness {
  readonly language: string
  readonly wanted: number
  /** Keys that fall back to English. */
  readonly missing: readonly string[]
  /** Keys that nothing asks for. */
  readonly extra: readonly string[]
  /** Keys whose named values are not those of the English text. */
  readonly values: readonly string[]
  /** Keys that say exactly what English says: often right (OCPP, kWh), sometimes forgotten. */
  readonly same: readonly string[]
}

const pluralForm = /_(zero|one|two|few|many|other)$/

/** Compares a language with English, plurals by the language's own rules (style: section 11). */
export function completeness(language: string, english: Texts, texts: Texts): Completeness {
  const source = flat(english)
  const given = flat(texts)
  const wanted = wantedKeys(language, source)
  const keys = [...wanted.keys()]
  return {
    language,
    wanted: keys.length,
    missing: keys.filter((key) => (given.get(key) ?? '').trim() === ''),
    extra: [...given.keys()].filter((key) => !wanted.has(key)),
    values: keys.filter((key) => given.has(key) && !hasValues(key, given.get(key) ?? '', wanted.get(key) ?? [])),
    same: keys.filter((key) => /[a-z]{2}/i.test(source.get(key) ?? '') && source.get(key) === given.get(key)),
  }
}

/** Every key a language needs, with the English texts it must match: several for the forms of one plural. */
function wantedKeys(language: string, source: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
  const wanted = new Map<string, readonly string[]>()
  for (const [key, text] of source) {
    const stem = key.replace(pluralForm, '')
    if (stem === key || !source.has(`${stem}_other`)) wanted.set(key, [text])
    else for (const form of forms) wanted.set(`${stem}_${form}`, formsOf(stem, source))
  }
  return wanted
}

function formsOf(stem: string, source: ReadonlyMap<string, string>): readonly string[] {
  return [...source]
    .filter(([key]) => pluralForm.test(key) && key.replace(pluralForm, '') === stem)
    .map(([, text]) => text)
}

/** A plural's rarer forms may say the number in a word, so they may leave values out. */
function hasValues(key: string, text: string, english: readonly string[]): boolean {
  const given = valuesIn(text)
  const wanted = new Set(english.flatMap((one) => [...valuesIn(one)]))
  const isRare = english.length > 1 && !key.endsWith('_other')
  return given.isSubsetOf(wanted) && (isRare || wanted.isSubsetOf(given))
}

function valuesIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/\{([^{}]*)\}/g)].map(([, value = '']) => value.replaceAll(' ', '')))
}

function flat(texts: Texts): ReadonlyMap<string, string> {
  const walk = (branch: Texts, prefix: string): (readonly [string, string])[] =>
    Object.entries(branch).flatMap(([name, value]) =>
      typeof value === 'string' ? [[prefix + name, value] as const] : walk(value, `${prefix}${name}.`),
    )
  return new Map(walk(texts, ''))
}

/** Every language there is a file of, English excepted. */
export function allCompleteness(): readonly Completeness[] {
  const read = (tag: string) => JSON.parse(readFileSync(join(folder, `${tag}.json`), 'utf8')) as Texts
  const tags = readdirSync(folder).map((file) => basename(file, '.json'))
  return tags
    .filter((tag) => tag !== 'en')
    .sort()
    .map((tag) => completeness(tag, read('en'), read(tag)))
}

function report(found: Completeness, isWhole: boolean): string {
  const { language, wanted, missing, extra, values, same } = found
  const percent = Math.floor(((wanted - missing.length) / wanted) * 100)
  const lists = isWhole ? { missing, extra, values, same } : { missing, extra, values }
  return [
    `${language}: ${wanted - missing.length} of ${wanted} texts (${percent} %), ${missing.length} missing, ${extra.length} extra, ` +
      `${values.length} with other values than English, ${same.length} the same as English`,
    ...Object.entries(lists).flatMap(([name, keys]) => keys.map((key) => `  ${name} ${key}`)),
  ].join('\n')
}

function main(): void {
  const [only] = process.argv.slice(2)
  const all = allCompleteness().filter(({ language }) => only === undefined || language === only)
  for (const one of all) console.log(report(one, only !== undefined))
  if (all.some(({ values, extra }) => values.length + extra.length > 0)) process.exitCode = 1
}

if (import.meta.main) main()
