import path from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import english from '../../../languages/en.json' with { type: 'json' }
import { faultsOf, problem } from './http-problem.ts'
import { refuse } from './result.ts'
import { openTexts } from './texts.ts'

const texts = openTexts(path.join(import.meta.dirname, '../../../languages'))

const shape = z.strictObject({
  name: z.string().min(1).max(3),
  list: z.array(z.int()).min(1).max(2),
  n: z.int().min(1),
  at: z.iso.datetime({ offset: true }),
  id: z.uuid(),
  for: z.union([z.strictObject({ uid: z.string() }), z.strictObject({ phone: z.string() })]),
})
const right = {
  name: 'a',
  list: [1],
  n: 1,
  at: '2026-11-27T08:00:00Z',
  id: '01935c2f-7a6b-7c3e-9d2f-1a4b5c6d7e8f',
  for: { uid: '04' },
}

it.each([
  [{ name: '' }, 'en', 'too-small', 'Write at least 1 character.'],
  [{ name: 'abcd' }, 'en', 'too-big', 'Write at most 3 characters.'],
  [{ name: 'abcd' }, 'fi', 'too-big', 'Kirjoita enintään 3 merkkiä.'],
  [{ list: [] }, 'en', 'too-small', 'Give at least 1 of these.'],
  [{ list: [1, 2, 3] }, 'fi', 'too-big', 'Anna näitä enintään 2.'],
  [{ n: 0 }, 'en', 'too-small', 'Write at least 1.'],
  [{ at: 'yesterday' }, 'en', 'not-valid', 'Write an instant with its zone, such as 2026-11-27T08:00:00Z.'],
  [{ id: '12' }, 'en', 'not-valid', 'Write an id as answers have it, such as 01935c2f-7a6b-7c3e-9d2f-1a4b5c6d7e8f.'],
  [{ for: undefined }, 'en', 'missing', 'This is needed.'],
])('says of %j in %s, by the code %s, what is counted: %s', (wrong, language, code, message) => {
  const { error } = shape.safeParse({ ...right, ...wrong }, { reportInput: true })
  const refused = refuse('bad-input', { fields: error === undefined ? [] : faultsOf(error) })
  expect(problem(400, refused, { texts, language, requestId: 'r' }).errors).toMatchObject([{ code, message }])
})

it('names the kinds there are where somebody asks for another one, or for none', () => {
  const kinds = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('reset') }),
    z.strictObject({ kind: z.literal('unlock') }),
  ])
  const asked = z.strictObject({ wish: kinds })
  const faults = (wish: object) =>
    faultsOf(asked.safeParse({ wish }, { reportInput: true }).error ?? new z.ZodError([]))
  expect(faults({ kind: 'dance' })).toEqual([
    { pointer: '/wish/kind', code: 'not-one-of', values: { allowed: 'reset, unlock' } },
  ])
  expect(faults({})).toEqual([{ pointer: '/wish/kind', code: 'missing' }])
})

it('has a whole sentence as its title, also where the text goes on after a colon', () => {
  const context = { texts, language: 'en', requestId: 'r' }
  expect(problem(409, refuse('session-over'), context).title).toBe('This session is over already.')
  expect(problem(404, refuse('no-such-site'), context).title).toBe('There is no such site.')
})

it('says one thing of a code, whichever feature tells it', () => {
  const said = new Map<string, Set<string>>()
  for (const features of Object.values<object>(english))
    for (const [kind, codes] of Object.entries(features).filter(([name]) => name === 'refusal' || name === 'field'))
      for (const [code, text] of Object.entries<string>(codes))
        said.set(`${kind} ${code}`, (said.get(`${kind} ${code}`) ?? new Set()).add(text))
  expect([...said].filter(([, words]) => words.size > 1)).toEqual([])
})

it('lists no wording as a code', () => {
  expect(texts.codesOf('field')).toContain('too-small')
  expect(texts.codesOf('field').filter((code) => code.includes('_'))).toEqual([])
})
