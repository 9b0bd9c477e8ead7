/**
 * Some browsers say a language that is none (`en-US@posix`, Chromium where the system's is C), and what is loaded later (uPlot) makes a
 * number format of it at once: the pages with a curve would fail. Then English is said; which language is shown is decided elsewhere.
 */
export function mendBrowserLanguage(browser: { readonly language: string }): void {
  if (!isLanguage(browser.language)) Object.defineProperty(browser, 'language', { value: 'en', configurable: true })
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
