import type { AnyRoute, Ground } from '../platform/index.ts'
import { keyRoutes } from './http-keys.ts'
import { meRoutes } from './http-me.ts'
import { outboundRoutes } from './http-outbound.ts'
import { signInRoutes } from './http-sign-in.ts'
import { staffRoutes } from './http-staff.ts'
import { type Installation, tenantRoutes } from './http-tenants.ts'
import { openTries } from './tries.ts'

export interface IdentityDeps {
  readonly ground: Ground
  readonly installation: Installation
}

export function identityRoutes({ ground, installation }: IdentityDeps): AnyRoute[] {
  return [
    ...tenantRoutes(ground, installation),
    ...outboundRoutes(ground),
    ...signInRoutes(ground, openTries()),
    ...meRoutes(ground),
    ...keyRoutes(ground),
    ...staffRoutes(ground),
  ]
}
