import type { Page } from 'playwright-core'

/** Texts of the page that lie on each other, as `this × that`. */
export async function overlaps(page: Page): Promise<readonly string[]> {
  return page.evaluate(overlapsShown)
}

/** Texts that go on beyond the panel they stand in, where nothing shows them. */
export const cutOff = (page: Page): Promise<readonly string[]> =>
  page.locator('main .panel').evaluateAll((panels) =>
    panels.flatMap((panel) => {
      const { right } = panel.getBoundingClientRect()
      const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT)
      const cut: string[] = []
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const range = document.createRange()
        range.selectNodeContents(node)
        // What ends in dots says so. Heads that stand beside each cell instead are there for screen readers alone.
        const isSaid = node.parentElement?.closest('.sr, .trunc, .answer-word, option') !== null
        const head = node.parentElement?.closest('.stack thead')
        if (head !== null && head !== undefined && getComputedStyle(head).position === 'absolute') continue
        if (!isSaid && range.getBoundingClientRect().right > right + 1) cut.push(node.textContent ?? '')
      }
      return cut
    }),
  )

/** Runs in the page: where each text is seen, and which two of them share a place. */
function overlapsShown(): readonly string[] {
  const unseen = '.sr, svg, option, details:not([open]) > :not(summary)'
  type Seen = { text: string; of: Element; left: number; right: number; top: number; bottom: number }
  const seen: Seen[] = []
  const walker = document.createTreeWalker(document.querySelector('main') ?? document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const of = node.parentElement
    const text = (node.textContent ?? '').trim()
    if (of === null || text === '' || of.closest(unseen) !== null) continue
    // What scrolls, or is cut off with dots, is seen as far as its box goes.
    const boxes: DOMRect[] = []
    for (let box: Element | null = of; box !== null; box = box.parentElement)
      if (getComputedStyle(box).overflowX !== 'visible') boxes.push(box.getBoundingClientRect())
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const line of range.getClientRects()) {
      const all = [line, ...boxes]
      const left = Math.max(...all.map((one) => one.left))
      const right = Math.min(...all.map((one) => one.right))
      const top = Math.max(...all.map((one) => one.top))
      const bottom = Math.min(...all.map((one) => one.bottom))
      if (right - left > 1 && bottom - top > 1) seen.push({ text: text.slice(0, 40), of, left, right, top, bottom })
    }
  }
  const found = new Set<string>()
  for (const [index, one] of seen.entries())
    for (const other of seen.slice(index + 1)) {
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left)
      // Lines that touch share a few pixels in which no letter stands.
      const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)
      if (one.of !== other.of && wide > 2 && high > 6) found.add(`${one.text} × ${other.text}`)
    }
  return [...found]
}
