import type { IncomingMessage } from 'node:http'
import { type OcppVersion, parseBasicAuth, subprotocolFor } from '../../../../ocpp/index.ts'
import {
  type Clock,
  type Database,
  type DataKey,
  type Keys,
  monotonicMs,
  must,
  sameBytes,
} from '../../platform/index.ts'
import { openBatcher } from '../receive/batcher.ts'
import { type Admission, isLoopback, judgeConnection, type RefusalReason } from '../rules/admission.ts'
import { type CredentialForm, offeredForms } from '../rules/credential.ts'
import type { ReconnectLimits } from '../rules/reconnect-limits.ts'
import { type Device, type VendorRules, vendorOf } from '../vendors/index.ts'
import { mayFinish } from '../rules/finishing.ts'
import { CREDENTIAL_PURPOSE } from './refusals.ts'
import { type Claim, claimStations, findStations, type KnockingStation } from './store.ts'

export interface AdmittedStation {
  readonly tenantId: string
  readonly stationId: string
  readonly identity: string
  readonly epoch: bigint
  readonly version: OcppVersion
  readonly isAccepted: boolean
  /** Refused by staff while a session of it goes on: what ends that is still taken, for a while. */
  readonly isFinishing: boolean
  readonly openedAt: Temporal.Instant
  /** The rules for its vendor's stations; most need none. */
  readonly vendor: VendorRules | undefined
}

export interface KnockDeps {
  readonly database: Database
  readonly keys: Keys
  readonly clock: Clock
  readonly reconnects: ReconnectLimits
}

/** Somebody asks to be let in as this station of this tenant. */
export interface Knock {
  readonly tenantId: string
  readonly identity: string
  readonly request: IncomingMessage
}

export type Knocked =
  | { readonly kind: 'admitted'; readonly station: AdmittedStation }
  | {
      readonly kind: 'turned-away'
      readonly reason: RefusalReason
      readonly status: number
      readonly countsAsGuess: boolean
    }

export interface Knocks {
  /** Finds the station, judges what it shows and makes it the socket's. Rejects with DatabaseAway. */
  knock(knock: Knock): Promise<Knocked>
}

/** After an outage all stations come at once: those that knock while others are let in are let in together, in one transaction. */
export function openKnocks(deps: KnockDeps): Knocks {
  const batcher = openBatcher<Knock, Knocked>({
    keyOf: ({ tenantId, identity }) => `${tenantId}/${identity}`,
    takeBatch: (knocks) => takeKnocks(deps, knocks),
    // Whoever knocks hears 503 at once and comes back.
    patienceMs: 0,
    onAway() {},
  })
  return { knock: batcher.submit }
}

/** Found, and allowed to come in: what is left is to make it this socket's. */
interface Claimant {
  readonly kind: 'claimant'
  readonly identity: string
  readonly station: KnockingStation
  readonly version: OcppVersion
  readonly form: CredentialForm | undefined
}

type Judged = Claimant | Extract<Knocked, { kind: 'turned-away' }>

const unknown = { kind: 'turned-away', reason: 'unknown-identity', status: 404, countsAsGuess: true } as const

async function takeKnocks(deps: KnockDeps, knocks: readonly Knock[]): Promise<readonly Knocked[]> {
  const tenantIds = [...new Set(knocks.map(({ tenantId }) => tenantId))]
  // Before a connection is held: finding a key may need one.
  const keys = new Map<string, DataKey>()
  for (const tenantId of tenantIds) keys.set(tenantId, await deps.keys.tenant(tenantId))
  const at = deps.clock.now()
  return deps.database.inTenants(tenantIds, async (tx) => {
    const judgedNow = async (): Promise<readonly Judged[]> => {
      const found = new Map((await findStations(tx, knocks)).map((station) => [nameOf(station), station]))
      return knocks.map((knock) =>
        judge(deps, knock, {
          station: found.get(nameOf(knock)),
          key: must(keys.get(knock.tenantId), 'tenant key'),
          at,
        }),
      )
    }
    const judged = await judgedNow()
    const claims = judged.flatMap((one) => (one.kind === 'claimant' ? claimOf(one, at) : []))
    const epochs = claims.length === 0 ? new Map<string, bigint>() : await claimStations(tx, claims)
    // Removed, or given another key, since it was found: what it hears is what holds now.
    const anew = epochs.size === claims.length ? judged : await judgedNow()
    return judged.map((one, index) => {
      if (one.kind === 'turned-away') return one
      const epoch = epochs.get(one.station.id)
      if (epoch !== undefined) return { kind: 'admitted', station: admitted(one, epoch, at) }
      const now = anew[index]
      return now?.kind === 'turned-away' ? now : unknown
    })
  })
}

const nameOf = ({ tenantId, identity }: Pick<Knock, 'tenantId' | 'identity'>): string => `${tenantId}/${identity}`

function claimOf({ station, version, form }: Claimant, at: Temporal.Instant): Claim {
  const { tenantId, id: stationId, credentialHash } = station
  return { tenantId, stationId, protocol: version, form, credentialHash, at }
}

function judge(
  deps: KnockDeps,
  { request, identity }: Knock,
  about: { readonly station: KnockingStation | undefined; readonly key: DataKey; readonly at: Temporal.Instant },
): Judged {
  const { station, key, at } = about
  const version = subprotocolFor(request.headers['sec-websocket-protocol'])
  const shown = shownBy(request, { key, station, identity, version })
  const admission: Admission = judgeConnection({
    station:
      station === undefined
        ? undefined
        : {
            securityProfile: station.securityProfile,
            plainUntil: station.plainUntil,
            hasCredential: station.credentialHash !== null,
            quarantinedUntil: station.quarantinedUntil,
          },
    credential: shown.credential,
    isLoopback: isDirectLoopback(request),
    isTls: false,
    at,
  })
  if (admission.kind === 'refused') {
    return { ...admission, kind: 'turned-away', countsAsGuess: admission.reason !== 'quarantined' }
  }
  if (station === undefined) return unknown
  if (version === undefined) {
    return { kind: 'turned-away', reason: 'no-common-protocol', status: 400, countsAsGuess: false }
  }
  // What runs on this machine is no station in the field.
  if (!isDirectLoopback(request) && !deps.reconnects.mayCome(station.id, monotonicMs() / 1000)) {
    return { kind: 'turned-away', reason: 'too-many-connects', status: 429, countsAsGuess: false }
  }
  return { kind: 'claimant', identity, station, version, form: shown.form }
}

function admitted({ station, identity, version }: Claimant, epoch: bigint, at: Temporal.Instant): AdmittedStation {
  return {
    tenantId: station.tenantId,
    stationId: station.id,
    identity,
    epoch,
    version,
    isAccepted: station.onboarding === 'accepted' && station.acceptedAt !== null,
    isFinishing: mayFinish(station, at),
    openedAt: at,
    vendor: vendorOf(deviceOf(station), version),
  }
}

/** What it said of itself at its last boot. */
function deviceOf({ vendor, model, firmware }: KnockingStation): Device | undefined {
  if (vendor === null) return undefined
  return { vendor, model: model ?? '', ...(firmware === null ? {} : { firmware }) }
}

/** A proxy on this machine is not this machine: what it forwards came from elsewhere. */
function isDirectLoopback({ headers, socket }: IncomingMessage): boolean {
  if (headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined) return false
  return isLoopback(socket.remoteAddress ?? '')
}

interface Shown {
  readonly credential: Parameters<typeof judgeConnection>[0]['credential']
  readonly form?: CredentialForm
}

function shownBy(
  request: IncomingMessage,
  known: {
    readonly key: DataKey
    readonly station: KnockingStation | undefined
    readonly identity: string
    readonly version: OcppVersion | undefined
  },
): Shown {
  const { key, station, identity, version } = known
  const header = request.headers.authorization
  if (header === undefined) return { credential: { kind: 'none' } }
  const basic = parseBasicAuth(header)
  if (basic === undefined) return { credential: { kind: 'unreadable' } }
  const stored = station?.credentialHash ?? undefined
  // Every form is hashed and compared, also for a station that does not exist: the answer takes the same time.
  const matching = offeredForms(basic.password, version)
    .map(({ form, password }) => ({ form, isSame: isSame(key.hash(CREDENTIAL_PURPOSE, password), stored) }))
    .find(({ isSame }) => isSame)
  return {
    credential: { kind: 'basic', userMatches: basic.user === identity, passwordMatches: matching !== undefined },
    ...(matching === undefined ? {} : { form: matching.form }),
  }
}

function isSame(hash: Buffer, stored: Buffer | undefined): boolean {
  return stored !== undefined && sameBytes(hash, stored)
}
