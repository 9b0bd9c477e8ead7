import { type Acknowledgement, openOracle, startFleet } from '../../simulator/index.ts'
import { openOwner } from './database.ts'
import { atRest, drive, keptNow, makeCards, quick } from './field.ts'
import { missingFrom } from './missing.ts'
import { addFleet, addTariff, makeNetwork, type Network } from './network.ts'
import { faultsIn, freshOptions, removeDataDir, type Server, startSupervised } from './server.ts'
import { answerBeforeCommit, neverSync } from './store-kept.ts'
import { until } from './until.ts'

/** Row 1: kill -9 of Node and of every PostgreSQL process at random moments under load, and what is missing afterwards. */
export interface KillsInput {
  readonly times: number
  readonly stations: number
  /** After the last start it goes on until so much was acknowledged in all, however busy the machine is. */
  readonly leastAcknowledged?: number
  /** Between a start and its kill, in milliseconds: something in this range. */
  readonly lifeMs: readonly [least: number, most: number]
  readonly chance: () => number
  /** The planted fault: commits are answered before they are durable. */
  readonly answersBeforeCommit?: boolean
  /** Commits are never synced to the disk: for the control of a power cut. */
  readonly withoutFsync?: boolean
  /** Where the data lies; absent: in a folder of its own. */
  readonly dataDir?: string
  /** What happens instead of a kill; nothing of the server may live afterwards. */
  crash?(server: Server): Promise<void>
  /** After each kill. */
  readonly onKill?: (n: number, seen: KillsOutcome) => void
  /** Ends the run early. */
  readonly isEnough?: (seen: KillsOutcome) => boolean
}

export interface KillsOutcome {
  readonly kills: number
  readonly acknowledged: number
  readonly sessionsEnded: number
  readonly missing: readonly string[]
  /** Records that were not made or handed on exactly once, when everything had come to rest. */
  readonly notOnce: readonly string[]
  /** Messages that were answered with an error: a station throws such a message away after a few tries. */
  readonly refused: number
  readonly longestStartMs: number
}

export async function runKills(input: KillsInput): Promise<KillsOutcome> {
  const options = await freshOptions(input.dataDir === undefined ? {} : { dataDir: input.dataDir })
  let server = await startSupervised(options)
  const network = await makeNetwork(server, 'kills')
  await addTariff(network)
  const cards = await makeCards(network)
  const stations = await addFleet(network, input.stations, { settings: quick })
  const oracle = openOracle()
  const rest = openRestWriter(network)
  const isControl = input.answersBeforeCommit === true || input.withoutFsync === true
  if (isControl) await spoil(options.dataDir, input)
  const fleet = startFleet({
    url: network.stationsUrl,
    stations,
    onAcknowledged: oracle.onAcknowledged,
    timeoutMs: 2_000,
    spreadSeconds: 0.2,
  })
  let isOver = false
  const drivers = fleet.identities.map((name) => drive(fleet.station(name), cards, input.chance, () => isOver))
  let outcome: KillsOutcome = {
    kills: 0,
    acknowledged: 0,
    sessionsEnded: 0,
    missing: [],
    notOnce: [],
    refused: 0,
    longestStartMs: 0,
  }
  try {
    for (let n = 1; n <= input.times && input.isEnough?.(outcome) !== true; n += 1) {
      await liveFor(input, server, () => oracle.all().length > outcome.acknowledged)
      await (input.crash?.(server) ?? server.kill())
      const before = [...oracle.all()]
      const began = performance.now()
      try {
        server = await startSupervised(options)
      } catch (error) {
        if (!isControl) throw error
        return { ...outcome, missing: [`the database: ${(error as Error).message}`] }
      }
      const startMs = Math.round(performance.now() - began)
      outcome = await look(options.dataDir, network, before, rest, outcome, startMs)
      input.onKill?.(n, outcome)
    }
    outcome = { ...outcome, refused: fleet.totals().messagesRefused }
    if (isControl) return outcome
    // Whatever the machine is busy with: some sessions must have come to their end.
    const least = input.leastAcknowledged ?? 0
    await until(() => fleet.totals().sessionsEnded > input.stations && oracle.all().length > least, 300_000)
    outcome = { ...outcome, refused: fleet.totals().messagesRefused }
    isOver = true
    await Promise.all(drivers)
    await fleet.stop()
    const resting = await atRest(() => keptNow(() => openOwner(options.dataDir), network), oracle.all())
    return { ...outcome, ...resting, missing: [...new Set([...outcome.missing, ...resting.missing])] }
  } finally {
    isOver = true
    rest.stop()
    await fleet.stop()
    await server.kill()
    if (input.dataDir === undefined) removeDataDir(options.dataDir)
  }
}

async function spoil(dataDir: string, { answersBeforeCommit, withoutFsync }: KillsInput): Promise<void> {
  const owner = await openOwner(dataDir)
  if (answersBeforeCommit === true) await answerBeforeCommit(owner)
  if (withoutFsync === true) await neverSync(owner)
  await owner.end()
}

/** At a random moment, but not before something new was acknowledged: else the kill would show nothing. */
async function liveFor(
  { lifeMs: [least, most], chance }: KillsInput,
  server: Server,
  isWorking: () => boolean,
): Promise<void> {
  const end = performance.now() + least + chance() * (most - least)
  await until(() => performance.now() > end && isWorking(), 120_000, 5)
  const [fault] = faultsIn(server.stderr())
  if (fault !== undefined) throw new Error(`the server logged a fault: ${fault}`)
}

/** What was acknowledged up to the kill, beside what is there after the restart. */
async function look(
  dataDir: string,
  network: Network,
  before: readonly Acknowledgement[],
  rest: RestWriter,
  seen: KillsOutcome,
  startMs: number,
): Promise<KillsOutcome> {
  const kept = await keptNow(() => openOwner(dataDir), network)
  const missing = [...missingFrom(before, kept), ...(await rest.missing())]
  return {
    ...seen,
    kills: seen.kills + 1,
    acknowledged: before.length,
    sessionsEnded: [...kept.values()].filter(({ state }) => state === 'ended').length,
    missing: [...new Set([...seen.missing, ...missing])],
    longestStartMs: Math.max(seen.longestStartMs, startMs),
  }
}

interface RestWriter {
  /** What got a 2xx and is not there. */
  missing(): Promise<readonly string[]>
  stop(): void
}

/** A program that makes a card every now and then, also while the server is being killed: a 2xx is an acknowledgement too. */
function openRestWriter(network: Network): RestWriter {
  const made: string[] = []
  let n = 0
  const { rest } = network
  const timer = setInterval(() => {
    n += 1
    const uid = `REST${String(n).padStart(8, '0')}`
    rest.send<{ id: string }>('POST', '/v1/id-tokens', { uid, type: 'ISO14443', status: 'active' }).then(
      ({ status, body }) => status === 201 && made.push(body.id),
      // The server is dead just now: nothing was acknowledged.
      () => {},
    )
  }, 50)
  return {
    async missing() {
      const lost: string[] = []
      for (const id of made.splice(0)) {
        if ((await rest.send('GET', `/v1/id-tokens/${id}`)).status !== 200)
          lost.push(`the id token ${id} made over REST`)
      }
      return lost
    },
    stop: () => clearInterval(timer),
  }
}
