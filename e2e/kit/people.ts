import type { Page } from 'playwright-core'
import type { Network } from './network.ts'
import { word } from './texts.ts'

interface Invited {
  readonly name: string
  readonly mail: string
  readonly role: 'administrator' | 'operator' | 'biller' | 'viewer'
}

/** Somebody who is invited, comes by the link, sets no password yet, and sees the first page. */
export async function signInAs(page: Page, network: Network, person: Invited, say = word): Promise<void> {
  const { invitationUrl } = await network.rest.post<{ invitationUrl: string }>('/v1/staff', person)
  await page.goto(invitationUrl)
  await page.getByRole('button', { name: say('portal.sign-in.set.later') }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
}
