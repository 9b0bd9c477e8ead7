/** What a look over JSON text tells before it is parsed: how deep it is, and how many members its objects have. */
export interface JsonScan {
  readonly depth: number
  readonly members: number
}

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_SQUARE = 0x5b
const CLOSE_SQUARE = 0x5d
const OPEN_CURLY = 0x7b
const CLOSE_CURLY = 0x7d

/** Counts brackets and colons outside strings. Some nanoseconds a character; says nothing about validity. */
export function scanJson(text: string): JsonScan {
  let depth = 0
  let deepest = 0
  let members = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === COLON) members += 1
    else if (code === OPEN_CURLY || code === OPEN_SQUARE) {
      depth += 1
      if (depth > deepest) deepest = depth
    } else if (code === CLOSE_CURLY || code === CLOSE_SQUARE) depth -= 1
  }
  return { depth: deepest, members }
}

/** The place of the closing quote; the end of the text when there is none. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1
    if (slashes % 2 === 0) return at
  }
  return text.length
}

/** How many members the objects of a parsed value have, at every depth. */
export function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item)
    return count
  }
  for (const name of Object.keys(value)) count += 1 + countMembers((value as Record<string, unknown>)[name])
  return count
}

/**
 * JSON pointers of members that stand twice in one object, the first so many. For text that is known to be valid JSON and whose
 * counts differ; slow and rare.
 */
export function doubledKeys(text: string, most: number): readonly string[] {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) ?? []
  const doubled: string[] = []
  let at = 0
  const walk = (pointer: string): void => {
    const token = tokens[at]
    at += 1
    if (token === '[') {
      for (let index = 0; tokens[at] !== ']'; index += 1) {
        walk(`${pointer}/${index}`)
        if (tokens[at] === ',') at += 1
      }
      at += 1
    } else if (token === '{') {
      const seen = new Set<string>()
      while (tokens[at] !== '}') {
        const name = JSON.parse(tokens[at] ?? '""') as string
        const place = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
        if (seen.has(name) && doubled.length < most) doubled.push(place)
        seen.add(name)
        at += 2
        walk(place)
        if (tokens[at] === ',') at += 1
      }
      at += 1
    }
  }
  walk('')
  return doubled
}
