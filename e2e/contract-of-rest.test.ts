import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { askFor } from './kit/isolation.ts'
import type { List, Problem } from './kit/rest.ts'
import type { AskExample } from './kit/route-asking.ts'
import { examples } from './kit/route-examples.ts'
import { makeWorld, type World } from './kit/world.ts'

/** What holds of every route alike (row 38 and the conventions of REST), looked at by a loop over them. */

let borrowed: Borrowed
let world: World

beforeAll(async () => {
  borrowed = await startBorrowed()
  world = await makeWorld(borrowed.server, 'contract')
})
afterAll(async () => {
  await world.socket.close()
  await borrowed.close()
})

/** The examples of a network's own routes, by the method. */
function asking(method: string): readonly (readonly [string, AskExample])[] {
  return Object.entries(examples).flatMap(([route, cases]) =>
    route.startsWith(`${method} `)
      ? cases.flatMap((example) => (example.kind === 'asks' ? [[route, example] as const] : []))
      : [],
  )
}

describe('each route of REST', () => {
  it('that lists gives page by page, one by one, just what it gives at once', async () => {
    const { rest } = world.network
    const faults: string[] = []
    let pages = 0
    for (const [route, { ask }] of asking('GET')) {
      const asked = ask(world.ids, world.ids)
      const whole = await askFor(rest, route, { ...asked, query: { ...asked.query, limit: '200' } })
      const { items, next } = (whole.body ?? {}) as Partial<List<{ readonly id?: string }>>
      if (whole.status !== 200 || items === undefined || next === undefined) continue
      const found: unknown[] = []
      for (let cursor: string | null | undefined = undefined; cursor !== null; ) {
        const query = { ...asked.query, limit: '1', ...(cursor === undefined ? {} : { cursor }) }
        const reply = await askFor(rest, route, { ...asked, query })
        const page = reply.body as List<unknown>
        if (page.items === undefined || page.items.length > 1 || found.length > items.length) {
          faults.push(`${route}: ${reply.status} ${reply.text.slice(0, 200)}`)
          break
        }
        if ((page.next !== null) !== reply.headers.has('link')) faults.push(`${route}: next without Link`)
        found.push(...page.items)
        cursor = page.next
        pages += 1
      }
      const idsOf = (all: readonly unknown[]) => all.map((one) => (one as { id?: string }).id ?? JSON.stringify(one))
      if (idsOf(found).join() !== idsOf(items).join()) faults.push(`${route}: ${found.length} of ${items.length}`)
    }
    expect(faults).toEqual([])
    expect(pages).toBeGreaterThan(30)
  })

  it('that reads one thing answers 304 to who has it, unless the tag covers a part of it only', async () => {
    const { rest } = world.network
    for (const [route, { ask }] of asking('GET')) {
      const asked = ask(world.ids, world.ids)
      const first = await askFor(rest, route, asked)
      if (first.status !== 200) continue
      const etag = first.headers.get('etag') ?? ''
      expect(etag, route).toMatch(/^"[\w-]+"$/)
      const again = await askFor(rest, route, asked, { 'if-none-match': etag })
      expect([200, 304], route).toContain(again.status)
      if (again.status === 304) expect(again.text, route).toBe('')
    }
  })

  it('that changes refuses what is no longer as it was read', async () => {
    const { rest } = world.network
    let changes = 0
    for (const [route, { ask }] of [...asking('PATCH'), ...asking('DELETE')]) {
      const stale = await askFor(rest, route, ask(world.ids, world.ids), { 'if-match': '"stale"' })
      expect(stale, route).toMatchObject({ status: 412, body: { code: 'changed-meanwhile' } })
      changes += 1
    }
    expect(changes).toBeGreaterThan(15)
  })

  it('that makes has one effect under one key, and answers the same again', async () => {
    const { rest } = world.network
    let made = 0
    for (const [n, [route, { ask, status }]] of asking('POST').entries()) {
      const asked = ask(world.ids, world.ids)
      const key = { 'idempotency-key': `contract-${n}` }
      const first = await askFor(rest, route, asked, key)
      // What was made or done before by another example is refused, and leaves the key free.
      if (first.status !== status) continue
      const again = await askFor(rest, route, asked, key)
      expect([again.status, again.text], route).toEqual([first.status, first.text])
      expect(again.headers.get('idempotency-replayed'), route).toBe('true')
      expect(again.headers.get('location'), route).toBe(first.headers.get('location'))
      made += 1
    }
    expect(made).toBeGreaterThan(15)
  })

  it('names what is wrong by a pointer, in each member that it does not know', async () => {
    const { rest } = world.network
    for (const method of ['POST', 'PATCH']) {
      for (const [route, { ask }] of asking(method)) {
        const asked = ask(world.ids, world.ids)
        const reply = await askFor(rest, route, { ...asked, body: { ...(asked.body as object), 'no/such': 1 } })
        const { code, errors } = reply.body as Problem
        expect([reply.status, code], `${route} ${reply.text}`).toEqual([400, 'bad-input'])
        expect(errors, route).toContainEqual(expect.objectContaining({ pointer: '/no~1such', code: 'not-known' }))
      }
    }
  })

  it('names what is wrong in its query and path', async () => {
    const { rest } = world.network
    for (const [route, { ask }] of asking('GET')) {
      const asked = ask(world.ids, world.ids)
      const reply = await askFor(rest, route, { ...asked, query: { ...asked.query, nonsense: '1' } })
      expect(reply, route).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/query/nonsense', code: 'not-known' }] },
      })
      if (!route.includes('{id}')) continue
      const odd = await askFor(rest, route, { ...asked, params: { ...asked.params, id: 'odd' } })
      expect(odd.status, route).toBe(400)
      expect((odd.body as Problem).errors, route).toContainEqual(expect.objectContaining({ pointer: '/params/id' }))
    }
  })
})
