import type { AnyRoute, Ground } from '../platform/index.ts'
import { keyRoutes } from './http-keys.ts'
import { meRoutes } from './http-me.ts'
import { outboundRoutes } from './http-outbound.ts'
import { signInRoutes } from './http-sign-in.ts'
import type { SitesExist } from './known-sites.ts'
import { staffRoutes } from './http-staff.ts'
import { type Installation, tenantRoutes } from './http-tenants.ts'
import { openTries } from './tries.ts'

export interface IdentityDeps {
  readonly ground: Ground
  readonly installation: Installation
  /** Whether all of these are sites of the tenant; sites are a feature above. Absent: whatever is named is taken. */
  readonly sitesExist?: SitesExist
}

export function identityRoutes({ ground, installation, sitesExist }: IdentityDeps): AnyRoute[] {
  return [
    ...tenantRoutes(ground, installation),
    ...outboundRoutes(ground),
    ...signInRoutes(ground, openTries()),
    ...meRoutes(ground),
    ...keyRoutes(ground, sitesExist),
    ...staffRoutes(ground, sitesExist),
  ]
}
