/** Each takes a turn of its own lot: however many of one lot come, those of the others find room. */
export interface Turns {
  /** Resolves when the turn has come, with how to end it; undefined when too many of this lot wait already, or too much: `bytes` are what this one keeps while it waits. */
  begin(lot: string, bytes?: number): Promise<(() => void) | undefined>
}

interface Lot {
  running: number
  readonly waiting: { readonly bytes: number; readonly goOn: () => void }[]
  bytes: number
}

export interface TurnsOptions {
  readonly atOnce: number
  readonly waiting: number
  readonly waitingBytes: number
}

export function openTurns({ atOnce, waiting: most, waitingBytes }: TurnsOptions): Turns {
  const lots = new Map<string, Lot>()
  return {
    async begin(name, bytes = 0) {
      const lot = lots.get(name) ?? { running: 0, waiting: [], bytes: 0 }
      lots.set(name, lot)
      if (lot.running < atOnce) lot.running += 1
      else if (lot.waiting.length >= most || lot.bytes + bytes > waitingBytes) return undefined
      else {
        lot.bytes += bytes
        await new Promise<void>((goOn) => lot.waiting.push({ bytes, goOn }))
      }
      return () => {
        // Whoever waits goes on in its place.
        const next = lot.waiting.shift()
        if (next !== undefined) {
          lot.bytes -= next.bytes
          return next.goOn()
        }
        lot.running -= 1
        if (lot.running === 0) lots.delete(name)
      }
    },
  }
}
