import { expect, it } from 'vitest'
import { z } from 'zod'
import { openRoute } from './http-routes.ts'
import { openHttp } from './http-server.ts'
import { ok } from './result.ts'
import { testGround } from './testing.ts'
import { testTexts } from './testing-http.ts'

/** As long as a body may be, nearly. */
const LONG = 'x'.repeat(1_000_000)

it('long bodies that wait for their turn are refused beyond some memory, and the rest is answered (row 45)', async () => {
  const ground = await testGround()
  let open = (): void => {}
  const gate = new Promise<void>((resolve) => (open = resolve))
  const slow = openRoute({
    method: 'POST',
    path: '/v1/slow',
    tag: 't',
    summary: 's',
    who: 'public',
    body: z.strictObject({ text: z.string() }),
    handle: async () => {
      await gate
      return ok(undefined)
    },
  })
  const http = await openHttp({
    ground,
    routes: [slow],
    texts: testTexts(),
    trustedProxies: [],
    folders: [],
    authenticate: async () => ok({ kind: 'nobody' }),
  })
  let refused = 0
  const asked = Array.from({ length: 60 }, async () => {
    const { statusCode } = await http.inject({ method: 'POST', url: '/v1/slow', payload: { text: LONG } })
    if (statusCode === 429) refused += 1
    // All that are refused are refused while the others wait.
    if (refused === 23) open()
    return statusCode
  })
  const statuses = await Promise.all(asked)
  // Four at work, and 33 of a megabyte that wait.
  expect(statuses.filter((status) => status === 204)).toHaveLength(37)
  expect(statuses.filter((status) => status === 429)).toHaveLength(23)
  await http.close()
  await ground.close()
})
