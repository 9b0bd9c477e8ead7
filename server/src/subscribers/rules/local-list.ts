/** What a station's local list of cards should hold, what it holds, and what is done next about the difference. */

export const listModes = ['off', 'active', 'all'] as const
/** `active`: the cards that are good. `all`: those that are not, too, so that a station that is offline refuses them. */
export type ListMode = (typeof listModes)[number]

export const listStates = ['off', 'behind', 'in-step', 'failed', 'disabled', 'not-supported'] as const
export type ListState = (typeof listStates)[number]

/** What was said of each card: keyed hash of its uid -> its print. */
export type Held = Readonly<Record<string, string>>

/** A card that a list should hold. `print`: what is said of it, as short text; equal prints need no message. */
export interface Wanted {
  readonly hash: string
  readonly print: string
}

export interface KnownList {
  readonly mode: ListMode
  readonly mustRead: boolean
  readonly enabled: boolean | null
  readonly longest: number | null
  readonly part: number | null
  readonly heldVersion: number | null
  readonly held: Held
  readonly lastVersion: number
}

/** Without a print the card is taken out. */
export interface Change {
  readonly hash: string
  readonly print?: string
}

export type ListStep =
  | { readonly kind: 'read' }
  | {
      readonly kind: 'send'
      readonly version: number
      readonly full: boolean
      readonly changes: readonly Change[]
      /** The version once every part is there. */
      readonly lastVersion: number
    }
  | { readonly kind: 'rest'; readonly state: Exclude<ListState, 'behind' | 'failed'> }

/** More than this no list of ours has, whatever a station could hold. */
export const MOST_ENTRIES = 5_000
/** In one message, where the station does not say; and at most. */
export const PART = 50
const MOST_PART = 250
/** OCPP carries an integer; beyond this the counting begins anew, with a full list. */
const HIGHEST_VERSION = 2_147_483_647
/** OCPP 1.6, 5.10: the station has no local list. */
const NO_LIST = -1

/** How many of the wanted entries this station's list may have. */
export function boundOf({ longest }: Pick<KnownList, 'longest'>): number {
  return Math.min(longest ?? MOST_ENTRIES, MOST_ENTRIES)
}

/** What is to be done next. `wanted`: most important first; what is beyond the bound is left out. */
export function nextStep(list: KnownList, wanted: readonly Wanted[]): ListStep {
  const bounded = list.mode === 'off' ? [] : wanted.slice(0, boundOf(list))
  const isEmptyAsWanted = bounded.length === 0 && Object.keys(list.held).length === 0
  if (list.mode === 'off' && isEmptyAsWanted) return { kind: 'rest', state: 'off' }
  if (list.mustRead) return { kind: 'read' }
  if (list.heldVersion === NO_LIST) return { kind: 'rest', state: 'not-supported' }
  if (list.enabled === false) return { kind: 'rest', state: 'disabled' }
  const changes = list.heldVersion === null ? [] : changesBetween(list.held, bounded)
  if (list.heldVersion !== null && changes.length === 0) {
    return { kind: 'rest', state: list.mode === 'off' ? 'off' : 'in-step' }
  }
  return sendStep(list, bounded, changes)
}

function sendStep(list: KnownList, bounded: readonly Wanted[], changes: readonly Change[]): ListStep {
  const part = Math.min(list.part ?? PART, MOST_PART)
  const last = Math.max(list.lastVersion, list.heldVersion ?? 0, 0)
  const startsAnew = last + bounded.length + changes.length >= HIGHEST_VERSION
  // A full list where nothing is known, and where a list of changes would be the longer one.
  const full = list.heldVersion === null || startsAnew || changes.length > bounded.length
  const all = full ? bounded.map(({ hash, print }): Change => ({ hash, print })) : changes
  const version = startsAnew ? 1 : last + 1
  const parts = Math.max(1, Math.ceil(all.length / part))
  return { kind: 'send', version, full, changes: all.slice(0, part), lastVersion: version + parts - 1 }
}

/** What takes rights away comes first; then what is new, most important first. */
export function changesBetween(held: Held, wanted: readonly Wanted[]): readonly Change[] {
  const isWanted = new Set(wanted.map(({ hash }) => hash))
  const removed = Object.keys(held).filter((hash) => !isWanted.has(hash))
  const differing = wanted.filter(({ hash, print }) => held[hash] !== print)
  const [refusing, granting] = [
    differing.filter(({ print }) => !isGood(print)),
    differing.filter(({ print }) => isGood(print)),
  ]
  return [...refusing, ...removed.map((hash) => ({ hash })), ...granting.map(({ hash, print }) => ({ hash, print }))]
}

/** The list after an accepted message. */
export function heldAfter(held: Held, full: boolean, changes: readonly Change[]): Held {
  const after: Record<string, string> = full ? {} : { ...held }
  for (const { hash, print } of changes) {
    if (print === undefined) delete after[hash]
    else after[hash] = print
  }
  return after
}

const GOOD = 'accepted'

export interface Said {
  readonly verdict: 'accepted' | 'blocked' | 'expired'
  readonly validUntil?: string
  readonly groupHash?: string
}

/** Begins with the verdict: a store asks for those that begin with `accepted`. */
export function printOf({ verdict, validUntil = '', groupHash = '' }: Said): string {
  return `${verdict}|${validUntil}|${groupHash}`
}

function isGood(print: string): boolean {
  return print.startsWith(GOOD)
}

/** Tries after one another that fail before staff is told and the list rests. */
export const MOST_ATTEMPTS = 5
/** In step: asked once a day whether it still is. Failed: tried again by itself as often. */
export const CHECK_SECONDS = 86_400

/** Seconds until the next try: 10 s, doubled each time. */
export function waitAfterFailure(attempts: number): number {
  return attempts >= MOST_ATTEMPTS ? CHECK_SECONDS : 10 * 2 ** Math.max(0, attempts - 1)
}

/** What a message brought, kept until its answer is known. */
export interface Pending {
  readonly version: number
  readonly full: boolean
  readonly changes: readonly Change[]
}

/** What the station's own version number says of a message whose answer never came. */
export function heldAsRead(
  list: Pick<KnownList, 'heldVersion' | 'held'>,
  pending: Pending | null,
  version: number,
): Pick<KnownList, 'heldVersion' | 'held'> {
  if (pending !== null && pending.version === version) {
    return { heldVersion: version, held: heldAfter(list.held, pending.full, pending.changes) }
  }
  if (version === NO_LIST || version === list.heldVersion) return { heldVersion: version, held: list.held }
  // Somebody else wrote it, or the station lost it: begin anew.
  return { heldVersion: null, held: list.held }
}
