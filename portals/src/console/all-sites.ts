import { queryOptions } from '@tanstack/react-query'
import { getAll } from '../api.ts'
import type { Site } from '../api-types.ts'

/** Every site, by name, to choose from. */
export const allSitesQuery = queryOptions({
  queryKey: ['sites', 'choice'],
  queryFn: ({ signal }) => getAll<Site>('/v1/sites', { signal }),
})
