/** Where the rows of one station lie: block, first byte, end, for each. */
export type Places = number[]

/** Texts on their way to the log, as bytes: thousands a second, which nobody else looks at before they are written. */
export interface LogRows {
  /** Keeps a text and notes where it lies. Answers how many bytes it took. */
  add(text: string, places: Places): number
  /** The texts of these places, with commas between, in brackets. */
  list(places: Places): Buffer
}

const BLOCK_BYTES = 262_144
/** What a character may take. */
const MOST_BYTES = 3

export function openLogRows(): LogRows {
  const blocks: Buffer[] = []
  let block: Buffer | undefined
  let at = 0

  const roomFor = (text: string): Buffer => {
    const most = text.length * MOST_BYTES
    if (block === undefined || at + most > block.length) {
      block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, most))
      blocks.push(block)
      at = 0
    }
    return block
  }
  return {
    add(text, places) {
      const written = roomFor(text).write(text, at)
      places.push(blocks.length - 1, at, at + written)
      at += written
      return written
    },
    list(places) {
      let bytes = 1
      for (let n = 0; n < places.length; n += 3) bytes += placeOf(places, n + 2) - placeOf(places, n + 1) + 1
      const all = Buffer.allocUnsafe(bytes)
      let end = 0
      for (let n = 0; n < places.length; n += 3) {
        all[end] = n === 0 ? OPEN : COMMA
        const from = blocks[placeOf(places, n)]
        end += 1 + (from?.copy(all, end + 1, placeOf(places, n + 1), placeOf(places, n + 2)) ?? 0)
      }
      all[end] = CLOSE
      return all
    },
  }
}

const OPEN = '['.charCodeAt(0)
const COMMA = ','.charCodeAt(0)
const CLOSE = ']'.charCodeAt(0)

function placeOf(places: Places, index: number): number {
  return places[index] ?? 0
}
