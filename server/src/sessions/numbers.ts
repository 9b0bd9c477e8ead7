import { monotonicMs, type Tx } from '../platform/index.ts'
import { takeNumbers } from './store.ts'

export interface Numbers {
  /** The next numbers of each tenant's one sequence, as many as wanted. */
  take(tx: Tx, wanted: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, readonly bigint[]>>
}

interface Supply {
  next: bigint
  end: bigint
  block: number
  takenAtMs: number
}

const MOST_AHEAD = 256
const OFTEN_MS = 2_000

/**
 * The tenant's row holds the next number, and whoever takes one holds the row until its transaction ends. Where sessions
 * begin at once in great numbers some are taken ahead, so that batches need not wait for each other; else just those needed,
 * so that a restart leaves no gap.
 */
export function openNumbers(): Numbers {
  const supplies = new Map<string, Supply>()

  const ahead = (tenantId: string): number => {
    const supply = supplies.get(tenantId)
    if (supply === undefined || monotonicMs() - supply.takenAtMs > OFTEN_MS) return 0
    return Math.min(MOST_AHEAD, Math.max(8, supply.block * 2))
  }
  const fromSupply = (tenantId: string, count: number): bigint[] => {
    const supply = supplies.get(tenantId)
    if (supply === undefined) return []
    const numbers: bigint[] = []
    for (; numbers.length < count && supply.next < supply.end; supply.next += 1n) numbers.push(supply.next)
    return numbers
  }

  return {
    async take(tx, wanted) {
      const taken = new Map(Array.from(wanted, ([tenantId, count]) => [tenantId, fromSupply(tenantId, count)]))
      const lacking = Array.from(wanted, ([tenantId, count]) => {
        return { tenantId, count: count - (taken.get(tenantId)?.length ?? 0), more: ahead(tenantId) }
      }).filter(({ count }) => count > 0)
      if (lacking.length === 0) return taken
      const firsts = await takeNumbers(
        tx,
        new Map(lacking.map(({ tenantId, count, more }) => [tenantId, count + more])),
      )
      for (const { tenantId, count, more } of lacking) {
        const first = firsts.get(tenantId) ?? 0n
        for (let index = 0; index < count; index += 1) taken.get(tenantId)?.push(first + BigInt(index))
        const next = first + BigInt(count)
        tx.afterCommit(() => {
          supplies.set(tenantId, { next, end: next + BigInt(more), block: more, takenAtMs: monotonicMs() })
        })
      }
      return taken
    },
  }
}
