import { ocppTime } from './times.ts'

export function timeOf(text: string): string {
  return ocppTime(Temporal.Instant.from(text))
}

/** A limit that a station states as text; one that is no positive whole number states none. */
export function amountOf<K extends string>(name: K, text: string | undefined): { readonly [key in K]?: number } {
  const amount = Number(text?.trim() || Number.NaN)
  return (Number.isSafeInteger(amount) && amount > 0 ? { [name]: amount } : {}) as { readonly [key in K]?: number }
}
