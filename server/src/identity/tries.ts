import { addressGroup, oneMore, waitOf, type Wrong } from './rules/tries.ts'

/** Slows down guessing. In memory, bounded: a restart forgives, as one starts seldom. */
export interface Tries {
  /** Counts a try as wrong beforehand, so that many at the same time are counted too. Seconds to wait when it is refused, else 0. */
  begin(account: string, ip: string, nowMs: number): number
  /** The try was right: the account's count is taken back. */
  forgive(account: string, ip: string): void
}

const LONGEST_FOR_ADDRESS_MS = 900_000
/** Short, since anybody can keep somebody else's account waiting. From an address it signed in from before, it does not wait for others. */
const LONGEST_FOR_ACCOUNT_MS = 60_000
const MOST_KEPT = 50_000

export function openTries(): Tries {
  const wrongs = new Map<string, Wrong>()
  const usual = new Set<string>()
  const keep = (name: string, nowMs: number): void => {
    const next = oneMore(wrongs.get(name), nowMs)
    wrongs.delete(name)
    wrongs.set(name, next)
    if (wrongs.size > MOST_KEPT) wrongs.delete(wrongs.keys().next().value ?? '')
  }
  const names = (account: string, ip: string) => {
    const address = addressGroup(ip)
    const pair = `${account} at ${address}`
    return { address, account: usual.has(pair) ? pair : account, pair }
  }
  return {
    begin(account, ip, nowMs) {
      const by = names(account, ip)
      const wait = Math.max(
        waitOf(wrongs.get(by.address), nowMs, LONGEST_FOR_ADDRESS_MS),
        waitOf(wrongs.get(by.account), nowMs, LONGEST_FOR_ACCOUNT_MS),
      )
      if (wait > 0) return Math.ceil(wait / 1_000)
      keep(by.address, nowMs)
      keep(by.account, nowMs)
      return 0
    },
    forgive(account, ip) {
      const by = names(account, ip)
      wrongs.delete(by.account)
      // Own try only: who has one account must not clear an address for guessing at others.
      const ofAddress = wrongs.get(by.address)
      if (ofAddress !== undefined) wrongs.set(by.address, { ...ofAddress, count: ofAddress.count - 1 })
      usual.add(by.pair)
      if (usual.size > MOST_KEPT) usual.delete(usual.values().next().value ?? '')
    },
  }
}
