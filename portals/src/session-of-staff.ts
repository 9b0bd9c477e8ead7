import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { get, problemError } from './api.ts'
import type { Caller, Installation, Me } from './api-types.ts'

/** Who is signed in, at which tenant, with which rights. Anybody but staff has to sign in first. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async (): Promise<Me> => {
    const caller = await get<Caller>('/v1/me')
    if (caller.kind !== 'staff') throw problemError(401, { code: 'not-signed-in' })
    return caller
  },
  staleTime: 60_000,
  retry: false,
})

/** Whether the one at the screen came by an installation's link and is to make the first network. */
export const isInstallerQuery = queryOptions({
  queryKey: ['is-installer'],
  queryFn: async () => {
    try {
      return (await get<Caller>('/v1/me')).kind === 'installer'
    } catch {
      // Not signed in at all.
      return false
    }
  },
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
