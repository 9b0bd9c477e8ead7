import type { AnyRoute } from './http-routes.ts'

/** What each address takes: for whoever comes to one of ours by another method (RFC 9110, 15.5.6). Empty: no such address. */
export function methodsOf(routes: readonly AnyRoute[]): (url: string) => readonly string[] {
  const byPath = Map.groupBy(routes, ({ path }) => path)
  const places = [...byPath].map(([path, rows]) => ({
    pattern: new RegExp(`^${path.replace(/:[a-zA-Z]+/g, '[^/]+')}/?$`),
    // A stream has no head alone.
    methods: rows.flatMap(({ method, kind }) => (method === 'GET' && kind !== 'stream' ? [method, 'HEAD'] : [method])),
  }))
  return (url) => {
    const path = url.split('?', 1)[0] ?? ''
    return places.flatMap(({ pattern, methods }) => (pattern.test(path) ? methods : []))
  }
}
