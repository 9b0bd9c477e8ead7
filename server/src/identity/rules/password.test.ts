import { expect, it } from 'vitest'
import { weaknessOf } from './password.ts'

const account = { mail: 'aino.koski@example.com', name: 'Aino Koski' }

it.each(['kolme hauskaa hevosta', '𝕜𝕠𝕝𝕞𝕖 𝕙𝕒𝕦𝕤𝕜𝕒𝕒', 'aino.koski rides three horses', '0K7f!mzqLp2x'])(
  'takes "%s"',
  (password) => {
    expect(weaknessOf(password, account)).toBeUndefined()
  },
)

it.each([
  'aaaaaaaaaaaa',
  '121212121212',
  'aino.koski@example.com',
  'Aino.Koski1234',
  'AINO KOSKI 99',
  'ＡＩＮＯ ＫＯＳＫＩ 99',
])('finds "%s" too easy', (password) => {
  expect(weaknessOf(password, account)).toBe('password-too-easy')
})
