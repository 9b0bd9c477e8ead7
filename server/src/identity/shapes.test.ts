import { expect, it } from 'vitest'
import { languageShape, mailShape } from './shapes.ts'

/** What a pattern that begins anew at each place would take minutes for; a body may be five times as long. */
const LONG = 200_000

it.each([
  ['a mail address of dots', mailShape, `a@${'.'.repeat(LONG)}@`],
  ['a language of many parts', languageShape, `en-${Array.from({ length: LONG / 6 }, (_, n) => 10_000 + n).join('-')}`],
])('%s that is too long is told so, and not looked at', (_, shape, text) => {
  expect(shape.safeParse(text).error?.issues.map(({ code }) => code)).toEqual(['too_big'])
})

it.each(['a@b.fi', 'Aino.E+x@posti.example.org', ' a@b..fi '])('%s is a mail address', (text) => {
  expect(mailShape.safeParse(text).success).toBe(true)
})

it.each(['a@b', 'a b@c.fi', 'a@@c.fi', 'a@b.fi,c@d.fi', ''])('%s is none', (text) => {
  expect(mailShape.safeParse(text).error?.issues.map((issue) => issue.code)).toEqual(['custom'])
})

it('a language is one that there may be, in its canonical spelling', () => {
  expect(languageShape.parse('pt-br')).toBe('pt-BR')
  expect(languageShape.safeParse('no_such').success).toBe(false)
})
