import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { get } from './api.ts'
import type { Installation, Me } from './api-types.ts'

/** Who is signed in, at which tenant, with which rights. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => get<Me>('/v1/me'),
  staleTime: 60_000,
  retry: false,
})

export const installationQuery = queryOptions({
  queryKey: ['installation'],
  queryFn: () => get<Installation>('/v1/installation'),
  staleTime: Number.POSITIVE_INFINITY,
})

export function useMe(): Me {
  return useSuspenseQuery(meQuery).data
}

export function useMay(): (right: string) => boolean {
  const { rights } = useMe()
  return (right) => rights.includes(right)
}
