import type { DataKey, Tx } from '../../platform/index.ts'
import type { ListEntry } from '../../stations/index.ts'
import { type Change, type ListMode, MOST_ENTRIES, printOf, type Said, type Wanted } from '../rules/local-list.ts'
import { type ListedToken, loadListedTokens, loadTokensOfHashes } from './store.ts'

/** A card as a list should hold it, with its uid in clear. */
interface Card extends Wanted {
  readonly uid: string
  readonly entry: ListEntry
}

export interface Cards {
  readonly wanted: readonly Card[]
  readonly total: number
}

/** What the lists of a tenant should hold, by mode; read once for all lists of one round. */
export function openCards(tx: Tx, key: DataKey, at: Temporal.Instant) {
  const read = new Map<ListMode, Cards>()
  return async (mode: ListMode, tokenLength: number): Promise<Cards> => {
    if (mode === 'off') return { wanted: [], total: 0 }
    let cards = read.get(mode)
    if (cards === undefined) {
      const { tokens, total } = await loadListedTokens(tx, mode, { at, most: MOST_ENTRIES })
      cards = { wanted: tokens.map((token) => cardOf(token, key, at)), total }
      read.set(mode, cards)
    }
    // What the version cannot carry is left out, and counted.
    const fitting = cards.wanted.filter(({ uid }) => uid.length <= tokenLength)
    return { wanted: fitting, total: cards.total }
  }
}

function cardOf(token: ListedToken, key: DataKey, at: Temporal.Instant): Card {
  const { groupUid, groupHash, validUntil } = token
  const said: Said = {
    verdict: verdictOf(token, at),
    ...(validUntil === null ? {} : { validUntil: validUntil.toString() }),
    ...(groupHash === null ? {} : { groupHash: groupHash.toString('base64').slice(0, 12) }),
  }
  const uid = key.decrypt(token.uid).toString()
  return {
    hash: hashText(token),
    print: printOf(said),
    uid,
    entry: {
      idToken: { uid, ...(token.type === null ? {} : { type: token.type }) },
      info: {
        verdict: said.verdict,
        ...(groupUid === null ? {} : { groupUid: key.decrypt(groupUid).toString() }),
        ...(said.validUntil === undefined ? {} : { validUntil: said.validUntil }),
      },
    },
  }
}

function verdictOf({ status, validUntil }: ListedToken, at: Temporal.Instant): Said['verdict'] {
  if (status !== 'active') return status
  return validUntil !== null && Temporal.Instant.compare(validUntil, at) <= 0 ? 'expired' : 'accepted'
}

function hashText({ uidHash }: ListedToken): string {
  return uidHash.toString('base64')
}

/** The changes in a message's own terms; undefined: a card that is to go out is known to nobody any more. */
export async function entriesFor(
  tx: Tx,
  key: DataKey,
  changes: readonly Change[],
  cards: Cards,
): Promise<readonly ListEntry[] | undefined> {
  const known = new Map(cards.wanted.map((card) => [card.hash, card.entry]))
  const leaving = changes.filter(({ print }) => print === undefined).map(({ hash }) => Buffer.from(hash, 'base64'))
  const left = new Map((await loadTokensOfHashes(tx, leaving)).map((token) => [hashText(token), token]))
  const entries: ListEntry[] = []
  for (const { hash, print } of changes) {
    const token = left.get(hash)
    const entry = print === undefined && token !== undefined ? leavingEntry(token, key) : known.get(hash)
    if (entry === undefined || (print === undefined && token === undefined)) return undefined
    entries.push(entry)
  }
  return entries
}

function leavingEntry(token: ListedToken, key: DataKey): ListEntry {
  return {
    idToken: { uid: key.decrypt(token.uid).toString(), ...(token.type === null ? {} : { type: token.type }) },
  }
}
