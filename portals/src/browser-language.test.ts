import { expect, it } from 'vitest'
import { mendBrowserLanguage } from './browser-language.ts'

it.each([
  { said: 'en-US@posix', kept: 'en' },
  { said: '', kept: 'en' },
  { said: 'fi', kept: 'fi' },
  { said: 'de-AT', kept: 'de-AT' },
])('a browser that says $said is taken to say $kept', ({ said, kept }) => {
  // As in a browser, where the language is no own member and cannot be set.
  const browser: { readonly language: string } = Object.create({
    get language() {
      return said
    },
  })
  mendBrowserLanguage(browser)
  expect(browser.language).toBe(kept)
  expect(() => new Intl.NumberFormat(browser.language)).not.toThrow()
})
