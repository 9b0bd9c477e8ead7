import type { TokenVerdict } from '../../stations/model.ts'

/** What is asked: may this token charge at all (`authorise`), begin now (`start`), be wished for, or stop its session. */
export type ValidityPurpose = 'authorise' | 'start' | 'wish' | 'stop'

export interface KnownToken {
  readonly status: 'active' | 'blocked' | 'expired'
  readonly validUntil?: Temporal.Instant
  readonly maxSessions?: number
  /** Sessions that its holder has open elsewhere. */
  readonly openSessions: number
  /** Made by us for one remote start: it is good at that station, while its session is open. */
  readonly oneUse?: { readonly stationId: string; readonly isOpen: boolean }
}

/** Everything VALID may need, loaded first. What is absent is not asked about. */
export interface ValidityFacts {
  readonly purpose: ValidityPurpose
  readonly at: Temporal.Instant
  /** `anybody`: a station's start button (NoAuthorization), or staff without a card. */
  readonly token: KnownToken | 'unknown' | 'anybody'
  readonly station?: {
    readonly id: string
    readonly state: 'active' | 'test' | 'disabled'
    readonly onboarding: 'waiting' | 'accepted' | 'refused'
    readonly isConnected: boolean
    readonly maxSessions?: number
    readonly openSessions: number
  }
  readonly evse?: { readonly isKnown: boolean; readonly isBusy: boolean; readonly status?: string }
  readonly hasTariff?: boolean
}

/** One that has a say. Features above add theirs in `app.ts`. */
export interface Authoriser {
  readonly code: string
  /** What the station is told (it knows fewer words than people do). */
  readonly verdict: TokenVerdict
  /** Absent: at every question. */
  readonly purposes?: readonly ValidityPurpose[]
  readonly refuses: (facts: ValidityFacts) => boolean
}

const begins = ['start', 'wish'] as const
const wishes = ['wish'] as const

/** In the order in which reasons are told; the station hears the first one's verdict. */
export const authorisers: readonly Authoriser[] = [
  { code: 'unknown-token', verdict: 'invalid', refuses: ({ token }) => token === 'unknown' },
  { code: 'token-blocked', verdict: 'blocked', refuses: ({ token }) => known(token)?.status === 'blocked' },
  { code: 'token-expired', verdict: 'expired', refuses: ({ token, at }) => isExpired(known(token), at) },
  {
    code: 'token-not-here',
    verdict: 'invalid',
    refuses: ({ token, station }) => isElsewhere(known(token), station?.id),
  },
  { code: 'token-used', verdict: 'invalid', refuses: ({ token }) => known(token)?.oneUse?.isOpen === false },
  { code: 'token-in-use', verdict: 'concurrent', purposes: begins, refuses: ({ token }) => isInUse(known(token)) },
  {
    code: 'station-disabled',
    verdict: 'not-here',
    purposes: ['authorise', 'start', 'wish'],
    refuses: ({ station }) => station?.state === 'disabled',
  },
  {
    code: 'station-in-test',
    verdict: 'not-here',
    purposes: ['authorise', 'start', 'wish'],
    refuses: ({ station, token }) =>
      station?.state === 'test' && token !== 'anybody' && known(token)?.oneUse === undefined,
  },
  {
    code: 'station-not-accepted',
    verdict: 'not-here',
    purposes: ['authorise', 'start', 'wish'],
    refuses: ({ station }) => station !== undefined && station.onboarding !== 'accepted',
  },
  {
    code: 'station-offline',
    verdict: 'not-now',
    purposes: wishes,
    refuses: ({ station }) => station?.isConnected === false,
  },
  {
    code: 'station-full',
    verdict: 'concurrent',
    purposes: begins,
    refuses: ({ station }) => station?.maxSessions !== undefined && station.openSessions >= station.maxSessions,
  },
  { code: 'evse-unknown', verdict: 'not-here', purposes: wishes, refuses: ({ evse }) => evse?.isKnown === false },
  { code: 'evse-busy', verdict: 'concurrent', purposes: wishes, refuses: ({ evse }) => evse?.isBusy === true },
  { code: 'evse-faulted', verdict: 'not-here', purposes: wishes, refuses: ({ evse }) => evse?.status === 'faulted' },
  {
    code: 'evse-unavailable',
    verdict: 'not-here',
    purposes: wishes,
    refuses: ({ evse }) => evse?.status === 'unavailable',
  },
  { code: 'evse-reserved', verdict: 'not-now', purposes: wishes, refuses: ({ evse }) => evse?.status === 'reserved' },
  { code: 'no-tariff', verdict: 'not-now', purposes: wishes, refuses: ({ hasTariff }) => hasTariff === false },
]

/** Every reason against, by code. Nothing: the user may be served (VALID). */
export function reasonsAgainst(facts: ValidityFacts, more: readonly Authoriser[] = []): readonly Authoriser[] {
  return [...authorisers, ...more].filter(
    ({ purposes, refuses }) => (purposes === undefined || purposes.includes(facts.purpose)) && refuses(facts),
  )
}

export function verdictOf(reasons: readonly Authoriser[]): TokenVerdict {
  return reasons[0]?.verdict ?? 'accepted'
}

function known(token: ValidityFacts['token']): KnownToken | undefined {
  return typeof token === 'string' ? undefined : token
}

function isExpired(token: KnownToken | undefined, at: Temporal.Instant): boolean {
  if (token === undefined) return false
  return (
    token.status === 'expired' ||
    (token.validUntil !== undefined && Temporal.Instant.compare(token.validUntil, at) <= 0)
  )
}

function isElsewhere(token: KnownToken | undefined, stationId: string | undefined): boolean {
  return token?.oneUse !== undefined && token.oneUse.stationId !== stationId
}

function isInUse(token: KnownToken | undefined): boolean {
  return token?.maxSessions !== undefined && token.openSessions >= token.maxSessions
}
