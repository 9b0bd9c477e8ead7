import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { energyText, moneyText, numberText, powerText, timeText } from './parts/quantities.ts'
import type { MoneyText } from './api-types.ts'

/**
 * Texts come from `/languages/<tag>.json` at run time; English stands behind every other language, key by key. Values in
 * a text are named with their kind: `{amount, money}`, `{until, time}`.
 */
export async function loadWords(language: string): Promise<void> {
  const [english, chosen] = await Promise.all([fetchWords('en'), language === 'en' ? undefined : fetchWords(language)])
  await i18next.use(initReactI18next).init({
    lng: chosen === undefined ? 'en' : language,
    fallbackLng: 'en',
    resources: {
      en: { translation: english ?? {} },
      ...(chosen === undefined ? {} : { [language]: { translation: chosen } }),
    },
    // React escapes what it shows.
    interpolation: { prefix: '{', suffix: '}', formatSeparator: ',', escapeValue: false },
    returnNull: false,
  })
  addKinds()
  document.documentElement.lang = i18next.language
}

/** Another language from now on, without leaving the page. What cannot be fetched changes nothing. */
export async function showLanguage(language: string): Promise<void> {
  if (i18next.language === language) return
  if (!i18next.hasResourceBundle(language, 'translation')) {
    const words = await fetchWords(language)
    if (words === undefined) return
    i18next.addResourceBundle(language, 'translation', words)
  }
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

/** The language on the screen, for whoever answers us. */
export function shownLanguage(): string {
  return i18next.language ?? 'en'
}

function addKinds(): void {
  const kinds = i18next.services.formatter
  kinds?.add('money', (value: MoneyText) => moneyText(value))
  kinds?.add('energy', (value: number) => energyText(value))
  kinds?.add('power', (value: number) => powerText(value))
  kinds?.add('count', (value: number) => numberText(value))
  kinds?.add('time', (value: string) => timeText(value))
}

async function fetchWords(tag: string): Promise<Record<string, unknown> | undefined> {
  try {
    const response = await fetch(`/languages/${tag}.json`)
    return response.ok ? ((await response.json()) as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
