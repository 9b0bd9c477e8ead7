import type { Faulty } from './faulty.ts'
import { machineMs } from './machine-time.ts'
import { type FieldAtRest, openField } from './field.ts'
import { addStation } from './network.ts'
import { residentMb } from './processes.ts'
import type { ProxyFaults } from './proxy.ts'
import { knock } from './station-socket.ts'
import { until } from './until.ts'

/** Rows 11 and 21: the database is away, hangs or is slow, while drivers go on. */
export interface DatabaseFaultInput {
  readonly slug: string
  readonly stations: number
  readonly chance: () => number
  /** How long it lasts. */
  readonly seconds: number
  begin(faulty: Faulty): void | Promise<void>
  end(faulty: Faulty): void | Promise<void>
  /** It is slow, not away: stations stay. */
  readonly isSlow?: boolean
  /** Sessions that must end before it, and after. */
  readonly sessions?: number
}

export interface DatabaseFaultOutcome extends FieldAtRest {
  /** When a new connection heard 503, and when no station was connected any more. */
  readonly refusedAfterMs: number
  readonly sentAwayAfterMs: number
  /** What `/readyz`, `/healthz` and a route of REST said while it lasted. */
  readonly statuses: readonly number[]
  /** When all stations were accepted again after its end. */
  readonly backAfterMs: number
  readonly grownMb: number
}

/** Switches the proxy; connections are cut where the database shall look stopped. */
export function proxied(faults: Partial<ProxyFaults>, cuts = false): Pick<DatabaseFaultInput, 'begin' | 'end'> {
  const none = { refuse: false, swallow: false, stopReading: false, delayMs: 0, bytesPerSecond: 0 }
  return {
    begin({ database }) {
      database.set(faults)
      if (cuts) database.cutAll()
    },
    end: ({ database }) => database.set(none),
  }
}

export async function runDatabaseFault(faulty: Faulty, input: DatabaseFaultInput): Promise<DatabaseFaultOutcome> {
  const { url, pid } = faulty.server()
  const field = await openField(faulty.server(), {
    ...input,
    openOwner: faulty.openOwner,
    // As real stacks do: three tries, then a message about a transaction is thrown away.
    settings: { attempts: '3' },
    timeoutMs: 8_000,
  })
  try {
    const spare = await addStation(field.network, { identity: 'SPARE' })
    const knocked = (): Promise<number> =>
      knock({ url: `${field.network.stationsUrl}/SPARE`, user: 'SPARE', password: spare.password })
    await field.goesOn(input.sessions ?? input.stations)
    const before = residentMb(pid)
    const began = performance.now()
    const msUntil = async (fact: () => boolean | Promise<boolean>): Promise<number> =>
      Math.round(await machineMs(() => until(fact, 240_000, 100)))
    await input.begin(faulty)
    const away = { refusedAfterMs: 0, sentAwayAfterMs: 0, statuses: [] as number[] }
    if (input.isSlow !== true) {
      away.refusedAfterMs = await msUntil(async () => (await knocked()) === 503)
      away.sentAwayAfterMs = away.refusedAfterMs + (await msUntil(() => field.fleet.totals().connected === 0))
      for (const path of ['/readyz', '/healthz']) away.statuses.push((await fetch(url + path)).status)
      away.statuses.push((await field.network.rest.send('GET', '/v1/stations')).status)
    }
    await until(() => performance.now() - began > input.seconds * 1_000, input.seconds * 1_000 + 240_000, 100)
    const grownMb = Math.round(residentMb(pid) - before)
    await input.end(faulty)
    const backAfterMs = await msUntil(() => field.fleet.totals().accepted === input.stations)
    await field.goesOn(input.sessions ?? input.stations)
    return { ...(await field.comeToRest()), ...away, backAfterMs, grownMb }
  } finally {
    await field.stop()
  }
}
