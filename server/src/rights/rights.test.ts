import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allRights,
  mayGrant,
  maySeeSite,
  rightsOf,
  rightsTable,
  roleNames,
  roles,
  type SiteScope,
  sitesForQuery,
} from './rights.ts'

describe('the table of roles (STAFF-ROLES)', () => {
  it('gives an administrator everything, and nobody a right that does not exist', () => {
    expect([...rightsOf('administrator', 'all')].sort()).toEqual([...allRights].sort())
    for (const role of roleNames) expect(allRights).toEqual(expect.arrayContaining([...roles[role].rights]))
  })

  it.each([
    ['operator', ['keys.write', 'staff.write', 'webhooks.write', 'tariffs.write', 'usage.write', 'audit.read']],
    ['viewer', allRights.filter((right) => !right.endsWith('.read') || right === 'audit.read')],
  ] as const)('keeps from an %s what is not theirs', (role, missing) => {
    const given = rightsOf(role, 'all')
    expect(allRights.filter((right) => !given.has(right)).sort()).toEqual([...missing].sort())
  })

  it('lets a biller read, write tariffs, judge usage data and send records again only', () => {
    const writes = [...rightsOf('biller', 'all')].filter((right) => !right.endsWith('.read'))
    expect(writes).toEqual(['tariffs.write', 'webhooks.resend', 'usage.decide', 'usage.write'])
  })

  it.each(['owner', '', 'constructor', '__proto__', 'toString'])('gives the unknown role "%s" nothing', (role) => {
    expect(rightsOf(role, 'all').size).toBe(0)
  })

  it('carries no right over the whole network in a grant for named sites', () => {
    for (const role of roleNames) {
      for (const right of rightsOf(role, ['site'])) expect(rightsTable[right].scope).not.toBe('tenant')
    }
  })
})

const scope: fc.Arbitrary<SiteScope> = fc.oneof(fc.constant('all' as const), fc.subarray(['a', 'b', 'c', 'd']))
const role = fc.constantFrom(...roleNames)

describe('a site', () => {
  it('is seen by who holds it, and what stands nowhere by who sees all', () => {
    expect(maySeeSite({ sites: ['a'] }, 'a')).toBe(true)
    expect(maySeeSite({ sites: ['a'] }, 'b')).toBe(false)
    expect(maySeeSite({ sites: [] }, 'a')).toBe(false)
    expect(maySeeSite({ sites: ['a'] }, null)).toBe(false)
    expect(maySeeSite({ sites: 'all' }, undefined)).toBe(true)
  })

  it('is in a list for exactly those who may see it', () => {
    fc.assert(
      fc.property(scope, fc.constantFrom('a', 'b', 'x'), (sites, site) => {
        const listed = sitesForQuery({ sites })
        expect(listed === null || listed.includes(site)).toBe(maySeeSite({ sites }, site))
      }),
    )
  })
})

describe('granting', () => {
  it('never gives anybody a right, or a site, that the granter does not hold', () => {
    fc.assert(
      fc.property(role, scope, role, scope, (granterRole, granterSites, wantedRole, wantedSites) => {
        const granter = { rights: rightsOf(granterRole, granterSites), sites: granterSites }
        if (!mayGrant(granter, { role: wantedRole, sites: wantedSites })) return
        for (const right of rightsOf(wantedRole, wantedSites)) expect(granter.rights.has(right)).toBe(true)
        for (const site of ['a', 'b', 'c', 'd', 'x']) {
          if (maySeeSite({ sites: wantedSites }, site)) expect(maySeeSite(granter, site)).toBe(true)
        }
      }),
    )
  })

  it('lets an administrator grant every role', () => {
    const granter = { rights: rightsOf('administrator', 'all'), sites: 'all' as const }
    for (const wanted of roleNames) expect(mayGrant(granter, { role: wanted, sites: 'all' })).toBe(true)
  })
})
