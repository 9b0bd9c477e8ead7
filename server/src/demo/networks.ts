/** What the demo consists of: two networks at fifteen sites, forty stations of all versions, cards and tariffs. All of it invented. */
export interface DemoNetwork {
  readonly slug: string
  readonly name: string
  readonly currency: string
  readonly country: string
  readonly timeZone: string
  readonly people: readonly {
    readonly name: string
    readonly role: 'administrator' | 'operator'
    readonly mail: string
  }[]
  readonly tariffs: readonly {
    readonly name: string
    readonly default?: true
    readonly elements: readonly DemoElement[]
  }[]
  readonly sites: readonly DemoSite[]
  readonly cards: readonly { readonly label: string; readonly uid: string; readonly status?: 'blocked' }[]
}

export interface DemoElement {
  readonly price_components: readonly {
    readonly type: 'FLAT' | 'ENERGY' | 'TIME' | 'PARKING_TIME'
    readonly price: string
    readonly vat: string
    readonly step_size: number
  }[]
}

export interface DemoSite {
  readonly name: string
  readonly address: string
  readonly city: string
  readonly postalCode: string
  readonly latitude: number
  readonly longitude: number
  /** Stations as `version:kind`, kind being ac2 (two sockets of 22 kW), ac1 (one of 11 kW), dc1 or dc2 (150 kW). */
  readonly stations: readonly `${'1.6' | '2.0.1' | '2.1'}:${DemoKind}`[]
}

export type DemoKind = 'ac1' | 'ac2' | 'dc1' | 'dc2'

const prices = (
  vat: string,
  parts: readonly [type: 'FLAT' | 'ENERGY' | 'TIME' | 'PARKING_TIME', price: string, step: number][],
): readonly DemoElement[] => [
  { price_components: parts.map(([type, price, step_size]) => ({ type, price, vat, step_size })) },
]

const cards = (letters: string, count: number): DemoNetwork['cards'] =>
  Array.from({ length: count }, (_, n) => ({
    label: n === count - 1 ? 'Lost card' : `Card ${n + 1}`,
    uid: `${letters}${(0xa0_00_01 + n * 0x01_07_13).toString(16).toUpperCase()}`,
    ...(n === count - 1 ? { status: 'blocked' as const } : {}),
  }))

export const demoNetworks: readonly DemoNetwork[] = [
  {
    slug: 'rantatie',
    name: 'Rantatie Energia',
    currency: 'EUR',
    country: 'FI',
    timeZone: 'Europe/Helsinki',
    people: [
      { name: 'Aino Koski', role: 'administrator', mail: 'aino@rantatie.example' },
      { name: 'Otto Laine', role: 'operator', mail: 'otto@rantatie.example' },
    ],
    tariffs: [
      {
        name: 'Everyday',
        default: true,
        elements: prices('25.5', [
          ['FLAT', '0.39', 1],
          ['ENERGY', '0.249', 1],
          ['PARKING_TIME', '2.40', 300],
        ]),
      },
      {
        name: 'Fast',
        elements: prices('25.5', [
          ['ENERGY', '0.389', 1],
          ['PARKING_TIME', '6.00', 60],
        ]),
      },
    ],
    sites: [
      {
        name: 'Harbour',
        address: 'Rantatie 4',
        city: 'Helsinki',
        postalCode: '00160',
        latitude: 60.1675,
        longitude: 24.9682,
        stations: ['2.0.1:dc2', '2.0.1:ac2', '1.6:ac2', '2.1:ac2'],
      },
      {
        name: 'Sörnäinen depot',
        address: 'Sörnäisten rantatie 25',
        city: 'Helsinki',
        postalCode: '00500',
        latitude: 60.184,
        longitude: 24.9695,
        stations: ['1.6:ac2', '1.6:ac2', '2.0.1:ac2'],
      },
      {
        name: 'Rapids bridge',
        address: 'Satakunnankatu 18',
        city: 'Tampere',
        postalCode: '33210',
        latitude: 61.5006,
        longitude: 23.7609,
        stations: ['2.0.1:dc1', '1.6:ac2', '2.1:ac1'],
      },
      {
        name: 'Oulu market',
        address: 'Torikatu 21',
        city: 'Oulu',
        postalCode: '90100',
        latitude: 65.0126,
        longitude: 25.4715,
        stations: ['2.1:dc2', '2.0.1:ac2', '1.6:ac1'],
      },
      {
        name: 'Turku castle',
        address: 'Linnankatu 60',
        city: 'Turku',
        postalCode: '20100',
        latitude: 60.4439,
        longitude: 22.2489,
        stations: ['1.6:ac2', '2.0.1:ac2'],
      },
      {
        name: 'Jyväskylä centre',
        address: 'Vapaudenkatu 40',
        city: 'Jyväskylä',
        postalCode: '40100',
        latitude: 62.2419,
        longitude: 25.7473,
        stations: ['2.0.1:ac2', '1.6:ac2', '2.1:dc1'],
      },
      {
        name: 'Kuopio square',
        address: 'Kauppakatu 2',
        city: 'Kuopio',
        postalCode: '70100',
        latitude: 62.8924,
        longitude: 27.677,
        stations: ['1.6:ac2', '2.0.1:ac1'],
      },
      {
        name: 'Arctic circle',
        address: 'Koskikatu 25',
        city: 'Rovaniemi',
        postalCode: '96200',
        latitude: 66.5028,
        longitude: 25.7303,
        stations: ['2.0.1:ac2', '1.6:ac2'],
      },
      {
        name: 'Vaasa park',
        address: 'Hovioikeudenpuistikko 11',
        city: 'Vaasa',
        postalCode: '65100',
        latitude: 63.0953,
        longitude: 21.6158,
        stations: ['2.1:ac2', '1.6:ac1'],
      },
      {
        name: 'Lappeenranta lake',
        address: 'Kauppakatu 40',
        city: 'Lappeenranta',
        postalCode: '53100',
        latitude: 61.0587,
        longitude: 28.1887,
        stations: ['2.0.1:dc1', '1.6:ac2'],
      },
    ],
    cards: cards('04', 24),
  },
  {
    slug: 'fjordlade',
    name: 'Fjordlade',
    currency: 'NOK',
    country: 'NO',
    timeZone: 'Europe/Oslo',
    people: [{ name: 'Ingrid Berg', role: 'administrator', mail: 'ingrid@fjordlade.example' }],
    tariffs: [
      {
        name: 'Standard',
        default: true,
        elements: prices('25', [
          ['ENERGY', '3.19', 1],
          ['TIME', '6.00', 60],
        ]),
      },
    ],
    sites: [
      {
        name: 'Tromsø waterfront',
        address: 'Sjøgata 8',
        city: 'Tromsø',
        postalCode: '9008',
        latitude: 69.6489,
        longitude: 18.9551,
        stations: ['2.0.1:ac2', '1.6:ac2', '2.1:dc1'],
      },
      {
        name: 'Bryggen quay',
        address: 'Bryggen 15',
        city: 'Bergen',
        postalCode: '5003',
        latitude: 60.3975,
        longitude: 5.3244,
        stations: ['2.0.1:dc2', '1.6:ac2', '2.1:ac2'],
      },
      {
        name: 'City hall quay',
        address: 'Rådhusplassen 1',
        city: 'Oslo',
        postalCode: '0037',
        latitude: 59.911,
        longitude: 10.7333,
        stations: ['2.0.1:ac2', '1.6:ac2', '1.6:ac1'],
      },
      {
        name: 'Nidaros',
        address: 'Munkegata 23',
        city: 'Trondheim',
        postalCode: '7011',
        latitude: 63.4305,
        longitude: 10.3951,
        stations: ['2.0.1:ac2', '2.1:ac1'],
      },
      {
        name: 'Stavanger pier',
        address: 'Strandkaien 2',
        city: 'Stavanger',
        postalCode: '4005',
        latitude: 58.9715,
        longitude: 5.7312,
        stations: ['1.6:ac2', '2.0.1:dc1', '2.1:ac1'],
      },
    ],
    cards: cards('0B', 14),
  },
]

export interface DemoStation {
  readonly identity: string
  readonly name: string
  readonly site: DemoSite
  readonly protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1'
  readonly kind: DemoKind
}

const VENDORS: Readonly<Record<DemoKind, { readonly vendor: string; readonly model: string }>> = {
  ac1: { vendor: 'Tammi', model: 'Post 11' },
  ac2: { vendor: 'Tammi', model: 'Twin 22' },
  dc1: { vendor: 'Revontuli', model: 'R150' },
  dc2: { vendor: 'Revontuli', model: 'R150 Duo' },
}

export const deviceOf = (kind: DemoKind) => VENDORS[kind]

/** The stations of a network, named by town and a running number: `OULU-02`. */
export function stationsOf(network: DemoNetwork): readonly DemoStation[] {
  const counts = new Map<string, number>()
  return network.sites.flatMap((site) =>
    site.stations.map((station) => {
      const [version, kind] = station.split(':') as ['1.6' | '2.0.1' | '2.1', DemoKind]
      const town = site.city
        .normalize('NFD')
        .replace(/[^A-Za-z]/g, '')
        .toUpperCase()
        .slice(0, 8)
      const n = (counts.get(town) ?? 0) + 1
      counts.set(town, n)
      return {
        identity: `${town}-${String(n).padStart(2, '0')}`,
        name: `${site.name} ${n}`,
        site,
        protocol: `ocpp${version}` as const,
        kind,
      }
    }),
  )
}

const AC = { type: 'IEC_62196_T2', format: 'SOCKET' } as const
const DC = { type: 'IEC_62196_T2_COMBO', format: 'CABLE', maxPowerW: 150_000 } as const
const CONNECTOR: Readonly<
  Record<DemoKind, { readonly type: string; readonly format: 'SOCKET' | 'CABLE'; readonly maxPowerW: number }>
> = {
  ac1: { ...AC, maxPowerW: 11_000 },
  ac2: { ...AC, maxPowerW: 22_000 },
  dc1: DC,
  dc2: DC,
}

/** EVSEs as `POST /v1/stations` takes them. */
export function evsesOf(kind: DemoKind) {
  return (kind.endsWith('2') ? [1, 2] : [1]).map((id) => ({ id, connectors: [{ id: 1, ...CONNECTOR[kind] }] }))
}
