import { afterEach, expect, it, vi } from 'vitest'
import { makeSendOnce } from './send-once.ts'

afterEach(() => vi.unstubAllGlobals())

type Answers = () => Promise<Response>
const noAnswer: Answers = () => Promise.reject(new TypeError('failed to fetch'))
const status =
  (code: number): Answers =>
  () =>
    Promise.resolve(new Response('{"code":"bad-input"}', { status: code }))

async function keysOf(steps: readonly (readonly [Answers, unknown])[]): Promise<readonly string[]> {
  const keys: string[] = []
  const send = makeSendOnce()
  for (const [answer, body] of steps) {
    vi.stubGlobal('fetch', (_path: string, request: RequestInit) => {
      keys.push(new Headers(request.headers).get('idempotency-key') ?? '')
      return answer()
    })
    await send('/v1/webhooks', body).catch(() => {})
  }
  return keys
}

it.each([
  ['nothing came back', noAnswer],
  ['a proxy answered for the server', status(504)],
])('the same words go under the same key while %s, so nothing is made twice', async (_name, answer) => {
  const [first, second, third] = await keysOf([
    [answer, { name: 'Billing' }],
    [answer, { name: 'Billing' }],
    [status(201), { name: 'Billing' }],
  ])
  expect(first).toMatch(/^[0-9a-f]{32}$/)
  expect([second, third]).toEqual([first, first])
})

it.each([
  ['made', status(201)],
  ['refused', status(400)],
])('what was %s has its answer: sent again it is a new act', async (_name, answer) => {
  const [first, second] = await keysOf([
    [answer, { name: 'Billing' }],
    [answer, { name: 'Billing' }],
  ])
  expect(second).not.toBe(first)
})

it('other words are another act', async () => {
  const [first, second] = await keysOf([
    [noAnswer, { name: 'Billing' }],
    [noAnswer, { name: 'Billing 2' }],
  ])
  expect(second).not.toBe(first)
})
