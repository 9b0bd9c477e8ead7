import { expect, it } from 'vitest'
import { z } from 'zod'
import { openRoute, streamRoute, tenantRoute } from './http-routes.ts'
import { openApiOf } from './openapi.ts'

const answer = z.strictObject({ id: z.uuid() })
const list = z.strictObject({ items: z.array(answer), next: z.string().nullable() })
/** Nobody calls them: only their rows are read. */
const never = async (): Promise<never> => {
  throw new Error('is not called')
}
const row = { tag: 't', summary: 'S', right: 'r', handle: never }

const document = openApiOf(
  [
    tenantRoute({ ...row, method: 'GET', path: '/v1/things', answer: list }),
    tenantRoute({ ...row, method: 'POST', path: '/v1/things', answer, status: 201 }),
    tenantRoute({ ...row, method: 'GET', path: '/v1/things/:id', answer }),
    tenantRoute({ ...row, method: 'PATCH', path: '/v1/things/:id', answer }),
    tenantRoute({ ...row, method: 'DELETE', path: '/v1/things/:id' }),
    tenantRoute({ ...row, method: 'DELETE', path: '/v1/others/:id' }),
    openRoute({ ...row, method: 'POST', path: '/v1/sign-in', who: 'public', answer }),
    openRoute({
      ...row,
      method: 'POST',
      path: '/v1/tenants',
      who: 'platform',
      refusals: { 'idempotency-key-reused': 422 },
    }),
    openRoute({
      ...row,
      method: 'PATCH',
      path: '/v1/tenants/:id',
      who: 'platform',
      answer,
      refusals: { 'changed-meanwhile': 412 },
    }),
    streamRoute({ path: '/v1/events', tag: 't', summary: 'S', right: 'r', open: never }),
    streamRoute({ path: '/v1/public/events', tag: 't', summary: 'S', open: never }),
  ],
  '1',
) as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, object>>
    readonly parameters: Readonly<Record<string, { name: string; in: string; required: boolean }>>
  }
}
interface Operation {
  readonly security: readonly object[]
  readonly parameters: readonly { readonly $ref?: string; readonly name?: string }[]
  readonly responses: Readonly<Record<string, { readonly headers?: object }>>
}

it.each([
  ['get', '/v1/things', ['key', 'session', 'sessionOverTls']],
  ['get', '/v1/events', ['key', 'session', 'sessionOverTls']],
  ['post', '/v1/tenants', ['key']],
  ['post', '/v1/sign-in', []],
])('the description says by what %s %s knows who asks', (method, path, schemes) => {
  const named = document.paths[path]?.[method]?.security.flatMap((one) => Object.keys(one))
  expect(named).toEqual(schemes)
  for (const name of schemes) expect(document.components.securitySchemes).toHaveProperty(name)
})

it.each([
  ['get', '/v1/things', [], '200', ['ETag', 'Link']],
  ['post', '/v1/things', ['Idempotency-Key'], '201', []],
  ['get', '/v1/things/{id}', [], '200', ['ETag']],
  ['patch', '/v1/things/{id}', ['If-Match'], '200', ['ETag']],
  ['delete', '/v1/things/{id}', ['If-Match'], '204', []],
  ['delete', '/v1/others/{id}', [], '204', []],
  ['post', '/v1/sign-in', [], '200', []],
  ['post', '/v1/tenants', ['Idempotency-Key'], '204', []],
  ['patch', '/v1/tenants/{id}', ['If-Match'], '200', ['ETag']],
  ['get', '/v1/events', ['Last-Event-ID'], '200', []],
  ['get', '/v1/public/events', [], '200', []],
])('the description names the headers that %s %s takes and answers', (method, path, taken, status, answered) => {
  const operation = document.paths[path]?.[method]
  if (operation === undefined) throw new Error('is not described')
  const { parameters, responses } = operation
  const named = parameters.flatMap(({ $ref }) =>
    $ref === undefined ? [] : [$ref.replace('#/components/parameters/', '')],
  )
  expect(named).toEqual(taken)
  for (const name of named)
    expect(document.components.parameters[name]).toMatchObject({ name, in: 'header', required: false })
  expect(Object.keys(responses[status]?.headers ?? {})).toEqual(answered)
})
