import path from 'node:path'
import { type Fleet, folderMemory, type StationSpec, startFleet } from '../../../simulator/index.ts'
import type { App } from '../app.ts'
import type { Config } from '../config.ts'
import type { Installation } from '../installation.ts'
import { keepFirstFact } from '../platform/index.ts'
import { demoPassword, makeNetwork } from './make.ts'
import { type DemoNetwork, demoNetworks, deviceOf, evsesOf, stationsOf } from './networks.ts'
import { restOf } from './rest.ts'

export interface Demo {
  readonly tenants: number
  readonly stations: number
  readonly links: readonly { readonly who: string; readonly url: string }[]
  /** A station whose page a driver may look at. */
  readonly stationNumber: string
  /** The simulated stations, by network. */
  readonly fleets: Readonly<Record<string, Fleet>>
  stop(): Promise<void>
}

/** Decided at the first start and kept with the data: on when nothing else is set. */
export function demoIsOn(config: Config, installation: Installation): Promise<boolean> {
  const proposed = config.DEMO === undefined ? config.bare : config.DEMO === 'on'
  return keepFirstFact(installation.ground.database, 'demo', proposed)
}

export interface DemoInput {
  readonly config: Config
  readonly installation: Installation
  readonly app: App
  /** Where this server answers on this machine. */
  readonly url: string
}

/** Makes what is missing of the demo and sets its stations going. */
export async function startDemo({ config, installation, app, url }: DemoInput): Promise<Demo> {
  const { secret } = installation
  const links: { who: string; url: string }[] = []
  const fleets: Record<string, Fleet> = {}
  let stationNumber = ''
  for (const network of demoNetworks) {
    const { slug, name: tenantName, currency, country, timeZone } = network
    const { tenantId, key } = await app.ensureDemoTenant({
      slug,
      name: tenantName,
      currency,
      country,
      timeZone,
      languages: ['en'],
    })
    const rest = restOf(url, key)
    await makeNetwork(rest, network, secret)
    for (const { name, role, mail } of network.people) {
      links.push({
        who: `${name}, ${role} of ${network.name}`,
        url: await app.personLink(tenantId, slug, { name, role, mail }),
      })
    }
    if (stationNumber === '')
      stationNumber = (await rest.get<{ items: { number: string }[] }>('/v1/stations?limit=1')).items[0]?.number ?? ''
    if (!config.ROLES.includes('gateway')) continue
    await app.forgetRestarts(tenantId)
    // By the network's id: stations must not tell another database what they did under this one.
    const memory = folderMemory(path.join(config.DATA_DIR, 'demo-stations', tenantId))
    fleets[network.slug] = startFleet({ ...fleetOf(network, secret, url, installation), memory })
  }
  const stations = Object.values(fleets).reduce((sum, fleet) => sum + fleet.identities.length, 0)
  return {
    tenants: demoNetworks.length,
    stations,
    links,
    stationNumber,
    fleets,
    async stop() {
      await Promise.all(Object.values(fleets).map((fleet) => fleet.stop()))
    },
  }
}

/** Sessions of three to eight minutes in real time; now and then a station has a fault or waits for somebody to come. */
function fleetOf(network: DemoNetwork, secret: string, url: string, installation: Installation) {
  const good = network.cards.filter((card) => card.status !== 'blocked').map((card) => card.uid)
  const stations = stationsOf(network).map(({ identity, protocol, kind }, n): StationSpec => {
    const share = Math.max(1, Math.floor(good.length / stationsOf(network).length))
    const own = Array.from({ length: share }, (_, k) => good[(n * share + k) % good.length] ?? '')
    return {
      identity,
      protocol,
      password: demoPassword(secret, network, identity),
      scenario: n % 9 === 3 ? 'attended' : n % 13 === 7 ? 'faulty' : 'day',
      cards: own,
      ...deviceOf(kind),
      evses: evsesOf(kind).map(({ id, connectors }) => ({
        id,
        maxPowerW: connectors[0]?.maxPowerW ?? 11_000,
        ...(kind.startsWith('dc') ? { current: 'DC' as const, connectorType: 'IEC_62196_T2_COMBO' } : {}),
      })),
      // A reading every ten seconds, so that there is something to see.
      settings: { sampleInterval: '10' },
    }
  })
  return {
    url: `${url.replace(/^http/, 'ws')}/ocpp/${network.slug}`,
    stations,
    spreadSeconds: 1.5,
    log: (text: string, fields: Readonly<Record<string, unknown>>) => installation.ground.log.warn(text, fields),
  }
}
