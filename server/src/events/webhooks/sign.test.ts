import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { newSecret, signedHeaders } from './sign.ts'

const at = Temporal.Instant.from('2021-02-25T14:32:10.900Z')

it('signs as Standard Webhooks 1.0 does: the example of its reference library', () => {
  const headers = signedHeaders(
    {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      at: Temporal.Instant.fromEpochMilliseconds(1_614_265_330_000),
      body: '{"test": 2432232314}',
    },
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  )
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

it('signs with two secrets while one replaces the other, each in its own right', () => {
  const secrets = [newSecret(), newSecret()]
  const headers = signedHeaders({ id: 'msg_1', at, body: '{"ö":"€"}' }, secrets)
  const expected = secrets.map((secret) => {
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
    return `v1,${createHmac('sha256', key).update(`msg_1.1614263530.{"ö":"€"}`).digest('base64')}`
  })
  expect(headers['webhook-signature']).toBe(expected.join(' '))
})

it('makes secrets of 32 random bytes', () => {
  const secret = newSecret()
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(newSecret()).not.toBe(secret)
})
