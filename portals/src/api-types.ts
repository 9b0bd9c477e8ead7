import type * as Api from './api.gen.ts'

/**
 * Short names for the shapes of /v1, as the server describes them (`api.gen.ts` is generated). Money is digits in the minor
 * unit, prices are millionths, instants RFC 3339 in UTC, energy Wh, power W, durations seconds.
 */
type Read<Shape> = Shape extends readonly (infer Item)[]
  ? readonly Read<Item>[]
  : Shape extends object
    ? { readonly [Name in keyof Shape]: Read<Shape[Name]> }
    : Shape

export interface List<Item> {
  readonly items: readonly Item[]
  readonly next?: string | null
  readonly total?: number
}

export type Installation = Read<Api.GetInstallationResponses[200]>
/** Whoever asks; the console is for staff alone. */
export type Caller = Read<Api.GetMeResponses[200]>
export type Me = Extract<Caller, { readonly kind: 'staff' }>
export type Figures = Read<Api.GetFiguresResponses[200]>
export type Site = Read<Api.GetSitesByIdResponses[200]>

export type MapStation = Read<Api.GetMapResponses[200]>['items'][number]
export type MapEvse = MapStation['evses'][number]
export type Seen = MapEvse['seen']
export type SeenWords = NonNullable<MapEvse['words']>

/** Worst first; test and disabled apart. */
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
] as const satisfies readonly Seen[]

export type Station = Read<Api.GetStationsByIdResponses[200]>
export type Evse = Station['evses'][number]
export type Connector = Evse['connectors'][number]
export type MadeStation = Station & { readonly password?: string }

export type LogRow = Read<Api.GetStationsByIdOcppLogResponses[200]>['items'][number]
export type LogMark = LogRow['marks'][number]
export type RefusedMessage = Read<Api.GetStationsByIdRefusedMessagesResponses[200]>['items'][number]
export type LocalLists = Read<Api.GetLocalListsResponses[200]>
export type LocalList = Read<Api.GetStationsByIdLocalListResponses[200]>
export type RefusedStation = Read<Api.GetRefusedStationsResponses[200]>['items'][number]

/** What a command's answer holds, as far as pages show it. */
export interface CommandAnswer {
  readonly outcome?: string
  readonly status?: string
  readonly settings?: readonly { readonly name: string; readonly value?: string; readonly readonly?: boolean }[]
}

export type Command = Omit<Read<Api.GetCommandsByIdResponses[200]>, 'answer'> & { readonly answer?: CommandAnswer }
export type CommandState = Command['state']
export type CommandKindRow = Read<Api.GetStationsByIdCommandKindsResponses[200]>['items'][number]

export type IdToken = Read<Api.GetIdTokensByIdResponses[200]>

export type Session = Read<Api.GetSessionsResponses[200]>['items'][number]
export type SessionState = Session['state']
export type SessionDetail = Read<Api.GetSessionsByIdResponses[200]>
export type MeterValue = SessionDetail['meterValues'][number]
export type PriceLine = SessionDetail['lines'][number]
export type Totals = NonNullable<SessionDetail['cost']>['totals']
export type MoneyText = Totals['inclTax']
export type SessionRecord = Read<Api.GetSessionRecordsResponses[200]>['items'][number]
export type Dimension = PriceLine['dimension']

export type UsageError = Read<Api.GetUsageErrorsResponses[200]>['items'][number]
export type UsageState = UsageError['state']
export type UsageErrorDetail = Read<Api.GetUsageErrorsByIdResponses[200]>
export type UsageReading = UsageErrorDetail['meterValues'][number]
export type UsagePreview = Read<Api.PostUsageErrorsByIdCalculateResponses[200]>
export type UsageCheckRow = Read<Api.GetUsageChecksResponses[200]>['items'][number]

export interface PriceComponent {
  readonly type: Dimension
  readonly price: number | string
  readonly vat?: number | string
  readonly step_size: number
}

/** A tariff as OCPI writes it, as far as the editor knows it. */
export interface OcpiTariff {
  readonly currency: string
  readonly tax_included?: 'YES' | 'NO' | 'N/A'
  readonly elements: readonly { readonly price_components: readonly PriceComponent[] }[]
}

export type Tariff = Omit<Read<Api.GetTariffsByIdResponses[200]>, 'tariff'> & { readonly tariff: OcpiTariff }
export type PriceCalculation = Read<Api.PostPriceCalculationsResponses[200]>

export type Alert = Read<Api.GetAlertsResponses[200]>['items'][number]
export type AlertSettings = Read<Api.GetAlertSettingsResponses[200]>
export type SessionLimits = Read<Api.GetSessionLimitsResponses[200]>
export type AlertSeverity = Alert['severity']

export type Person = Read<Api.GetStaffResponses[200]>['items'][number]
export type Role = Api.PostStaffData['body']['role']
export type MachineKey = Read<Api.GetKeysResponses[200]>['items'][number]

export type PublicStation = Read<Api.GetPublicStationsByNumberResponses[200]>
export type PublicEvse = PublicStation['evses'][number]

export type Webhook = Read<Api.GetWebhooksByIdResponses[200]>
export type WebhookListed = Read<Api.GetWebhooksResponses[200]>['items'][number]
export type WebhookHealth = Read<Api.GetWebhooksByIdHealthResponses[200]>
export type MadeWebhook = Read<Api.PostWebhooksResponses[201]>
export type Delivery = Read<Api.GetWebhooksByIdDeliveriesResponses[200]>['items'][number]
export type DeliveryDetail = Read<Api.GetWebhooksByIdDeliveriesByDeliveryIdResponses[200]>

/** What a webhook may be told of. */
export const webhookTypes = [
  'session-record.created',
  'alert.raised',
  'alert.changed',
  'alert.cleared',
] as const satisfies readonly Webhook['types'][number][]
