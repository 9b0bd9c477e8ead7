import { forgetEvents } from './events/index.ts'
import { forgetSignIns } from './identity/index.ts'
import type { Installation } from './installation.ts'
import { forgetRecorded } from './stations/index.ts'
import { forgetNewsOfRemoved, forgetOneUseTokens } from './subscribers/index.ts'
import { forgetServedOfAll } from './tenants/index.ts'

/** What is done some times a day. That partitions cannot be made is told by the loop, and keeps nothing from being forgotten. */
export async function tidy(installation: Pick<Installation, 'tidy' | 'ground'>): Promise<number> {
  try {
    await installation.tidy()
  } finally {
    // News before its tokens, which it names.
    const also = [forgetEvents, forgetRecorded, forgetNewsOfRemoved, forgetOneUseTokens, forgetSignIns]
    await forgetServedOfAll(installation.ground, also)
  }
  return 0
}
