import { ok, refuse, type Result, type Tx } from '../platform/index.ts'
import type { SiteScope } from '../rights/index.ts'

export type SitesExist = (tx: Tx, ids: readonly string[]) => Promise<boolean>

/** A grant for a site that is not there would be one for nothing, which nobody means. */
export async function sitesKnown(
  tx: Tx,
  sitesExist: SitesExist | undefined,
  sites: SiteScope | undefined,
): Promise<Result<void, 'no-such-site'>> {
  if (sites === undefined || sites === 'all' || sitesExist === undefined || (await sitesExist(tx, sites))) {
    return ok(undefined)
  }
  return refuse('no-such-site', { fields: [{ pointer: '/sites', code: 'no-such-site' }] })
}
