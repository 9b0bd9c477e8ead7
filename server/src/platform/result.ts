/**
 * A decision that can go either way. A refusal is a value with a stable code, for somebody to be told;
 * a broken world or a bug is thrown.
 */
export type Result<T, C extends string = string> = Accepted<T> | Refused<C>

export interface Accepted<T> {
  readonly ok: true
  readonly value: T
}

export interface Refused<C extends string = string> {
  readonly ok: false
  readonly code: C
  /** Values for the text of the code, by name. */
  readonly values?: Readonly<Record<string, string | number>>
  /** The fields at fault, when the refusal is about input. */
  readonly fields?: readonly FieldFault[]
}

/** One field at fault: a JSON pointer into the body, a stable code, and values for its text. */
export interface FieldFault {
  readonly pointer: string
  readonly code: string
  readonly values?: Readonly<Record<string, string | number>>
}

export function ok<T>(value: T): Accepted<T> {
  return { ok: true, value }
}

export function refuse<C extends string>(
  code: C,
  more: { readonly values?: Refused['values']; readonly fields?: readonly FieldFault[] } = {},
): Refused<C> {
  return {
    ok: false,
    code,
    ...(more.values === undefined ? {} : { values: more.values }),
    ...(more.fields === undefined ? {} : { fields: more.fields }),
  }
}

/** For states that cannot be: a compile error where a union member was forgotten, an exception when data lied. */
export function never(value: never): never {
  throw new Error(`impossible value: ${JSON.stringify(value)}`)
}

/** The value, or an exception that says what was missing. For bugs, not for input. */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`missing: ${what}`)
  return value
}
