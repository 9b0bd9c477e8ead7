import path from 'node:path'
import { type FailPoint, failPoints } from '../../server/src/platform/fail-points.ts'
import { type Faulty, startFaulty } from './faulty.ts'
import { type Field, type FieldAtRest, openField } from './field.ts'
import { addStation, type MadeStation } from './network.ts'
import { home } from './server.ts'
import { bootOf, knock, openStation } from './station-socket.ts'
import { until } from './until.ts'

/** Row 9: the server dies at each of its fail points while drivers charge, staff send commands and programs write. */
export interface FailPointsInput {
  /** How often at each point. */
  readonly times: number
  readonly stations: number
  readonly chance: () => number
  /** Absent: all. */
  readonly points?: readonly FailPoint[]
  readonly onDeath?: (point: FailPoint, hit: number, seen: { readonly missing: readonly string[] }) => void
}

export interface FailPointsOutcome extends FieldAtRest {
  readonly deaths: number
  /** Points that were not passed within two minutes. */
  readonly notReached: readonly string[]
  /** Commands that nobody brought to an end. */
  readonly unresolved: readonly string[]
}

const HIT_WITHIN_MS = 120_000

export async function runFailPoints(input: FailPointsInput): Promise<FailPointsOutcome> {
  const { chance } = input
  const faulty = await startFaulty()
  const openOwner = (): ReturnType<Faulty['openOwner']> => faulty.openOwner()
  const field = await openField(faulty.server(), {
    slug: 'fail',
    stations: input.stations,
    chance,
    openOwner,
    leastSeconds: 4,
  })
  const work = await openWork(field, faulty)
  const missing = new Set<string>()
  const notReached: string[] = []
  let deaths = 0
  try {
    await field.goesOn(1)
    await faulty.server().kill()
    for (let turn = 0; turn < input.times; turn += 1) {
      for (const point of input.points ?? failPoints) {
        const hit = 1 + Math.floor(chance() * 3)
        if (!(await dieAt(faulty, point, hit))) {
          notReached.push(`${point}:${hit}`)
          continue
        }
        deaths += 1
        for (const what of await field.missing()) missing.add(`after ${point}:${hit}: ${what}`)
        input.onDeath?.(point, hit, { missing: [...missing] })
      }
    }
    await faulty.restart()
    await field.goesOn(input.stations)
    work.stop()
    const rest = await field.comeToRest()
    const unresolved = await work.unresolved()
    return { ...rest, missing: [...missing, ...rest.missing], deaths, notReached, unresolved }
  } finally {
    work.stop()
    await field.stop()
    await faulty.close()
  }
}

/** Starts it armed and waits for its death; false: it did not come by. */
async function dieAt(faulty: Faulty, point: FailPoint, hit: number): Promise<boolean> {
  const env = {
    NODE_OPTIONS: `--import=${path.join(home, 'e2e/kit/arm-fail-point.ts')}`,
    FAIL_POINT: `${point}:${hit}`,
  }
  // It may die before it is ready.
  const server = await faulty.restart(env).catch((error: Error) => {
    if (!error.message.includes('SIGKILL')) throw error
  })
  if (server === undefined) return true
  const timer = setTimeout(() => void server.kill(), HIT_WITHIN_MS)
  const began = performance.now()
  await server.ended
  clearTimeout(timer)
  return performance.now() - began < HIT_WITHIN_MS
}

interface Work {
  stop(): void
  unresolved(): Promise<readonly string[]>
}

/** What drivers alone do not bring about: commands, writes over REST, deadlines that are due. */
async function openWork(field: Field, faulty: Faulty): Promise<Work> {
  const { rest } = field.network
  const { items } = await rest.get<{ items: readonly { id: string }[] }>('/v1/stations?limit=200')
  const owner = await faulty.openOwner()
  const comer = await addStation(field.network, { identity: 'COMES-AND-GOES' })
  const { identity: user, password } = comer
  // The others' meter values go the short way, which is closed while an effect is awaited and after each deadline.
  const busy = items.slice(0, 2).map(({ id }) => id)
  let n = 0
  const timer = setInterval(() => {
    n += 1
    const station = busy[n % busy.length]
    const quietly = (work: Promise<unknown>): void => void work.catch(() => {})
    quietly(rest.send('POST', `/v1/stations/${station}/commands`, { kind: 'trigger', message: 'heartbeat' }))
    quietly(
      rest.send('POST', '/v1/id-tokens', {
        uid: `FAIL${String(n).padStart(8, '0')}`,
        type: 'ISO14443',
        status: 'active',
      }),
    )
    if (n % 7 === 0) quietly(knock({ url: `${field.network.stationsUrl}/${user}`, user, password }))
    // The clock of these sessions is moved: their deadline is looked at now, and finds that it is not yet time.
    quietly(
      owner.query(`update sessions set due_at = now() where due_at > now() + interval '2 s' and station_id = any($1)`, [
        busy,
      ]),
    )
  }, 150)
  // It reads 5 Wh ten times a second: 180 kW.
  const evses = [{ id: 1, connectors: [{ id: 1, type: 'IEC_62196_T2_COMBO', maxPowerW: 350_000 }] }]
  const steady = await addStation(field.network, { identity: 'STEADY', more: { evses } })
  let isOver = false
  void readSteadily(field, steady, () => isOver)
  const stop = (): void => {
    isOver = true
    clearInterval(timer)
  }
  return {
    stop,
    async unresolved() {
      const look = async (): Promise<readonly string[]> => {
        const { rows } = await owner.query<{ id: string; kind: string; state: string }>(
          `select id, kind, state from commands where state in ('queued', 'sent') and created_at < now() - interval '5 s'`,
        )
        return rows.map(({ id, kind, state }) => `${kind} ${id} is ${state}`)
      }
      // No station is connected any more: what is left waits for its deadline, which is moved here.
      await owner.query(`update commands set due_at = now() where state in ('queued', 'sent')`)
      await until(async () => (await look()).length === 0, 45_000, 250).catch(() => {})
      const left = await look()
      await owner.end()
      return left
    },
  }
}

/** One long charge that only reads its meter: what goes the short way. Begun anew after each death. */
async function readSteadily(field: Field, station: MadeStation, isOver: () => boolean): Promise<void> {
  const { identity, password } = station
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  const now = (): string => Temporal.Now.instant().toString({ smallestUnit: 'millisecond' })
  let registerWh = 1_000
  let n = 0
  while (!isOver()) {
    try {
      const socket = await openStation({ url: `${field.network.stationsUrl}/${identity}`, user: identity, password })
      await socket.call(...bootOf('ocpp1.6'))
      const start = { connectorId: 1, idTag: '04A1B2C3D4E500', meterStart: registerWh, timestamp: now() }
      const { transactionId } = (await socket.call('StartTransaction', start))[2] as { transactionId: number }
      while (!isOver() && socket.socket.readyState === socket.socket.OPEN) {
        await pause(100)
        // Less than its connector gives: else its records would be held, and not handed on (END-VALIDATE).
        if ((n += 1) % 5 === 0) registerWh += 1
        const meterValue = [{ timestamp: now(), sampledValue: [{ value: String(registerWh) }] }]
        await Promise.race([socket.call('MeterValues', { connectorId: 1, transactionId, meterValue }), socket.closed])
      }
      socket.socket.terminate()
    } catch {
      // The server is dead just now.
      await pause(200)
    }
  }
}
