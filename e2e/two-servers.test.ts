import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BorrowedDatabase, borrowDatabase } from './kit/borrowed.ts'
import { addStation, type MadeStation, makeNetwork, type Network } from './kit/network.ts'
import type { List } from './kit/rest.ts'
import { faultsIn, freshOptions, removeDataDir, type Server, startServer } from './kit/server.ts'
import { bootOf, openStation, type StationSocket } from './kit/station-socket.ts'
import { found, until } from './kit/until.ts'

/** Two processes of the whole program on one database: a station may come to either. */

let database: BorrowedDatabase
let first: Server
let second: Server
let network: Network

const secret = randomBytes(32).toString('hex')

async function startAnother(): Promise<Server> {
  return startServer(await freshOptions({ env: { ...database.settings, LATAAMO_SECRET: secret } }))
}

beforeAll(async () => {
  database = await borrowDatabase()
  first = await startAnother()
  second = await startAnother()
  network = await makeNetwork(first, 'twins')
})
afterAll(async () => {
  for (const server of [first, second]) {
    await server?.kill()
    if (server !== undefined) removeDataDir(server.options.dataDir)
  }
  await database?.drop()
})

interface Alert {
  readonly kind: string
  readonly state: string
  readonly severity: string
  readonly stationId?: string
  readonly evidence?: Readonly<Record<string, unknown>>
}

const alertsOf = async ({ id }: MadeStation): Promise<readonly Alert[]> =>
  (await network.rest.get<List<Alert>>('/v1/alerts?limit=200')).items.filter(({ stationId }) => stationId === id)

/** How often its socket has changed hands while the older one still lived, as the database has it. */
async function swapsOf({ id }: MadeStation): Promise<number> {
  const client = new pg.Client(database.owner)
  await client.connect()
  try {
    const { rows } = await client.query<{ n: number }>('select cardinality(swapped_at) n from stations where id = $1', [
      id,
    ])
    return rows[0]?.n ?? 0
  } finally {
    await client.end()
  }
}

const connectTo = (server: Server, { identity, password }: MadeStation): Promise<StationSocket> =>
  openStation({ url: `${server.stationsUrl('twins')}/${identity}`, user: identity, password })

async function openAt(server: Server, station: MadeStation): Promise<StationSocket> {
  const socket = await connectTo(server, station)
  await socket.call(...bootOf('ocpp1.6'))
  return socket
}

describe('two machines that use one key, each at another server (attack 2)', () => {
  it('each takes the station from the other, staff are told, and then nobody is let in anywhere', async () => {
    const station = await addStation(network, { identity: 'TWIN' })
    let older = await openAt(first, station)
    let n = 0
    for (const server of [second, first, second]) {
      const newer = await openAt(server, station)
      expect((await older.closed).code).toBe(4001)
      n += 1
      // It is known whose turn it was before the next comes.
      await until(async () => (await swapsOf(station)) === n)
      older = newer
    }
    await found(async () => (await alertsOf(station)).find(({ severity }) => severity === 'major'))
    // The fourth within five minutes.
    const last = await connectTo(first, station)
    const codes = await Promise.all([older.closed, last.closed])
    expect(codes.map(({ code }) => code)).toEqual([4001, 1008])
    for (const server of [first, second]) await expect(connectTo(server, station)).rejects.toThrow('refused with 403')
    await found(async () => (await alertsOf(station)).find(({ severity }) => severity === 'critical'))
    await found(async () => {
      const refused = await network.rest.get<List<{ reason: string }>>('/v1/refused-stations')
      return refused.items.find(({ reason }) => reason === 'quarantined')
    })
    // A new password, of which the other machine knows nothing, ends it everywhere.
    const { password } = await network.rest.post<{ password: string }>(`/v1/stations/${station.id}/password`)
    await (await openAt(second, { ...station, password })).close()
  }, 120_000)
})

describe('a station that repeats a refused message for ever, now here, now there', () => {
  it('is one row, counted over both servers, and one alert', async () => {
    const station = await addStation(network, { identity: 'STUBBORN' })
    for (const server of [first, second, first, second]) {
      const socket = await openAt(server, station)
      for (let times = 0; times < 3; times += 1) {
        const [type] = await socket.call('StatusNotification', {
          connectorId: 1,
          status: 'Humming',
          errorCode: 'NoError',
        })
        expect(type).toBe(4)
      }
      await socket.close()
    }
    const path = `/v1/stations/${station.id}/refused-messages`
    const row = await found(async () => {
      const { items } = await network.rest.get<List<{ action: string; count: number }>>(path)
      return items.find(({ count }) => count >= 12)
    })
    expect(row).toMatchObject({ action: 'StatusNotification', count: 12 })
    const told = await found(async () => {
      const alerts = (await alertsOf(station)).filter(({ kind }) => kind === 'message-refused')
      return alerts.length > 0 ? alerts : undefined
    })
    expect(told).toHaveLength(1)
  }, 120_000)
})

interface Command {
  readonly state: string
  readonly answer?: { readonly settings?: readonly { readonly name: string; readonly value?: string }[] }
}

describe('a report of settings in parts (2.x NotifyReport)', () => {
  const open20 = async (server: Server, { identity, password }: MadeStation): Promise<StationSocket> => {
    const url = `${server.stationsUrl('twins')}/${identity}`
    const socket = await openStation({ url, user: identity, password, protocols: ['ocpp2.0.1'] })
    await socket.call(...bootOf('ocpp2.0.1'))
    return socket
  }
  const ask = async (socket: StationSocket, station: MadeStation) => {
    const { id } = await network.rest.post<{ id: string }>(`/v1/stations/${station.id}/commands`, {
      kind: 'read-settings',
    })
    const [, call, , payload] = await socket.next(([type, , action]) => type === 2 && action === 'GetBaseReport')
    socket.raw(JSON.stringify([3, call, { status: 'Accepted' }]))
    await until(async () => (await network.rest.get<Command>(`/v1/commands/${id}`)).state === 'answered')
    return { id, requestId: (payload as { requestId: number }).requestId }
  }
  const part = async (socket: StationSocket, requestId: number, seqNo: number, tbc: boolean): Promise<void> => {
    const variable = { name: seqNo === 1 ? 'BasicAuthPassword' : `V${seqNo}` }
    const line = { component: { name: 'SecurityCtrlr' }, variable, variableAttribute: [{ value: 'said' }] }
    const generatedAt = Temporal.Now.instant().toString({ smallestUnit: 'millisecond' })
    const [type] = await socket.call('NotifyReport', { requestId, generatedAt, seqNo, tbc, reportData: [line] })
    expect(type).toBe(3)
  }
  const told = async (id: string) => {
    const ended = await found(async () => {
      const command = await network.rest.get<Command>(`/v1/commands/${id}`)
      return command.state === 'effect-seen' ? command : undefined
    })
    return ended.answer?.settings?.map(({ name, value }) => [name, value])
  }
  const whole = [
    ['SecurityCtrlr.V0', 'said'],
    ['SecurityCtrlr.BasicAuthPassword', '•••'],
    ['SecurityCtrlr.V2', 'said'],
  ]

  it('goes on at another server', async () => {
    const station = await addStation(network, { identity: 'MOVES' })
    const one = await open20(first, station)
    const { id, requestId } = await ask(one, station)
    await part(one, requestId, 0, true)
    await one.close()
    const other = await open20(second, station)
    await part(other, requestId, 1, true)
    await part(other, requestId, 1, true)
    await part(other, requestId, 2, false)
    expect(await told(id)).toEqual(whole)
    // Whose answer was lost, says it again.
    await part(other, requestId, 2, false)
    await other.close()
  }, 120_000)

  it('is joined over kill -9; one that lost a part is asked for anew', async () => {
    const station = await addStation(network, { identity: 'OUTLIVES' })
    let socket = await open20(second, station)
    const { id, requestId } = await ask(socket, station)
    await part(socket, requestId, 0, true)
    await part(socket, requestId, 1, true)
    await second.kill()
    second = await startServer(second.options)
    socket = await open20(second, station)
    await part(socket, requestId, 2, false)
    expect(await told(id)).toEqual(whole)
    const gap = await ask(socket, station)
    await part(socket, gap.requestId, 0, true)
    await second.kill()
    second = await startServer(second.options)
    socket = await open20(second, station)
    await part(socket, gap.requestId, 2, false)
    const [, call, , payload] = await socket.next(([type, , action]) => type === 2 && action === 'GetBaseReport')
    socket.raw(JSON.stringify([3, call, { status: 'Accepted' }]))
    const anew = (payload as { requestId: number }).requestId
    expect(anew).not.toBe(gap.requestId)
    for (const seqNo of [0, 1, 2]) await part(socket, anew, seqNo, seqNo < 2)
    expect(await told(gap.id)).toEqual(whole)
    await socket.close()
    const client = new pg.Client(database.owner)
    await client.connect()
    const { rows } = await client.query('select 1 from settings_parts').finally(() => client.end())
    expect(rows).toEqual([])
  }, 180_000)
})

describe('all along', () => {
  it('nothing of it was a fault of ours', () => {
    for (const server of [first, second]) expect(faultsIn(server.stderr())).toEqual([])
  })
})
