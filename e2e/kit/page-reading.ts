import type { Locator, Page } from 'playwright-core'

/** Reading a page as a person does: the number in a text, the fact beside its word. */

/** `1,234.5` in English, `1 234,5` with no-break spaces in Finnish. */
const numbers = {
  en: { shape: /\d[\d,]*(?:\.\d+)?/, groups: ',', point: '.' },
  fi: { shape: /\d[\d\u00a0]*(?:,\d+)?/, groups: '\u00a0', point: ',' },
}

export type ReadLanguage = keyof typeof numbers

export function numberIn(text: string, language: ReadLanguage = 'en'): number {
  const { shape, groups, point } = numbers[language]
  const found = shape.exec(text)?.[0].replaceAll(groups, '').replace(point, '.')
  return found === undefined ? Number.NaN : Number(found)
}

export function centsIn(text: string, language: ReadLanguage = 'en'): number {
  return Math.round(numberIn(text, language) * 100)
}

/** What stands beside a word in a list of facts. */
export function factOf(within: Locator, name: string): Locator {
  const beside = within.locator('dt', { hasText: new RegExp(`^${name}$`) })
  return beside.locator('xpath=following-sibling::dd[1]')
}

/** A part of a page by its heading. */
export function part(page: Page, name: string): Locator {
  return page.getByRole('region', { name, exact: true })
}

/** Nothing has to be scrolled sideways to be read. */
export async function isWiderThanScreen(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
}

/** Two keys one after the other, in one go: the second counts for a second and a half, however busy the machine is. */
export async function pressInTurn(page: Page, first: string, second: string): Promise<void> {
  await Promise.all([page.keyboard.press(first), page.keyboard.press(second)])
}

export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not there')
  return value
}
