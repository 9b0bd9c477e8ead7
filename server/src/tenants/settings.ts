import { z } from 'zod'
import { isCurrency } from '../../../units/index.ts'

const LONGEST_TAG = 35

/** What a tenant is made of, checked at the border. */
export const newTenantShape = z.strictObject({
  slug: z
    .string()
    .refine((slug) => /^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$/.test(slug), { params: { code: 'slug' } })
    .refine((slug) => !isReserved(slug), { params: { code: 'reserved' } }),
  name: z.string().trim().min(1).max(200),
  currency: z.string().refine(isCurrency, { params: { code: 'not-a-currency' } }),
  country: z.string().refine(isCountry, { params: { code: 'not-a-country' } }),
  timeZone: z.string().refine(isTimeZone, { params: { code: 'not-a-time-zone' } }),
  languages: z.array(languageTag()).min(1).max(30),
})
export type NewTenant = z.output<typeof newTenantShape>

/** A tenant's settings, as features read them. */
export interface Tenant {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly currency: string
  readonly country: string
  readonly timeZone: string
  readonly languages: readonly string[]
  readonly demo: boolean
  readonly createdAt: Temporal.Instant
}

/** First segments of our own addresses: a tenant's slug stands in some of them and must not be mistaken for one. */
const RESERVED: ReadonlySet<string> = new Set(
  `admin api app assets console docs favicon fonts healthz help languages lataamo login mail metrics ocpi ocpp openapi
   platform public readyz root s sign-in sign-out static status support system t v1 v2 www`.split(/\s+/),
)

function isReserved(slug: string): boolean {
  return RESERVED.has(slug)
}

const COUNTRIES = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

export function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && code !== 'ZZ' && COUNTRIES.of(code) !== undefined
}

/** A name of the IANA database; an offset such as `+02:00` knows no summer time and is none. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** A BCP 47 tag in its canonical spelling: `fi`, `pt-BR`. What is too long is told so, and not looked at: that takes the square of its length. */
export function languageTag() {
  return z
    .string()
    .max(LONGEST_TAG)
    .refine((tag) => tag.length > LONGEST_TAG || isLanguage(tag), { params: { code: 'not-a-language' } })
    .transform((tag) => Intl.getCanonicalLocales(tag)[0] ?? tag)
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
