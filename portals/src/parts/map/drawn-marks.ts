/**
 * Which marks were drawn: the map keeps each for ever, and a busy network shows thousands of different counts in a day. Beyond `most` all
 * are taken away when the map is at rest; those that are on it are drawn again.
 */
export function drawnMarks(most: number, remove: (name: string) => void) {
  const names = new Set<string>()
  return {
    add: (name: string) => void names.add(name),
    tidy() {
      if (names.size <= most) return
      for (const name of names) remove(name)
      names.clear()
    },
  }
}
