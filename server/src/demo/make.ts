import { createHmac } from 'node:crypto'
import { type DemoNetwork, evsesOf, stationsOf } from './networks.ts'
import type { Rest } from './rest.ts'

/** A demo station's credential: made from the installation's secret, so that nothing need be kept. 40 hex digits. */
export function demoPassword(secret: string, network: DemoNetwork, identity: string): string {
  return createHmac('sha256', secret).update(`demo station ${network.slug}/${identity}`).digest('hex').slice(0, 40)
}

interface Listed {
  readonly id: string
  readonly name: string
}

/**
 * Makes what is missing of a network, so that an interrupted first start is completed by the next. The tariff comes before the first
 * station, since a session without one would be an exception.
 */
export async function makeNetwork(rest: Rest, network: DemoNetwork, secret: string): Promise<void> {
  const tariffs = await makeTariffs(rest, network)
  const sites = new Map(
    (await rest.get<{ items: Listed[] }>('/v1/sites?limit=200')).items.map((site) => [site.name, site.id]),
  )
  for (const { stations: _, ...site } of network.sites) {
    if (!sites.has(site.name)) {
      const body = { ...site, country: network.country, timeZone: network.timeZone }
      const made = await rest.post<Listed>('/v1/sites', body)
      if (made !== undefined) sites.set(site.name, made.id)
    }
  }
  const known = await rest.get<{ items: { identity: string }[] }>('/v1/stations?limit=200')
  const identities = new Set(known.items.map((station) => station.identity))
  const missing = stationsOf(network).filter((station) => !identities.has(station.identity))
  await inTurns(missing, 4, async ({ identity, name, site, kind }) => {
    const fast = tariffs.get('Fast')
    await rest.post(
      '/v1/stations',
      {
        identity,
        name,
        siteId: sites.get(site.name),
        securityProfile: 1,
        password: demoPassword(secret, network, identity),
        state: 'active',
        evses: evsesOf(kind),
        ...(kind.startsWith('dc') && fast !== undefined ? { tariffId: fast } : {}),
      },
      ['identity-taken'],
    )
  })
  const labels = new Set(
    (await rest.get<{ items: { label?: string }[] }>('/v1/id-tokens?limit=200')).items.map((token) => token.label),
  )
  await inTurns(
    network.cards.filter((card) => !labels.has(card.label)),
    4,
    async ({ uid, label, status }) => {
      await rest.post('/v1/id-tokens', { uid, type: 'ISO14443', label, ...(status === undefined ? {} : { status }) }, [
        'uid-taken',
      ])
    },
  )
}

async function makeTariffs(rest: Rest, network: DemoNetwork): Promise<Map<string, string>> {
  const tariffs = new Map(
    (await rest.get<{ items: Listed[] }>('/v1/tariffs?limit=200')).items.map((tariff) => [tariff.name, tariff.id]),
  )
  for (const { name, default: isDefault, elements } of network.tariffs) {
    if (tariffs.has(name)) continue
    const made = await rest.post<Listed>('/v1/tariffs', {
      name,
      default: isDefault === true,
      tariff: { currency: network.currency, elements },
    })
    if (made !== undefined) tariffs.set(name, made.id)
  }
  return tariffs
}

async function inTurns<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next)
    }),
  )
}
