/**
 * The shapes of /v1 as the pages read them. Money is digits in the minor unit, prices are millionths, instants RFC 3339
 * in UTC, energy Wh, power W, durations seconds.
 */

export interface List<Item> {
  readonly items: readonly Item[]
  readonly next?: string | null
  readonly total?: number
}

export interface MoneyText {
  readonly minor: string
  readonly currency: string
}

export interface Totals {
  readonly exclTax: MoneyText
  readonly tax: MoneyText
  readonly inclTax: MoneyText
}

export type Dimension = 'FLAT' | 'ENERGY' | 'TIME' | 'PARKING_TIME'

export interface PriceLine {
  readonly dimension: Dimension
  readonly element: number
  readonly unitPriceMicros: string
  readonly taxPercent: string | null
  readonly measured: number
  readonly billed: number
  readonly unit: 'Wh' | 's' | 'piece'
  readonly exclTax: MoneyText
  readonly inclTax: MoneyText
}

export interface Installation {
  readonly version: string
  readonly tenants: 'none' | 'some'
  readonly demo: boolean
  readonly languages: readonly string[]
}

export interface Me {
  readonly kind: 'staff'
  readonly staff: { readonly id: string; readonly name: string; readonly mail: string; readonly language?: string }
  readonly tenant: {
    readonly id: string
    readonly slug: string
    readonly name: string
    readonly currency: string
    readonly country: string
    readonly timeZone: string
    readonly languages: readonly string[]
    readonly demo: boolean
  }
  readonly rights: readonly string[]
  readonly sites: 'all' | readonly string[]
}

export interface Site {
  readonly id: string
  readonly name: string
  readonly address?: string
  readonly city?: string
  readonly latitude?: number
  readonly longitude?: number
  readonly timeZone: string
  readonly stations: number
}

export const seenStates = [
  'faulted',
  'offline',
  'unknown',
  'preparing',
  'charging',
  'reserved',
  'free',
  'test',
  'disabled',
] as const
/** Worst first, as `seenStates` has them. */
export type Seen = (typeof seenStates)[number]

export interface MapEvse {
  readonly id: number
  readonly seen: Seen
  readonly words?: string
}

export interface MapStation {
  readonly id: string
  readonly number: string
  readonly name?: string
  readonly siteId?: string
  readonly siteName?: string
  readonly latitude?: number
  readonly longitude?: number
  readonly seen: Seen
  readonly evses: readonly MapEvse[]
}

export interface Connector {
  readonly id: number
  readonly type?: string
  readonly format?: string
  readonly maxPowerW?: number
  readonly status?: string
  readonly phase?: string
}

export interface Evse {
  readonly id: number
  readonly connectors: readonly Connector[]
  readonly declared: boolean
  readonly seen: Seen
  readonly words?: string
  readonly since?: string
  readonly report?: {
    readonly status: string
    readonly phase?: string
    readonly errorCode?: string
    readonly info?: string
    readonly at?: string
  }
  readonly powerW?: number
  readonly session?: {
    readonly id: string
    readonly number: number
    readonly state: SessionState
    readonly startedAt: string
    readonly energyWh: number
    readonly powerW?: number
  }
}

export type ConnectionState = 'connected' | 'offline' | 'unknown' | 'never'

export interface Station {
  readonly id: string
  readonly number: string
  readonly identity: string
  readonly name?: string
  readonly siteId?: string
  readonly site?: {
    readonly id: string
    readonly name: string
    readonly city?: string
    readonly latitude?: number
    readonly longitude?: number
    readonly timeZone: string
  }
  readonly latitude?: number
  readonly longitude?: number
  readonly state: 'active' | 'test' | 'disabled'
  readonly onboarding: 'waiting' | 'accepted' | 'refused'
  readonly securityProfile: number
  readonly plainUntil?: string
  readonly maxSessions?: number
  readonly tariffId?: string
  readonly url: string
  readonly protocol?: string
  readonly vendor?: string
  readonly model?: string
  readonly serial?: string
  readonly firmware?: string
  readonly connection: {
    readonly state: ConnectionState
    readonly since?: string
    readonly lastMessageAt?: string
    readonly clockOffsetMs?: number
  }
  readonly seen: Seen
  readonly evses: readonly Evse[]
  readonly createdAt: string
}

export interface MadeStation extends Station {
  readonly password?: string
}

export interface LogMark {
  readonly code: string
  readonly pointer?: string
  readonly note?: string
}

export interface LogRow {
  readonly id: string
  readonly at: string
  readonly direction: 'from-station' | 'to-station'
  readonly messageId: string
  readonly action: string
  readonly request: { readonly at: string; readonly text: string }
  readonly answer?: { readonly at: string; readonly text: string; readonly kind: 'result' | 'error' }
  readonly durationMs?: number
  readonly marks: readonly LogMark[]
}

export interface RefusedStation {
  readonly id: string
  readonly path: string
  readonly identity?: string
  readonly reason: string
  readonly url?: string
  readonly address?: string
  readonly protocol?: string
  readonly firstAt: string
  readonly lastAt: string
  readonly count: number
  readonly mayKeepPassword: boolean
}

export type CommandState = 'queued' | 'sent' | 'answered' | 'effect-seen' | 'failed' | 'timed-out'

export interface Command {
  readonly id: string
  readonly stationId: string
  readonly sessionId?: string
  readonly kind: string
  readonly request: Readonly<Record<string, unknown>>
  readonly state: CommandState
  readonly steps: readonly { readonly state: CommandState; readonly at: string }[]
  readonly answer?: {
    readonly outcome: string
    readonly status?: string
    readonly raw?: unknown
    readonly settings?: readonly {
      readonly name: string
      readonly value?: string
      readonly readonly?: boolean
    }[]
  }
  readonly effect?: { readonly what: string; readonly at: string }
  readonly expectedEffect?: string
  readonly failure?: string
  readonly by?: { readonly kind: string; readonly name?: string }
  readonly createdAt: string
  readonly dueAt?: string
  readonly exact?: { readonly action: string; readonly payload: unknown }
}

export interface CommandKindRow {
  readonly kind: string
  readonly supported: boolean
}

export interface IdToken {
  readonly id: string
  readonly last4: string
  readonly uidMasked?: string
  readonly type?: string
  readonly label?: string
  readonly groupLast4?: string
  readonly status: 'active' | 'blocked' | 'expired'
  readonly validUntil?: string
  readonly maxSessions?: number
  readonly createdAt: string
  readonly blockedReach?: { readonly stations: number; readonly told: number }
}

export const sessionStates = [
  'waiting-for-station',
  'waiting-for-cable',
  'waiting-for-token',
  'delivering',
  'paused',
  'waiting-for-meter',
  'ended',
  'refused',
  'abandoned',
] as const
export type SessionState = (typeof sessionStates)[number]

export interface Session {
  readonly id: string
  readonly number: number
  readonly state: SessionState
  readonly flags: readonly string[]
  readonly stationId: string
  readonly stationNumber: string
  readonly stationName?: string
  readonly siteName?: string
  readonly evseId: number
  readonly connectorId?: number
  readonly startedBy: { readonly kind: string; readonly last4?: string; readonly name?: string }
  readonly startedAt: string
  readonly endedAt?: string
  readonly stopReason?: string
  readonly energyWh: number
  readonly powerW?: number
  readonly durationSeconds: number
  readonly chargingSeconds?: number
  readonly parkingSeconds?: number
  readonly cost?: {
    readonly totals: Totals
    readonly tariffId?: string
    readonly tariffVersion?: number
    readonly soFar?: boolean
  }
  readonly transactionNumber?: string
  readonly protocol?: string
}

export interface MeterValue {
  readonly at: string
  readonly context?: string
  readonly registerWh?: number
  readonly powerW?: number
  readonly currentsMa?: readonly (number | null)[]
  readonly voltagesMv?: readonly (number | null)[]
  readonly socTenths?: number
  readonly estimated?: boolean
}

export interface SessionDetail extends Session {
  readonly meterValues: readonly MeterValue[]
  readonly periods: readonly {
    readonly from: string
    readonly to: string
    readonly energyWh: number
    readonly state: string
  }[]
  readonly lines: readonly PriceLine[]
  readonly history: readonly { readonly at: string; readonly state: string; readonly by?: string }[]
  readonly records: readonly SessionRecord[]
}

export interface SessionRecord {
  readonly sessionId?: string
  readonly revision: number
  readonly createdAt: string
  readonly reason?: string
  readonly energyWh?: number
  readonly estimated?: boolean
  readonly totals?: Totals
  readonly handedOn?: readonly {
    readonly to: string
    readonly state: 'waiting' | 'done' | 'failed'
    readonly at?: string
    readonly attempts?: number
  }[]
}

export interface PriceComponent {
  readonly type: Dimension
  readonly price: number | string
  readonly vat?: number | string
  readonly step_size: number
}

export interface OcpiTariff {
  readonly currency: string
  readonly tax_included?: 'YES' | 'NO' | 'N/A'
  readonly elements: readonly { readonly price_components: readonly PriceComponent[] }[]
  readonly [member: string]: unknown
}

export interface Tariff {
  readonly id: string
  readonly name: string
  readonly default: boolean
  readonly version: number
  readonly validFrom: string
  readonly tariff: OcpiTariff
  readonly createdAt: string
  readonly versions?: readonly {
    readonly version: number
    readonly validFrom: string
    readonly createdAt: string
    readonly createdBy?: string
  }[]
  readonly stations?: number
}

export interface PriceCalculation {
  readonly totals: Totals
  readonly lines: readonly PriceLine[]
}

export type AlertSeverity = 'critical' | 'major' | 'minor'

export interface Alert {
  readonly id: string
  readonly kind: string
  readonly severity: AlertSeverity
  readonly text: string
  readonly since: string
  readonly stationId?: string
  readonly stationNumber?: string
  readonly sessionId?: string
  readonly state: 'open' | 'acknowledged' | 'cleared'
  readonly acknowledgedBy?: string
  readonly acknowledgedAt?: string
  readonly clearedAt?: string
}

export interface PublicEvse {
  readonly id: number
  readonly seen: Seen
  readonly words?: string
  readonly connectors: readonly { readonly type?: string; readonly maxPowerW?: number }[]
  readonly powerW?: number
  readonly session?: { readonly energyWh: number; readonly durationSeconds: number; readonly cost?: Totals }
}

export interface PublicStation {
  readonly number: string
  readonly name?: string
  readonly site?: { readonly name: string; readonly address?: string; readonly city?: string }
  readonly tenant: { readonly name: string; readonly language?: string }
  readonly evses: readonly PublicEvse[]
  readonly price?: {
    readonly currency: string
    readonly parts: readonly {
      readonly dimension: Dimension
      readonly unitPriceMicros: string
      readonly taxPercent: string | null
      readonly taxIncluded: boolean
      readonly per: 'kWh' | 'h' | 'session'
    }[]
  }
}
