import texts from './texts.en.json' with { type: 'json' }

export type TextKey = keyof typeof texts

/** A text of the command line with its values in place. */
export function words(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return texts[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

export function hasWords(key: string): key is TextKey {
  return key in texts
}

export function kiloWattHours(wattHours: number): string {
  return new Intl.NumberFormat('en', { maximumFractionDigits: 2, useGrouping: false }).format(wattHours / 1000)
}
