import fs from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { home } from './server.ts'

type Values = Readonly<Record<string, string | number>>
type Word = (key: string, values?: Values) => string

/** Texts as people read them in a language, by their key: `word('portal.stations.evse', { id: 1 })`. Throws for a key that is not there. */
export function wordsOf(language: string): Word {
  const texts = textsOf(language)
  return (key, values = {}) => {
    const text = texts.get(key)
    if (text === undefined) throw new Error(`no text ${key} in ${language}`)
    return text.replaceAll(/\{(\w+)(?:, \w+)?\}/g, (whole, name: string) => String(values[name] ?? whole))
  }
}

/** As `wordsOf('en')`. */
export const word = wordsOf('en')

function textsOf(language: string): ReadonlyMap<string, string> {
  const file = path.join(home, 'languages', `${language}.json`)
  const texts = new Map<string, string>()
  const walk = (branch: object, prefix: string): void => {
    for (const [name, value] of Object.entries(branch)) {
      if (typeof value === 'string') texts.set(prefix + name, value)
      else walk(value as object, `${prefix}${name}.`)
    }
  }
  walk(JSON.parse(fs.readFileSync(file, 'utf8')) as object, '')
  return texts
}

/** What the page says in English though it is shown in another language: whole texts of ours, and labels nobody sees. */
export async function englishOn(page: Page, language: string): Promise<readonly string[]> {
  const texts = textsOf(language)
  const translated = new Set(texts.values())
  // What has no translation yet is the completeness report's matter.
  const known = [...textsOf('en')].filter(([key, text]) => texts.has(key) && !translated.has(text))
  const english = new Set(known.map(([, text]) => text).filter((text) => /[a-z]{2}/i.test(text)))
  const said = await page.evaluate(textsShown)
  return [...new Set(said)].filter((text) => english.has(text))
}

/** Runs in the page: each text by itself, and what assistive technology reads instead of one. */
function textsShown(): string[] {
  const said: string[] = [document.title.replace(/ · Lataamo$/, '')]
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  // A language is named in itself.
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
    if (node.parentElement?.closest('[lang]') === document.documentElement) said.push(node.textContent ?? '')
  for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-description'])
    for (const element of document.querySelectorAll(`[${name}]`)) said.push(element.getAttribute(name) ?? '')
  return said.map((text) => text.replaceAll(/\s+/g, ' ').trim())
}
