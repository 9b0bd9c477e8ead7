import { z } from 'zod'
import { instantText } from '../platform/index.ts'
import { roleNames } from '../rights/index.ts'
import { languageTag, type Tenant } from '../tenants/index.ts'

const LONGEST_MAIL = 254
const MAIL = /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;"]+$/

export const mailShape = z
  .string()
  .trim()
  .max(LONGEST_MAIL)
  // What is too long is told so, and not looked at: the pattern may take the square of its length, and anybody may try to sign in.
  .refine((mail) => mail.length > LONGEST_MAIL || MAIL.test(mail), { params: { code: 'not-a-mail-address' } })

export const nameShape = z.string().trim().min(1).max(200)
export const languageShape = languageTag()
/** Absent: all sites. */
export const sitesShape = z.union([z.literal('all'), z.array(z.uuid()).min(1).max(1_000)])
export const roleShape = z.enum(roleNames)
export const passwordShape = z.string().min(12).max(256)
export const idShape = z.strictObject({ id: z.uuid() })

export const tenantAnswer = z.strictObject({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  currency: z.string(),
  country: z.string(),
  timeZone: z.string(),
  languages: z.array(z.string()),
  demo: z.boolean(),
  createdAt: instantText,
})

export function publishedTenant(tenant: Tenant): z.input<typeof tenantAnswer> {
  return { ...tenant, languages: [...tenant.languages], createdAt: tenant.createdAt.toString() }
}

export const TAG = { signIn: 'sign-in', people: 'people and keys', platform: 'platform' } as const
