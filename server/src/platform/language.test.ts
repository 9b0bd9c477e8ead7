import { expect, it } from 'vitest'
import { languageFor } from './language.ts'

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['*', 'en'],
  ['fi', 'fi'],
  ['FI-fi', 'fi'],
  ['fi-FI,fi;q=0.9,en;q=0.8', 'fi'],
  ['en;q=0.5, fi;q=0.7', 'fi'],
  ['sv-SE, fi;q=0.4', 'fi'],
  ['sv, de', 'en'],
  ['fi;q=0, sv', 'en'],
  ['fi;q=x', 'en'],
  ['pt-BR', 'pt-BR'],
  ['pt-br;q=0.1', 'pt-BR'],
  ['pt', 'en'],
  ['../../etc/passwd', 'en'],
  [`${'x,'.repeat(1_000)}fi`, 'en'],
])('of %s and English, Finnish, Brazilian Portuguese takes %s (GEN-L10N)', (asked, taken) => {
  expect(languageFor(asked, ['en', 'fi', 'pt-BR'])).toBe(taken)
})
