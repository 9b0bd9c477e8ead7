import type { PublicEvse } from '../../api-types.ts'

/**
 * What whoever stands before a station can do with a card: begin, only stop what runs where all places are taken, or
 * nothing, where all are out of use.
 */
export function adviceOf(evses: readonly Pick<PublicEvse, 'seen' | 'session'>[]): 'start' | 'stop' | undefined {
  const inUse = evses.filter((evse) => !isOutOfUse(evse))
  if (inUse.length === 0) return undefined
  return inUse.every(({ seen, session }) => seen === 'charging' && session !== undefined) ? 'stop' : 'start'
}

/** Nobody can charge here, and nobody does: a card would be held to it for nothing. */
function isOutOfUse({ seen, session }: Pick<PublicEvse, 'seen' | 'session'>): boolean {
  return (seen === 'disabled' || seen === 'faulted') && session === undefined
}
