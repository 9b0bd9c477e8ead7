/** The language behind every other: what a language file lacks is said in English. */
export const FALLBACK_LANGUAGE = 'en'

const MOST_RANGES = 20

/**
 * Of the languages there are, the one an `Accept-Language` asks for most (RFC 9110, 12.5.4; looked up as RFC 4647 says:
 * `fi-FI` is served by `fi`). English when it asks for none of them, or for nothing.
 */
export function languageFor(asked: string | undefined, available: readonly string[]): string {
  const byName = new Map(available.map((tag) => [tag.toLowerCase(), tag]))
  const wanted = (asked ?? '')
    .split(',', MOST_RANGES)
    .map(rangeOf)
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
  for (const { range } of wanted) {
    const found = byName.get(range) ?? byName.get(range.split('-')[0] ?? '')
    if (found !== undefined) return found
  }
  return FALLBACK_LANGUAGE
}

function rangeOf(text: string): { readonly range: string; readonly weight: number } {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const given = parameters.find((parameter) => parameter.startsWith('q='))
  const weight = given === undefined ? 1 : Number(given.slice(2))
  return { range, weight: Number.isFinite(weight) ? weight : 0 }
}
