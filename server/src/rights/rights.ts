/**
 * What may be done. `tenant`: concerns the tenant as a whole, so a grant for named sites does not carry it.
 * Docs (`docs/rights.md`) are printed from this table by tools/print-rights.ts.
 */
export const rightsTable = {
  'stations.read': { scope: 'site', about: 'see sites, stations and the map' },
  'stations.write': { scope: 'site', about: 'add, change and remove stations, adopt refused ones' },
  'sites.write': { scope: 'site', about: 'add, change and remove sites' },
  'commands.send': { scope: 'site', about: 'send commands to stations' },
  'log.read': { scope: 'site', about: 'read what stations and the server said to each other' },
  'sessions.read': { scope: 'site', about: 'see sessions and their data records' },
  'sessions.write': { scope: 'site', about: 'start and stop sessions' },
  'usage.decide': { scope: 'site', about: 'decide about usage data that waits' },
  'usage.write': { scope: 'tenant', about: 'choose what happens to doubtful usage data, check by check' },
  'tokens.read': { scope: 'tenant', about: 'see cards and other id tokens' },
  'tokens.write': { scope: 'tenant', about: 'add, change and block id tokens' },
  'tariffs.read': { scope: 'any', about: 'see tariffs and calculate prices' },
  'tariffs.write': { scope: 'tenant', about: 'add tariffs and versions, choose the default' },
  'alerts.read': { scope: 'site', about: 'see alerts' },
  'alerts.write': { scope: 'site', about: 'acknowledge alerts' },
  'limits.write': { scope: 'tenant', about: 'set how long sessions may run, and when alerts begin' },
  'webhooks.read': { scope: 'tenant', about: 'see webhooks and what was handed on by them' },
  'webhooks.write': { scope: 'tenant', about: 'add, change and remove webhooks' },
  'webhooks.resend': { scope: 'tenant', about: 'test webhooks, and send again what was not taken' },
  'keys.write': { scope: 'tenant', about: 'see, add and revoke machine keys' },
  'staff.write': { scope: 'tenant', about: 'see, invite and change people' },
  'audit.read': { scope: 'tenant', about: 'see who changed what' },
} as const satisfies Record<string, { readonly scope: 'site' | 'tenant' | 'any'; readonly about: string }>

export type Right = keyof typeof rightsTable
export const allRights = Object.keys(rightsTable) as readonly Right[]

const READ = allRights.filter((right) => right.endsWith('.read') && right !== 'audit.read')

export const roles = {
  administrator: { about: 'everything', rights: allRights },
  operator: {
    about: 'runs the network: all but keys, people, webhooks, tariffs, the rules for usage data and the audit trail',
    rights: allRights.filter(
      (right) =>
        !['keys.write', 'staff.write', 'webhooks.write', 'tariffs.write', 'usage.write', 'audit.read'].includes(right),
    ),
  },
  biller: {
    about: 'reads everything of the network, writes tariffs, decides about usage data and sends records again',
    rights: [...READ, 'tariffs.write', 'webhooks.resend', 'usage.decide', 'usage.write'],
  },
  viewer: { about: 'reads everything of the network', rights: READ },
} as const satisfies Record<string, { readonly about: string; readonly rights: readonly Right[] }>

export type Role = keyof typeof roles
export const roleNames = Object.keys(roles) as [Role, ...Role[]]

export function isRole(name: string): name is Role {
  return Object.hasOwn(roles, name)
}

/** Where a grant holds: everywhere, or at named sites. */
export type SiteScope = 'all' | readonly string[]

/** The rights of a grant. A role that is not known (any more) gives none. */
export function rightsOf(role: string, sites: SiteScope): ReadonlySet<Right> {
  if (!isRole(role)) return new Set()
  const given: readonly Right[] = roles[role].rights
  return new Set(sites === 'all' ? given : given.filter((right) => rightsTable[right].scope !== 'tenant'))
}

/** Whether somebody's rights reach a site. What stands at no site is seen by those who see all. */
export function maySeeSite(caller: { readonly sites: SiteScope }, siteId: string | null | undefined): boolean {
  if (caller.sites === 'all') return true
  return siteId !== null && siteId !== undefined && caller.sites.includes(siteId)
}

/** For queries: the sites somebody may see, null for all. `(${sites}::uuid[] is null or site_id = any(${sites}::uuid[]))` */
export function sitesForQuery(caller: { readonly sites: SiteScope }): readonly string[] | null {
  return caller.sites === 'all' ? null : caller.sites
}

/** Nobody grants more than they hold: each right of the grant, at each of its sites, must be the granter's own. */
export function mayGrant(
  granter: { readonly rights: ReadonlySet<string>; readonly sites: SiteScope },
  grant: { readonly role: Role; readonly sites: SiteScope },
): boolean {
  const within =
    granter.sites === 'all' ||
    (grant.sites !== 'all' && grant.sites.every((site) => granter.sites !== 'all' && granter.sites.includes(site)))
  return within && [...rightsOf(grant.role, grant.sites)].every((right) => granter.rights.has(right))
}
