/** Each takes a turn of its own lot: however many of one lot come, those of the others find room. */
export interface Turns {
  /** Resolves when the turn has come, with how to end it; undefined when too many of this lot wait already. */
  begin(lot: string): Promise<(() => void) | undefined>
}

interface Lot {
  running: number
  readonly waiting: (() => void)[]
}

export function openTurns({ atOnce, waiting: most }: { readonly atOnce: number; readonly waiting: number }): Turns {
  const lots = new Map<string, Lot>()
  return {
    async begin(name) {
      const lot = lots.get(name) ?? { running: 0, waiting: [] }
      lots.set(name, lot)
      if (lot.running < atOnce) lot.running += 1
      else if (lot.waiting.length >= most) return undefined
      else await new Promise<void>((resolve) => lot.waiting.push(resolve))
      return () => {
        // Whoever waits goes on in its place.
        const next = lot.waiting.shift()
        if (next !== undefined) return next()
        lot.running -= 1
        if (lot.running === 0) lots.delete(name)
      }
    },
  }
}
