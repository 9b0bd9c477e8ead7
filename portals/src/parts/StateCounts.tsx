import { seenStates, type Seen } from '../api-types.ts'
import { StatusTag } from './StatusTag.tsx'

/** How many EVSEs of a station are in which state, worst first; the number is left out for one alone. */
export function StateCounts({
  evses,
}: {
  readonly evses: readonly { readonly seen: Seen; readonly words?: string }[]
}) {
  const groups = seenStates
    .map((seen) => ({ seen, of: evses.filter((evse) => evse.seen === seen) }))
    .filter(({ of }) => of.length > 0)
  return (
    <span className="counts">
      {groups.map(({ seen, of }) => (
        <StatusTag
          key={seen}
          seen={seen}
          plain
          words={of.length === 1 ? of[0]?.words : undefined}
          {...(evses.length > 1 ? { count: of.length } : {})}
        />
      ))}
    </span>
  )
}
