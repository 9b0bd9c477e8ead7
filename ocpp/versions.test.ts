import { expect, it } from 'vitest'
import { basicAuthHeader, parseBasicAuth } from './basic-auth.ts'
import { subprotocolFor } from './versions.ts'

it.each([
  { offers: 'ocpp2.1, ocpp1.6', has: ['ocpp2.0.1', 'ocpp1.6'], chosen: 'ocpp1.6' },
  { offers: 'ocpp1.6,ocpp2.0.1', has: ['ocpp2.0.1', 'ocpp1.6'], chosen: 'ocpp1.6' },
  { offers: ['ocpp1.5', 'ocpp2.1'], has: ['ocpp2.1', 'ocpp1.6'], chosen: 'ocpp2.1' },
  { offers: 'ocpp2.0.1', has: ['ocpp1.6'], chosen: undefined },
  { offers: ' , ', has: ['ocpp1.6'], chosen: undefined },
  { offers: undefined, has: ['ocpp1.6'], chosen: undefined },
  { offers: 'OCPP1.6', has: ['ocpp1.6'], chosen: undefined },
] as const)(
  'takes the first offer that is supported, in the order of the station: $offers',
  ({ offers, has, chosen }) => {
    expect(subprotocolFor(offers, has)).toBe(chosen)
  },
)

it('keeps a key of raw bytes as it came, though it is not text', () => {
  const credential = parseBasicAuth('Basic QUwxMDAwOgABAgMEBQYH////////////////')
  expect(credential?.user).toBe('AL1000')
  expect(credential?.password.toString('hex')).toBe(`0001020304050607${'ff'.repeat(12)}`)
})

it('splits at the first colon', () => {
  const credential = parseBasicAuth(basicAuthHeader('CS001', 'p4ssw0rd-with:colon-0001'))
  expect(credential?.user).toBe('CS001')
  expect(credential?.password.toString()).toBe('p4ssw0rd-with:colon-0001')
})

it.each([undefined, '', 'Basic', 'Bearer QUw6', 'Basic QUwx', 'Basic ***', 'Basic QUw6 QUw6'])(
  'finds no credential in %s',
  (header) => {
    expect(parseBasicAuth(header)).toBeUndefined()
  },
)

it('takes the scheme in any case, and an empty user or password', () => {
  expect(parseBasicAuth('bAsIc Og==')).toEqual({ user: '', password: Buffer.alloc(0) })
})
