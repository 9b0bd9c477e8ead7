/** A tariff that a station had before, null for the network's default, and until when. */
export interface FormerTariff {
  readonly tariffId: string | null
  readonly until: string
}

/** Which tariff a station had at an instant; what a session told late began by. */
export function tariffAt(
  station: { readonly tariffId: string | null; readonly tariffHistory: readonly FormerTariff[] } | undefined,
  at: Temporal.Instant,
): string | null | undefined {
  const former = station?.tariffHistory.find(
    ({ until }) => Temporal.Instant.compare(at, Temporal.Instant.from(until)) < 0,
  )
  return former === undefined ? station?.tariffId : former.tariffId
}
