import { chanceFrom } from './chance.ts'
import { addManyStations, type MadeStation, type Network } from './network.ts'
import type { List, Reply } from './rest.ts'
import { bootOf, type Frame, openStation, type StationSocket } from './station-socket.ts'
import { until } from './until.ts'

/** Row 13: remote starts whose answers get lost. Each has one outcome: no second session, no ghost, nothing left open. */
export interface StartsInput {
  readonly stations: number
  readonly startsEach: number
  /** Share of replies that are lost, half of them with the connection. */
  readonly lost: number
  /** Share of requests that the station takes and forgets. */
  readonly ignored?: number
  readonly chance: () => number
}

export interface StartsOutcome {
  readonly asked: number
  readonly repliesLost: number
  readonly ignored: number
  /** Each a sentence. */
  readonly doubles: readonly string[]
  readonly ghosts: readonly string[]
  readonly unresolved: readonly string[]
  readonly slowestMs: number
}

interface Session {
  readonly id: string
  readonly state: string
  readonly energyWh: number
}

const now = (): string => Temporal.Now.instant().toString({ smallestUnit: 'millisecond' })
const ends = new Set(['ended', 'abandoned', 'refused'])
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
/** A wish that nobody answered is given up after a minute. */
const PATIENCE_MS = 125_000
/** One that the station accepted and forgot, when the time for the cable is over: nobody's fault but the station's. */
const FORGOTTEN_MS = 240_000

export async function runRemoteStarts(network: Network, input: StartsInput): Promise<StartsOutcome> {
  const made = await addManyStations(
    network,
    Array.from({ length: input.stations }, (_, n) => `REMOTE-${n}`),
  )
  // So that all who look ask some hundred times a second, however many they are.
  const lookMs = Math.max(50, 3 * input.stations)
  // A chance of its own for each station: what is lost does not hang on which of them was quicker.
  const each = made.map(() => ({ ...input, chance: chanceFrom(Math.floor(input.chance() * 2 ** 31)) }))
  const all = await Promise.all(
    made.map((station, n) => startsOfOne(network, each[n] ?? input, { station, n, lookMs })),
  )
  return {
    asked: input.stations * input.startsEach,
    repliesLost: sum(all.map((one) => one.repliesLost)),
    ignored: sum(all.map((one) => one.ignored)),
    doubles: all.flatMap((one) => one.doubles),
    ghosts: all.flatMap((one) => one.ghosts),
    unresolved: all.flatMap((one) => one.unresolved),
    slowestMs: Math.round(Math.max(...all.map((one) => one.slowestMs))),
  }
}

interface One {
  readonly station: MadeStation
  readonly n: number
  /** How often it is looked whether something has come about. */
  readonly lookMs: number
}

async function startsOfOne(
  network: Network,
  input: StartsInput,
  { station: made, n, lookMs }: One,
): Promise<Omit<StartsOutcome, 'asked'>> {
  const station = openRemoteStation(network, made, input)
  await station.connect()
  const wishes: string[] = []
  const unresolved: string[] = []
  let slowestMs = 0
  for (let turn = 0; turn < input.startsEach; turn += 1) {
    const before = station.ignored()
    const isForgotten = (): boolean => station.ignored() > before
    const began = performance.now()
    const { ids, open } = await startOnce(network, { station: made, n, lookMs }, turn, isForgotten)
    wishes.push(...ids)
    unresolved.push(...open)
    if (!isForgotten()) slowestMs = Math.max(slowestMs, performance.now() - began)
  }
  const { items } = await network.rest.get<List<Session>>(`/v1/sessions?stationId=${made.id}&limit=200`)
  // An answer that is lost leaves its command waiting until the patience with the station is over.
  let open: string[] = []
  await until(
    async () => {
      open = await commandsLeftOpen(network, made.id)
      return open.length === 0
    },
    PATIENCE_MS,
    Math.max(250, lookMs),
  ).catch(() => unresolved.push(...open.map((one) => `REMOTE-${n}: ${one}`)))
  await station.close()
  const known = new Set(wishes)
  const delivered = items.filter(({ energyWh }) => energyWh > 0)
  return {
    repliesLost: station.repliesLost(),
    ignored: station.ignored(),
    doubles:
      known.size === input.startsEach ? [] : [`REMOTE-${n}: ${known.size} sessions of ${input.startsEach} wishes`],
    ghosts: [
      ...items
        .filter(({ id }) => !known.has(id))
        .map(({ id, state }) => `REMOTE-${n}: session ${id} (${state}) of no wish`),
      ...(delivered.length === station.transactions()
        ? []
        : [`REMOTE-${n}: ${station.transactions()} deliveries, ${delivered.length} sessions with energy`]),
    ],
    unresolved: [...unresolved, ...station.faults()],
    slowestMs,
  }
}

/** Asks for it, twice under one key, as a program does whose own answer was lost; waits for its end. */
async function startOnce(
  { rest }: Network,
  { station, n, lookMs }: One,
  turn: number,
  isForgotten: () => boolean,
): Promise<{ readonly ids: readonly string[]; readonly open: readonly string[] }> {
  const body = { stationId: station.id, evseId: 1 }
  const key = { 'idempotency-key': `start-${n}-${turn}` }
  const none = { status: 0, body: { id: '' }, text: 'no answer' }
  // Whoever hears nothing asks again, under the same key.
  const ask = () => rest.send<{ id: string }>('POST', '/v1/sessions', body, key).catch(() => none)
  const isYes = (status: number): boolean => status >= 200 && status < 300
  let asked: Pick<Reply<{ id: string }>, 'status' | 'body' | 'text'> = await ask()
  // While the station comes back it is not there.
  const isTaken = async (): Promise<boolean> => {
    if (!isYes(asked.status)) asked = await ask()
    return isYes(asked.status)
  }
  const taken = await comesTrue(isTaken, PATIENCE_MS, lookMs)
  if (!taken) return { ids: [], open: [`REMOTE-${n}: start ${turn} was refused to the end: ${asked.text}`] }
  const again = await ask()
  const { id } = asked.body
  const ids = isYes(again.status) && again.body.id !== id ? [id, `${again.body.id}, a second one`] : [id]
  const isEnded = async (): Promise<boolean> => ends.has((await rest.get<Session>(`/v1/sessions/${id}`)).state)
  const isOver =
    (await comesTrue(isEnded, PATIENCE_MS, lookMs)) ||
    (isForgotten() && (await comesTrue(isEnded, FORGOTTEN_MS - PATIENCE_MS, lookMs)))
  return { ids, open: isOver ? [] : [`REMOTE-${n}: session ${id}`] }
}

const comesTrue = (fact: () => Promise<boolean>, withinMs: number, everyMs: number): Promise<boolean> =>
  until(fact, withinMs, everyMs).then(
    () => true,
    () => false,
  )

async function commandsLeftOpen({ rest }: Network, stationId: string): Promise<string[]> {
  const { items } = await rest.get<List<{ id: string; state: string }>>(`/v1/commands?stationId=${stationId}&limit=200`)
  return items
    .filter(({ state }) => state === 'queued' || state === 'sent')
    .map(({ id, state }) => `command ${id} is ${state}`)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

interface RemoteStation {
  connect(): Promise<void>
  /** Messages of its that came to nothing. */
  faults(): readonly string[]
  repliesLost(): number
  ignored(): number
  transactions(): number
  close(): Promise<void>
}

/** Does what it is asked, and loses some of its answers on the way. */
function openRemoteStation(
  network: Network,
  { identity, password }: { readonly identity: string; readonly password: string },
  { lost, ignored: ignores = 0, chance }: StartsInput,
): RemoteStation {
  const faults: string[] = []
  let socket: StationSocket
  let isOver = false
  const counts = { lost: 0, ignored: 0, transactions: 0 }
  /** Until it is let in: where the database is away for a moment it hears 503, as in a flood of its neighbours. */
  const connect = async (): Promise<void> => {
    for (;;) {
      try {
        const opened = await openStation({ url: `${network.stationsUrl}/${identity}`, user: identity, password })
        await opened.call(...bootOf('ocpp1.6'))
        socket = opened
        listen(opened).catch((error: Error) => faults.push(error.message))
        return
      } catch (error) {
        if (isOver) throw error
        await pause(1_000)
      }
    }
  }
  /** Again, as a station does, until it is answered. */
  const say = async (action: string, payload: object): Promise<Frame> => {
    for (;;) {
      const own = socket
      const answer = await Promise.race([
        own.call(action, payload).catch(() => undefined),
        own.closed.then(() => undefined),
      ])
      if (answer?.[0] === 3) return answer
      if (answer !== undefined) throw new Error(`${identity}: ${action} was refused: ${JSON.stringify(answer)}`)
      if (isOver) throw new Error(`${identity}: ${action} was not answered`)
      if (socket === own && own.socket.readyState !== own.socket.OPEN) await connect()
    }
  }
  const listen = async (own: StationSocket): Promise<void> => {
    while (!isOver && own.socket.readyState === own.socket.OPEN) {
      const frame = await own.next(([type]) => type === 2, 1_000).catch(() => undefined)
      if (frame !== undefined) await obey(own, frame)
    }
    // A server that is busy sends its stations away for a while.
    if (!isOver && socket === own) await connect()
  }
  const answer = (own: StationSocket, id: string): void => own.raw(JSON.stringify([3, id, { status: 'Accepted' }]))
  const obey = async (own: StationSocket, [, id, action, payload]: Frame): Promise<void> => {
    if (action !== 'RemoteStartTransaction') return answer(own, id)
    const dice = chance()
    if (dice < ignores) {
      counts.ignored += 1
      return answer(own, id)
    }
    const isLost = dice < ignores + lost
    if (!isLost) answer(own, id)
    else counts.lost += 1
    const { idTag } = payload as { idTag: string }
    const start = { connectorId: 1, idTag, meterStart: 1_000, timestamp: now() }
    counts.transactions += 1
    if (isLost && dice < ignores + lost / 2) {
      own.socket.terminate()
      await pause(50)
      await connect()
    }
    await deliver(start)
  }
  const deliver = async (start: object): Promise<void> => {
    const { transactionId } = (await say('StartTransaction', start))[2] as { transactionId: number }
    await pause(20)
    await say('StopTransaction', { transactionId, meterStop: 1_500, timestamp: now() })
  }
  return {
    connect,
    faults: () => faults,
    repliesLost: () => counts.lost,
    ignored: () => counts.ignored,
    transactions: () => counts.transactions,
    async close() {
      isOver = true
      await socket.close()
    },
  }
}
