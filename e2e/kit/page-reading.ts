import type { Locator, Page } from 'playwright-core'

/** Reading a page as a person does: the number in a text, the fact beside its word. */

export function numberIn(text: string): number {
  return Number(/\d[\d,]*(?:\.\d+)?/.exec(text)?.[0].replaceAll(',', '') ?? Number.NaN)
}

export function centsIn(text: string): number {
  return Math.round(numberIn(text) * 100)
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

export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not there')
  return value
}
