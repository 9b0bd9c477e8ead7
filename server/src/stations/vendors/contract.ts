import type { Protocol } from '../protocols/index.ts'

export type OcppVersion = Protocol['version']

/**
 * What is known of one vendor's stations, as data alone. A place is a path into the payload, members joined by dots, `*`
 * for each item of a list; empty: the payload itself.
 */
export interface VendorRules {
  /** The name of its folder, and of its texts. */
  readonly name: string
  /** Which stations, by what they say of themselves at a boot. Absent: any. */
  readonly stations: {
    readonly vendor: RegExp
    readonly model?: RegExp
    readonly firmware?: RegExp
    readonly versions?: readonly OcppVersion[]
  }
  /** For messages that do not fit their schema; tried in this order, then checked once more. */
  readonly repairs: Readonly<Record<string, readonly Repair[]>>
  /** For messages that fit, and say something else than they mean. */
  readonly readings: readonly ReadingRule[]
  /** Whole registers beside the readings, such as 1.6's meterStart: the power of ten they are to be multiplied by. */
  readonly registers: Readonly<Record<string, readonly { readonly member: string; readonly shift: number }[]>>
  /** Its own error codes; each has a text for staff, `stations.vendors.<name>.error.<value>`. */
  readonly errors: Readonly<Record<string, string>>
}

export type Repair =
  /** A misspelled member; where both stand, the right one wins. */
  | { readonly kind: 'rename'; readonly at: string; readonly from: string; readonly to: string }
  /** A member that is left out. */
  | { readonly kind: 'default'; readonly at: string; readonly member: string; readonly value: string | number }
  /** A listed word in the wrong case or with other separators. */
  | { readonly kind: 'word'; readonly at: string; readonly member: string; readonly words: readonly string[] }
  /** Words of the vendor's own. */
  | {
      readonly kind: 'translate'
      readonly at: string
      readonly member: string
      readonly words: Readonly<Record<string, string>>
    }
  /** A number written as text, and the other way round. */
  | { readonly kind: 'number' | 'text'; readonly at: string; readonly member: string }
  /** A text that is longer than the schema takes. */
  | { readonly kind: 'cut'; readonly at: string; readonly member: string; readonly length: number }

/** A sampled value that is said in another unit or scale than is meant. */
export interface ReadingRule {
  readonly measurand: string
  /** As the station says it; absent: no unit is said. */
  readonly saidUnit?: string
  readonly unit: string
  /** The power of ten the value is to be multiplied by; absent: 0. */
  readonly shift?: number
}

/** What a station says of itself. */
export interface Device {
  readonly vendor: string
  readonly model: string
  readonly firmware?: string
}
