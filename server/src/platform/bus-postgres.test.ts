import { once } from 'node:events'
import net from 'node:net'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import type { Notice } from './bus.ts'
import { postgresBus } from './bus-postgres.ts'
import { silentLog } from './log.ts'
import { type TestGround, testGround } from './testing.ts'

/** The bus between processes: hints that may be lost, and come again once they can. */
const original = pg.Client.prototype.query
let ground: TestGround
const opened: ReturnType<typeof postgresBus>[] = []
beforeAll(async () => {
  ground = await testGround()
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  for (const bus of opened.splice(0)) await bus.close()
})
afterAll(() => ground.close())

function open(connection = ground.runtime) {
  const bus = postgresBus(connection, silentLog)
  opened.push(bus)
  const heard: [string, Notice][] = []
  bus.subscribe((tenantId, notice) => heard.push([tenantId, notice]))
  return { bus, heard }
}

const notice = (n: number): Notice => ({ type: 'x', version: 1, n })

/** Resolves once what is said at one end is heard at the other. */
async function reaches(from: ReturnType<typeof open>, to: ReturnType<typeof open>): Promise<void> {
  const before = to.heard.length
  await vi.waitFor(() => {
    from.bus.publish('t', notice(0))
    expect(to.heard.length).toBeGreaterThan(before)
  }, 20_000)
}

it('carries a notice from one process to all, and back to its own but once', async () => {
  const [one, other] = [open(), open()]
  await reaches(one, other)
  await reaches(other, one)
  one.heard.length = 0
  one.bus.publish('t1', notice(7))
  await vi.waitFor(() => expect(other.heard).toContainEqual(['t1', notice(7)]), 20_000)
  expect(one.heard.filter(([, { n }]) => n === 7)).toEqual([['t1', notice(7)]])
})

it('carries a notice that is longer than one NOTIFY takes, whole, among others', async () => {
  const [one, other] = [open(), open()]
  await reaches(one, other)
  const long = { ...notice(8), answer: 'ä"\n'.repeat(20_000) }
  for (const said of [notice(6), long, notice(9)]) one.bus.publish('t1', said)
  await vi.waitFor(() => expect(other.heard).toContainEqual(['t1', notice(9)]), 20_000)
  const mine = other.heard.filter(([tenantId]) => tenantId === 't1').map(([, said]) => said)
  expect(mine).toEqual([notice(6), long, notice(9)])
})

it('takes no harm by what somebody else says on its channel', async () => {
  const [one, other] = [open(), open()]
  await reaches(one, other)
  const owner = new pg.Client(ground.owner)
  await owner.connect()
  for (const said of [
    '',
    'no JSON',
    'null',
    '{}',
    '{"notices":[3]}',
    '{"from":"x","part":{"nth":0,"of":1,"bytes":"bm8="}}',
  ])
    await owner.query('select pg_notify($1, $2)', ['lataamo', said])
  await owner.end()
  await reaches(one, other)
})

it('comes back by itself: after a cut, and where the database takes no listener yet, as one that stands by', async () => {
  const [one, other] = [open(), open()]
  await reaches(one, other)
  const query = vi.spyOn(pg.Client.prototype, 'query')
  let refused = 0
  query.mockImplementation(function (this: pg.Client, ...given: unknown[]) {
    if (given[0] === 'listen lataamo' && refused < 2) {
      refused += 1
      return Promise.reject(new Error('cannot execute LISTEN during recovery'))
    }
    return (original as (...all: unknown[]) => unknown).apply(this, given)
  } as never)
  const owner = new pg.Client(ground.owner)
  await owner.connect()
  await owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%lataamo%' and pid <> pg_backend_pid()`,
  )
  await owner.end()
  await vi.waitFor(() => expect(refused).toBe(2), 20_000)
  await reaches(one, other)
  await reaches(other, one)
})

it('gives up a connection over which nothing comes any more, however long the network would keep it', async () => {
  const other = open()
  const lines: net.Socket[] = []
  const proxy = net.createServer((line) => {
    const { host, port } = ground.runtime
    lines.push(line)
    const toDatabase = net.connect(`${host}/.s.PGSQL.${port}`)
    for (const [from, to] of [
      [line, toDatabase],
      [toDatabase, line],
    ] as const)
      from
        .on('error', () => {})
        .on('close', () => to.destroy())
        .pipe(to)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { port } = proxy.address() as net.AddressInfo
  const one = open({ ...ground.runtime, host: '127.0.0.1', port })
  await reaches(one, other)
  const [line] = lines
  // What it says is lost on the way, and nothing is told.
  line?.unpipe().resume()
  let isGivenUp = false
  line?.once('close', () => (isGivenUp = true))
  await vi.waitFor(async () => {
    await vi.advanceTimersByTimeAsync(15_000)
    expect(isGivenUp).toBe(true)
  }, 20_000)
  await reaches(other, one)
  await reaches(one, other)
  proxy.close()
})

it('says one thing at a time: what waits for a database that hangs does not pile up as statements', async () => {
  const [one, other] = [open(), open()]
  await reaches(one, other)
  one.bus.publish('t', notice(-1))
  await vi.waitFor(() => expect(other.heard).toContainEqual(['t', notice(-1)]), 20_000)
  let goOn = (): void => {}
  const said: unknown[] = []
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(((_: string, values: unknown[]) => {
    said.push(values[1])
    return new Promise<void>((resolve) => (goOn = resolve))
  }) as never)
  vi.useFakeTimers()
  for (let n = 1; n <= 5; n += 1) {
    one.bus.publish('t', notice(n))
    await vi.advanceTimersByTimeAsync(50)
  }
  expect(said).toHaveLength(1)
  goOn()
  await vi.advanceTimersByTimeAsync(50)
  // The rest in one.
  expect(said).toHaveLength(2)
  expect(String(said[1])).toMatch(/"n":2.*"n":3.*"n":4.*"n":5/)
  goOn()
  await vi.advanceTimersByTimeAsync(0)
  vi.useRealTimers()
  vi.restoreAllMocks()
})
