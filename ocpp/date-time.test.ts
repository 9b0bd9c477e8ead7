import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dateTime } from './date-time.ts'

const { fullFormats } = createRequire(import.meta.url)('ajv-formats/dist/formats') as {
  readonly fullFormats: { readonly 'date-time': { validate(text: string): boolean } }
}

it('takes exactly what the published format takes', () => {
  const number = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'))
  const zone = fc.constantFrom('Z', 'z', '', '+01:00', '-23:59', '+0100', '+24:00', ' ')
  const text = fc
    .tuple(
      fc.integer({ min: 0, max: 9999 }),
      number(13),
      number(32),
      fc.constantFrom('T', 't', ' ', ''),
      number(24),
      number(60),
      number(61),
      fc.constantFrom('', '.', '.5', '.123456789'),
      zone,
    )
    .map(([y, mo, d, t, h, mi, s, f, z]) => `${String(y).padStart(4, '0')}-${mo}-${d}${t}${h}:${mi}:${s}${f}${z}`)
  fc.assert(
    fc.property(text, (one) => {
      expect([one, dateTime.validate(one)]).toEqual([one, fullFormats['date-time'].validate(one)])
    }),
    { numRuns: 3_000 },
  )
  expect(dateTime.validate('2026-11-26T12:00:00Z')).toBe(true)
})
