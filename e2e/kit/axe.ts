import axe from 'axe-core'
import type { Page } from 'playwright-core'

const CONTRAST = 'color-contrast'
const wcag: axe.RunOnly = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }

/** Contrast takes longest and alone depends on the scheme; all else depends on the page and its width. */
export type AxeRules = 'all' | 'all-but-contrast' | 'contrast'

const optionsOf: Readonly<Record<AxeRules, axe.RunOptions>> = {
  all: { runOnly: wcag },
  'all-but-contrast': { runOnly: wcag, rules: { [CONTRAST]: { enabled: false } } },
  contrast: { runOnly: { type: 'rule', values: [CONTRAST] } },
}

/** What axe finds on a page (WCAG 2.2 AA), each fault with its place. */
export async function axeFaults(page: Page, rules: AxeRules = 'all'): Promise<readonly string[]> {
  await settled(page)
  // Half a megabyte of script: once for each page that is loaded, not for each look at it.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  // Only what is wrong is described: the thousand things that are right cost most.
  const { violations } = await page.evaluate(
    (options) => (window as unknown as { axe: typeof axe }).axe.run(document, options),
    { ...optionsOf[rules], resultTypes: ['violations'] } satisfies axe.RunOptions,
  )
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
