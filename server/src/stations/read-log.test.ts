import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId, randomHex, type Tx } from '../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../platform/testing.ts'
import { saveLogChunks } from './gateway/store.ts'
import { packed } from './log-packing.ts'
import { countLog, readLog } from './read-log.ts'
import { type LogFrame, textFromFrame } from './rules/log-frames.ts'
import { addTestStation } from './testing.ts'

const T = Temporal.Instant.from(`${Temporal.Now.plainDateISO('UTC').toString()}T00:00:00Z`)
const CHUNKS = 60
const PAIRS_OF_CHUNK = 8
/** As long as the log keeps a message. */
const LONG = 60_000

let ground: TestGround
let tenantId: string
let stationId: string
beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'log')
  stationId = await addTestStation(ground, tenantId, { identity: 'L-1' })
  const key = await ground.keys.tenant(tenantId)
  for (let nth = 0; nth < CHUNKS; nth += 1) {
    const at = T.add({ seconds: nth })
    const frames = Array.from({ length: PAIRS_OF_CHUNK }, (_, pair) => pairOf(at, `${nth}-${pair}`, pair === 0)).flat()
    const text = Buffer.from(`[${frames.map(textFromFrame).join(',')}]`)
    const chunk = { tenantId, stationId, at, actions: ['DataTransfer', 'Heartbeat'], frames: key.encrypt(packed(text)) }
    await ground.database.inTenantsUnsynced([tenantId], (tx) => saveLogChunks(tx, [chunk]))
  }
})
afterAll(() => ground.close())

function pairOf(at: Temporal.Instant, messageId: string, isShort: boolean): LogFrame[] {
  const about = { at, messageId, action: isShort ? 'Heartbeat' : 'DataTransfer', marks: [] }
  const text = isShort ? '[]' : randomHex(LONG / 2)
  return [
    { ...about, id: newId(), direction: 'from-station', kind: 'call', text },
    { ...about, id: newId(), direction: 'to-station', kind: 'result', text: '[]' },
  ]
}

/** Reads, and tells how much was fetched for it. */
function reading<T>(read: (tx: Tx) => Promise<T>): Promise<{ readonly answer: T; readonly bytes: number }> {
  return ground.database.inTenant(tenantId, async (tx) => {
    let bytes = 0
    const counting: Tx = {
      ...tx,
      async rows<R>(statement: Parameters<Tx['rows']>[0]) {
        const rows = await tx.rows<R>(statement)
        for (const { frames } of rows as readonly { readonly frames?: Buffer }[]) bytes += frames?.length ?? 0
        return rows
      },
    }
    return { answer: await read(counting), bytes }
  })
}

async function wholeLog(limit: number, action?: string): Promise<{ readonly ids: string[]; readonly most: number }> {
  const key = await ground.keys.tenant(tenantId)
  const ids: string[] = []
  let most = 0
  let before: { readonly at: Temporal.Instant; readonly id: string } | undefined
  for (;;) {
    const place = before
    const { answer, bytes } = await reading((tx) => readLog(tx, key, { stationId, before: place, action, limit }))
    most = Math.max(most, bytes)
    ids.push(...answer.pairs.map(({ request }) => String(request.messageId)))
    const last = answer.pairs.at(-1)?.request
    if (!answer.hasMore || last === undefined) return { ids, most }
    before = { at: last.at, id: last.id }
  }
}

const all = (pairs: number): string[] =>
  Array.from({ length: CHUNKS }, (_, nth) => Array.from({ length: pairs }, (__, pair) => `${nth}-${pair}`))
    .flat()
    .reverse()

it.each([50, 200])(
  'a page of %i of a station that says very much takes little memory, and none is left out',
  async (limit) => {
    const { ids, most } = await wholeLog(limit)
    expect(ids).toEqual(all(PAIRS_OF_CHUNK))
    expect(most).toBeLessThan(7_000_000)
  },
)

it('what it said of one kind is found among much else', async () => {
  const { ids } = await wholeLog(50, 'Heartbeat')
  expect(ids).toEqual(all(1))
})

it('it is counted part by part', async () => {
  const key = await ground.keys.tenant(tenantId)
  const { answer } = await reading((tx) => countLog(tx, key, { stationId, until: undefined, action: undefined }))
  expect(answer).toBe(CHUNKS * PAIRS_OF_CHUNK)
})
