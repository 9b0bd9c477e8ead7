/**
 * Guessing keys (attack 5): after 10 failures a station, and after 100 an address, are slowed: one try each
 * `PAUSE_SECONDS`, whatever the answer would have been. The address a station last got in from is not held back by what
 * others try in its name.
 */
export const STATION_FAILURES = 10
export const ADDRESS_FAILURES = 100
const PAUSE_SECONDS = 5
const FORGET_SECONDS = 3_600
/** Bounded memory: the longest silent are forgotten first. */
const MOST_ENTRIES = 20_000

interface Tries {
  failures: number
  lastSeconds: number
}

export interface GuessLimits {
  /** False: refuse without looking at the credential. */
  mayTry(stationKey: string, address: string, nowSeconds: number): boolean
  failed(stationKey: string, address: string, nowSeconds: number): void
  succeeded(stationKey: string, address: string): void
}

export function openGuessLimits(): GuessLimits {
  const stations = new Map<string, Tries>()
  const addresses = new Map<string, Tries>()
  const usualAddress = new Map<string, string>()

  return {
    mayTry(stationKey, address, now) {
      if (usualAddress.get(stationKey) === address) return true
      return (
        isOpen(stations.get(stationKey), STATION_FAILURES, now) && isOpen(addresses.get(address), ADDRESS_FAILURES, now)
      )
    },
    failed(stationKey, address, now) {
      count(stations, stationKey, now)
      count(addresses, address, now)
    },
    succeeded(stationKey, address) {
      stations.delete(stationKey)
      remember(usualAddress, stationKey, address)
    },
  }
}

function isOpen(tries: Tries | undefined, most: number, now: number): boolean {
  if (tries === undefined || tries.failures < most) return true
  return now - tries.lastSeconds >= PAUSE_SECONDS
}

function count(entries: Map<string, Tries>, key: string, now: number): void {
  const known = entries.get(key)
  const failures = known === undefined || now - known.lastSeconds > FORGET_SECONDS ? 1 : known.failures + 1
  remember(entries, key, { failures, lastSeconds: now })
}

function remember<V>(entries: Map<string, V>, key: string, value: V): void {
  entries.delete(key)
  entries.set(key, value)
  const [oldest] = entries.keys()
  if (entries.size > MOST_ENTRIES && oldest !== undefined) entries.delete(oldest)
}
