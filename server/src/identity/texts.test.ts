import { expect, it } from 'vitest'
import type { Ground } from '../platform/index.ts'
import { testTexts } from '../platform/testing-http.ts'
import { identityRoutes } from './http.ts'

it('says for every refusal of its routes what happened and what to do', () => {
  const installation = { version: '', demo: () => false, languages: () => [] }
  const texts = testTexts()
  const codes = new Set(
    identityRoutes({ ground: {} as Ground, installation }).flatMap((route) =>
      'refusals' in route ? Object.keys(route.refusals ?? {}) : [],
    ),
  )
  expect(codes.size).toBeGreaterThan(12)
  for (const code of codes) expect(texts.ofCode('en', 'refusal', code), code).toMatch(/^[A-Z].+[.:] .+$/)
})
