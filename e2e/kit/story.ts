import { it } from 'vitest'
import type { Stage } from './stage.ts'

/** Parts of one story: when one fails the rest are skipped, since they tell what follows from it. */
export function openStory(stage: () => Stage): (name: string, tell: () => Promise<void>) => void {
  let isBroken = false
  return (name, tell) => {
    it(name, { timeout: 180_000 }, async (context) => {
      context.skip(isBroken, 'an earlier part of the story failed')
      context.onTestFailed(async () => {
        console.error(stage().faults())
        await stage().picture('failed')
      })
      isBroken = true
      await tell()
      isBroken = false
    })
  }
}
