import { useNavigate, useSearch } from '@tanstack/react-router'

export type Filters = Readonly<Record<string, string | undefined>>

/** The filters of a list as they stand in the address: links, the way back and reloads keep them. */
export function useFilters(): {
  readonly filters: Filters
  readonly set: (change: Filters) => void
  readonly clear: () => void
} {
  const filters = useSearch({ strict: false }) as Filters
  const navigate = useNavigate()
  const go = (search: Filters) =>
    void navigate({ to: '.' as string, search: search as never, replace: true, resetScroll: false })
  return { filters, set: (change) => go({ ...filters, ...change }), clear: () => go({}) }
}

/** A filter that holds several values, `charging,faulted`. */
export function listOf(text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : text.split(',')
}

export function toggled(text: string | undefined, value: string): string | undefined {
  const values = listOf(text)
  const next = values.includes(value) ? values.filter((other) => other !== value) : [...values, value]
  return next.length === 0 ? undefined : next.join(',')
}
