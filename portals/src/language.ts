/**
 * Which language is shown: the one kept with the account, else the one chosen on this machine, else the one the browser asked
 * for, which the server has written into the page. Any file in `languages/` on the server is one.
 */

const storageKey = 'lataamo-language'
const page = document.documentElement
const askedByBrowser = page.lang
const available = page.dataset['languages']?.split(' ') ?? ['en']

/** Every language there is, by its tag. */
export function availableLanguages(): readonly string[] {
  return available
}

export function languageFor(account: string | null): string {
  const wanted = [account, chosenHere(), askedByBrowser].find((tag) => tag !== null && available.includes(tag))
  return wanted ?? 'en'
}

/** Null: as the browser asks for. */
function chosenHere(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null
  }
}

export function chooseHere(tag: string | null): void {
  try {
    if (tag === null) localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, tag)
  } catch {
    // Without storage the choice holds until the page is left.
  }
}

/** What a language calls itself: `English`, `Suomi`. */
export function ownName(tag: string): string {
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1)
}
