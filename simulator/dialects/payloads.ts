import type { Ms, Payload } from '../state.ts'

/** Members of payloads that the peer has checked against their schema; what is absent is undefined. */

export function text(payload: Payload, name: string): string | undefined {
  const value = payload[name]
  return typeof value === 'string' ? value : undefined
}

export function whole(payload: Payload, name: string): number | undefined {
  const value = payload[name]
  return typeof value === 'number' ? value : undefined
}

export function part(payload: Payload, name: string): Payload | undefined {
  const value = payload[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Payload) : undefined
}

export function items(payload: Payload, name: string): readonly Payload[] {
  const value = payload[name]
  return Array.isArray(value) ? (value as readonly Payload[]) : []
}

export function texts(payload: Payload, name: string): readonly string[] {
  const value = payload[name]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

export function time(payload: Payload, name: string): Ms | undefined {
  const value = text(payload, name)
  if (value === undefined) return undefined
  try {
    return Temporal.Instant.from(value).epochMilliseconds
  } catch {
    return undefined
  }
}

/** RFC 3339 in UTC with milliseconds, as both specifications write it. */
export function timestamp(at: Ms): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: 'millisecond' })
}

/** Without the members that are undefined: OCPP knows no null and no empty member. */
export function compact(members: Readonly<Record<string, unknown>>): Payload {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

export function someOrNone<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list
}
