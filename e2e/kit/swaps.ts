import type pg from 'pg'
import { addStation, type Network } from './network.ts'
import { isStopped } from './processes.ts'
import type { List } from './rest.ts'
import type { Server } from './server.ts'
import { bootOf, type Frame, openStation, type StationSocket } from './station-socket.ts'
import { found, until } from './until.ts'

/** Row 16: one identity, two sockets; and a server that stood still while another took its station over. */
export interface SwapsInput {
  readonly swaps: number
  /** How often the whole server is stopped for a while and wakes as one that lost its station. */
  readonly pauses: number
  readonly chance: () => number
  readonly pauseMs?: number
}

export interface SwapsOutcome {
  /** Charges that did not become one ended session with its energy. */
  readonly wrongSessions: readonly string[]
  readonly commandsToNewest: number
  readonly commandsToOlder: number
  /** Reports of an older socket or epoch that were written. */
  readonly writesByOlder: number
}

const idTag = '04AABBCCDD1122'
const now = (): string => Temporal.Now.instant().toString({ smallestUnit: 'millisecond' })
const isCommand = ([type]: Frame): boolean => type === 2

interface Session {
  readonly state: string
  readonly energyWh: number
}

export async function runSwaps(
  { server, openOwner }: { readonly server: Server; openOwner(): Promise<pg.Client> },
  network: Network,
  input: SwapsInput,
): Promise<SwapsOutcome> {
  const ids: string[] = []
  const sessions = async (): Promise<readonly Session[]> => {
    const lists = ids.map((id) => network.rest.get<List<Session>>(`/v1/sessions?stationId=${id}&limit=200`))
    return (await Promise.all(lists)).flatMap(({ items }) => items)
  }
  let station = await twice(network, 0)
  ids.push(station.id)
  const open = (): Promise<StationSocket> => station.open()
  const wrongSessions: string[] = []
  let commandsToNewest = 0
  let commandsToOlder = 0
  let older = await open()
  for (let n = 0; n < input.swaps; n += 1) {
    if (n > 0 && n % SWAPS_OF_ONE === 0) {
      await older.close()
      station = await twice(network, n)
      ids.push(station.id)
      older = await open()
    }
    const start = { connectorId: 1, idTag, meterStart: 1_000 * n, timestamp: now() }
    const { transactionId } = (await older.call('StartTransaction', start))[2] as { transactionId: number }
    const stop = { transactionId, meterStop: 1_000 * n + 700, timestamp: now() }
    // The newer socket comes at some moment while the older one still speaks; whether that was heard, only the answer tells.
    older.raw(JSON.stringify([2, `stop-${n}`, 'StopTransaction', stop]))
    if (input.chance() < 0.5) await new Promise((resolve) => setTimeout(resolve, 10 * input.chance()))
    const newest = await open()
    await newest.call('StopTransaction', stop)
    const wish = await network.rest.send('POST', `/v1/stations/${station.id}/commands`, {
      kind: 'trigger',
      message: 'heartbeat',
    })
    if (wish.status === 202) {
      const [, commandId] = await newest.next(isCommand)
      newest.raw(JSON.stringify([3, commandId, { status: 'Accepted' }]))
      commandsToNewest += 1
    }
    await older.closed
    commandsToOlder += await older.next(isCommand, 1).then(
      () => 1,
      () => 0,
    )
    older = newest
  }
  const all = await found(async () => {
    const seen = await sessions()
    return seen.every(({ state }) => state === 'ended') ? seen : undefined
  }).catch(sessions)
  if (all.length !== input.swaps) wrongSessions.push(`${all.length} sessions of ${input.swaps} charges`)
  for (const { state, energyWh } of all)
    if (state !== 'ended' || energyWh !== 700) wrongSessions.push(`a session is ${state} with ${energyWh} Wh`)
  const writesByOlder = await zombie(server.pid, await openOwner(), {
    id: station.id,
    older,
    input,
    sessions,
    reopen: open,
  })
  return { wrongSessions, commandsToNewest, commandsToOlder, writesByOlder }
}

/** Beyond this the identity is kept out for a while, since two machines use its key (attack 2). */
const SWAPS_OF_ONE = 3

async function twice(network: Network, n: number) {
  const { id, identity, password } = await addStation(network, { identity: `TWICE-${n}` })
  const wishes = { url: `${network.stationsUrl}/${identity}`, user: identity, password }
  const open = async (): Promise<StationSocket> => {
    const socket = await openStation(wishes)
    await socket.call(...bootOf('ocpp1.6'))
    return socket
  }
  return { id, open }
}

interface Zombie {
  readonly id: string
  readonly older: StationSocket
  readonly input: SwapsInput
  sessions(): Promise<readonly Session[]>
  reopen(): Promise<StationSocket>
}

/** The server stands still; another owner takes the station; it wakes and must write nothing more for it. */
async function zombie(pid: number, client: pg.Client, { id, older, input, sessions, reopen }: Zombie): Promise<number> {
  let written = 0
  let socket = older
  for (let n = 0; n < input.pauses; n += 1) {
    const before = (await sessions()).length
    process.kill(pid, 'SIGSTOP')
    await until(() => isStopped(pid))
    const said = socket
      .call('StartTransaction', { connectorId: 1, idTag, meterStart: 1, timestamp: now() })
      .catch(() => undefined)
    await client.query('update stations set epoch = epoch + 1 where id = $1', [id])
    if (input.pauseMs !== undefined) await new Promise((resolve) => setTimeout(resolve, input.pauseMs))
    process.kill(pid, 'SIGCONT')
    const { code } = await socket.closed
    const answered = (await Promise.race([said, Promise.resolve('not')])) !== 'not'
    if (code !== 4001 || answered) written += 1
    written += (await sessions()).length - before
    socket = await reopen()
  }
  await client.end()
  await socket.close()
  return written
}
