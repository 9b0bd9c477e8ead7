import { randomBytes } from 'node:crypto'
import type { Protocol, StationSpec } from '../../simulator/index.ts'
import { type Rest, restOf } from './rest.ts'
import type { Server } from './server.ts'
import { until } from './until.ts'

/** A tenant made over REST, as an integrator makes one. */
export interface Network {
  readonly id: string
  readonly slug: string
  readonly key: string
  readonly rest: Rest
  /** Where its stations connect; they append their identity. */
  readonly stationsUrl: string
}

export async function makeNetwork(server: Server, slug: string, name = 'Power and light'): Promise<Network> {
  const { id, key } = await server.platform.post<{ id: string; key: string }>('/v1/tenants', {
    slug,
    name,
    currency: 'EUR',
    country: 'FI',
    timeZone: 'Europe/Helsinki',
    languages: ['en'],
  })
  return { id, slug, key, rest: restOf(server.url, key), stationsUrl: server.stationsUrl(slug) }
}

export interface MadeStation {
  readonly id: string
  readonly identity: string
  readonly password: string
  readonly number: string
}

export interface StationWishes {
  readonly identity: string
  readonly password?: string
  readonly evses?: number
  readonly more?: Readonly<Record<string, unknown>>
}

export async function addStation({ rest }: Network, wishes: StationWishes): Promise<MadeStation> {
  const password = wishes.password ?? randomBytes(20).toString('hex')
  const made = await rest.post<{ id: string; number: string }>('/v1/stations', stationBody({ ...wishes, password }))
  return { id: made.id, number: made.number, identity: wishes.identity, password }
}

function stationBody({ identity, password, evses = 1, more }: StationWishes): object {
  return {
    identity,
    securityProfile: 1,
    password,
    state: 'active',
    evses: Array.from({ length: evses }, (_, n) => ({
      id: n + 1,
      connectors: [{ id: 1, type: 'IEC_62196_T2', maxPowerW: 11_000 }],
    })),
    ...more,
  }
}

/** Very many, ten at a time. Where the machine is so busy that the database does not answer, it is asked again, as its refusal says. */
export async function addManyStations(
  { rest }: Network,
  identities: readonly string[],
): Promise<readonly MadeStation[]> {
  const waiting = [...identities]
  const stations: MadeStation[] = []
  const worker = async (): Promise<void> => {
    for (let identity = waiting.shift(); identity !== undefined; identity = waiting.shift()) {
      const password = randomBytes(20).toString('hex')
      const body = stationBody({ identity, password })
      const name = identity
      await until(
        async () => {
          const reply = await rest.send<{ id: string; number: string }>('POST', '/v1/stations', body, {
            'idempotency-key': name,
          })
          if (reply.status === 503) return false
          if (reply.status >= 300) throw new Error(`the station ${name}: ${reply.status} ${reply.text}`)
          stations.push({ id: reply.body.id, number: reply.body.number, identity: name, password })
          return true
        },
        60_000,
        1_000,
      )
    }
  }
  await Promise.all(Array.from({ length: 10 }, worker))
  return stations
}

/** Stations made over REST, and what the simulator needs to play them. */
export async function addFleet(
  network: Network,
  count: number,
  more: Omit<Partial<StationSpec>, 'identity' | 'password' | 'protocol'> = {},
  versions: readonly Protocol[] = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'],
): Promise<readonly (StationSpec & { readonly id: string })[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const protocol = versions[n % versions.length] ?? 'ocpp1.6'
      const made = await addStation(network, { identity: `SIM-${String(n + 1).padStart(3, '0')}` })
      return { ...more, id: made.id, identity: made.identity, password: made.password, protocol }
    }),
  )
}

export async function addCard({ rest }: Network, uid: string): Promise<string> {
  return (await rest.post<{ id: string }>('/v1/id-tokens', { uid, type: 'ISO14443', status: 'active' })).id
}

export async function addTariff({ rest }: Network, name = 'Everyday', isDefault = true): Promise<string> {
  const made = await rest.post<{ id: string }>('/v1/tariffs', {
    name,
    default: isDefault,
    // What a station tells late has a price too.
    validFrom: Temporal.Now.instant()
      .subtract({ hours: 31 * 24 })
      .toString({ smallestUnit: 'second' }),
    tariff: {
      currency: 'EUR',
      elements: [
        {
          price_components: [
            { type: 'FLAT', price: '0.39', vat: '25.5', step_size: 1 },
            { type: 'ENERGY', price: '0.249', vat: '25.5', step_size: 1 },
          ],
        },
      ],
    },
  })
  return made.id
}
