import type { Config } from '../config.ts'
import { secretOf } from '../config.ts'
import { findRunning } from './running.ts'

/** Asks the running server, as its platform administrator, for a fresh one-time link, and prints it. */
export async function printSignInLink(
  config: Config,
  whose: { readonly tenant?: string; readonly name?: string },
): Promise<void> {
  const { url } = await findRunning(config)
  const key = secretOf(config, 'LATAAMO_PLATFORM_KEY', () => {
    throw new Error('The platform key is not in the data folder: set LATAAMO_PLATFORM_KEY as at the start.')
  })
  const response = await fetch(`${url}/v1/sign-in-links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(whose),
  })
  const answer = (await response.json()) as { url?: string; code?: string; detail?: string }
  if (!response.ok || answer.url === undefined)
    throw new Error(
      `${answer.detail ?? `The server answered ${response.status}.`}${answer.code === 'which-tenant' ? ' (--tenant <slug>)' : ''}`,
    )
  process.stdout.write(`${answer.url}\n\nGood once, for 24 hours.\n`)
}
