import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const CONTRAST = 'color-contrast'

/** Contrast takes longest and alone depends on the scheme; all else depends on the page and its width. */
export type AxeRules = 'all' | 'all-but-contrast' | 'contrast'

/** What axe finds on a page (WCAG 2.2 AA), each fault with its place. */
export async function axeFaults(page: Page, rules: AxeRules = 'all'): Promise<readonly string[]> {
  await settled(page)
  // Only what is wrong is described: the thousand things that are right cost most. Our pages have no frames of others,
  // so that nothing has to be put together in a second page.
  const builder = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode()
  if (rules === 'contrast') builder.withRules(CONTRAST)
  else builder.withTags(wcag)
  if (rules === 'all-but-contrast') builder.disableRules(CONTRAST)
  const { violations } = await builder.analyze()
  return violations.map(({ id, nodes }) => `${id} at ${nodes[0]?.target.join(' ')}: ${nodes[0]?.html}`)
}

/** Whoever changes the scheme is followed with the next frame, and a button's colour a moment later: between them contrast is nobody's. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(ending.map(({ finished }) => finished))
  })
}
