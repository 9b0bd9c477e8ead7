import type { IncomingMessage } from 'node:http'
import { type OcppVersion, parseBasicAuth, subprotocolFor } from '../../../../ocpp/index.ts'
import {
  type Clock,
  type Database,
  failPoint,
  type Keys,
  monotonicMs,
  sameBytes,
  type Tx,
} from '../../platform/index.ts'
import { type Admission, isLoopback, judgeConnection, type RefusalReason } from '../rules/admission.ts'
import { type CredentialForm, offeredForms } from '../rules/credential.ts'
import type { GuessLimits } from '../rules/guess-limits.ts'
import type { ReconnectLimits } from '../rules/reconnect-limits.ts'
import { stationPath } from '../rules/station-path.ts'
import { CREDENTIAL_PURPOSE, type RefusalKeeper } from './refusals.ts'
import { type Device, type VendorRules, vendorOf } from '../vendors/index.ts'
import { claimStation, findStation, findTenant, type KnockingStation } from './store.ts'

/** A station that may come in, or the HTTP status it hears instead. */
export type Admitted =
  | { readonly kind: 'admitted'; readonly station: AdmittedStation }
  /** The handshake is finished without a subprotocol, then closed (OCPP-J). */
  | { readonly kind: 'no-common-protocol' }
  | { readonly kind: 'refused'; readonly status: number }

export interface AdmittedStation {
  readonly tenantId: string
  readonly stationId: string
  readonly identity: string
  readonly epoch: bigint
  readonly version: OcppVersion
  readonly isAccepted: boolean
  readonly openedAt: Temporal.Instant
  /** The rules for its vendor's stations; most need none. */
  readonly vendor: VendorRules | undefined
}

export interface AdmitDeps {
  readonly database: Database
  readonly keys: Keys
  readonly clock: Clock
  readonly limits: GuessLimits
  readonly reconnects: ReconnectLimits
  readonly refusals: RefusalKeeper
}

/** A tenant's name never changes hands, so it is remembered; unknown names are asked for anew each time. */
export function openAdmission(deps: AdmitDeps): (request: IncomingMessage) => Promise<Admitted> {
  const tenants = new Map<string, string>()

  const tenantOf = async (slug: string): Promise<string | undefined> => {
    const known = tenants.get(slug)
    if (known !== undefined) return known
    const found = await deps.database.inDirectory((tx) => findTenant(tx, slug))
    if (found !== undefined) tenants.set(slug, found)
    return found
  }

  return async (request) => {
    const target = request.url ?? '/'
    const path = stationPath(target)
    const address = request.socket.remoteAddress ?? ''
    if (!path.ok) {
      if (path.why === 'not-ocpp') return { kind: 'refused', status: 404 }
      const tenantId = path.tenant === undefined ? undefined : await tenantOf(path.tenant)
      if (tenantId !== undefined) noteRefusal(deps, { tenantId, request, identity: undefined, reason: 'bad-path' })
      return { kind: 'refused', status: tenantId === undefined ? 404 : 400 }
    }
    const { identity } = path
    const stationKey = `${path.tenant}/${identity}`
    const seconds = monotonicMs() / 1000
    const tenantId = await tenantOf(path.tenant)
    if (!deps.limits.mayTry(stationKey, address, seconds)) {
      if (tenantId !== undefined) noteRefusal(deps, { tenantId, request, identity, reason: 'too-many-tries' })
      return { kind: 'refused', status: 429 }
    }
    if (tenantId === undefined) {
      deps.limits.failed(stationKey, address, seconds)
      return { kind: 'refused', status: 404 }
    }
    // Before a connection is held: finding a key may need one.
    await deps.keys.tenant(tenantId)
    const admitted = await deps.database.inTenant(tenantId, (tx) => knock(tx, deps, { request, identity }))
    if (admitted.kind === 'turned-away') {
      if (admitted.countsAsGuess) deps.limits.failed(stationKey, address, seconds)
      noteRefusal(deps, { tenantId, request, identity, reason: admitted.reason })
      return admitted.reason === 'no-common-protocol'
        ? { kind: 'no-common-protocol' }
        : { kind: 'refused', status: admitted.status }
    }
    failPoint('station.claimed')
    deps.limits.succeeded(stationKey, address)
    return admitted
  }
}

type Knocked =
  | Extract<Admitted, { kind: 'admitted' }>
  | {
      readonly kind: 'turned-away'
      readonly reason: RefusalReason
      readonly status: number
      readonly countsAsGuess: boolean
    }

/** Finds the station, judges what it shows and makes it the socket's, in one transaction. */
async function knock(
  tx: Tx,
  deps: AdmitDeps,
  { request, identity }: { readonly request: IncomingMessage; readonly identity: string },
): Promise<Knocked> {
  const at = deps.clock.now()
  const version = subprotocolFor(request.headers['sec-websocket-protocol'])
  const station = await findStation(tx, identity)
  const shown = await shownBy(request, { keys: deps.keys, tenantId: tx.tenantId, station, identity, version })
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
  if (station === undefined)
    return { kind: 'turned-away', reason: 'unknown-identity', status: 404, countsAsGuess: true }
  if (version === undefined) {
    return { kind: 'turned-away', reason: 'no-common-protocol', status: 400, countsAsGuess: false }
  }
  // What runs on this machine is no station in the field.
  if (!isDirectLoopback(request) && !deps.reconnects.mayCome(station.id, monotonicMs() / 1000)) {
    return { kind: 'turned-away', reason: 'too-many-connects', status: 429, countsAsGuess: false }
  }
  const epoch = await claimStation(tx, { stationId: station.id, protocol: version, form: shown.form, at })
  return {
    kind: 'admitted',
    station: {
      tenantId: station.tenantId,
      stationId: station.id,
      identity,
      epoch,
      version,
      isAccepted: station.onboarding === 'accepted' && station.acceptedAt !== null,
      openedAt: at,
      vendor: vendorOf(deviceOf(station), version),
    },
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

async function shownBy(
  request: IncomingMessage,
  {
    keys,
    tenantId,
    station,
    identity,
    version,
  }: {
    readonly keys: Keys
    readonly tenantId: string
    readonly station: KnockingStation | undefined
    readonly identity: string
    readonly version: OcppVersion | undefined
  },
): Promise<Shown> {
  const header = request.headers.authorization
  if (header === undefined) return { credential: { kind: 'none' } }
  const basic = parseBasicAuth(header)
  if (basic === undefined) return { credential: { kind: 'unreadable' } }
  const key = await keys.tenant(tenantId)
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

function noteRefusal(
  deps: AdmitDeps,
  attempt: {
    readonly tenantId: string
    readonly request: IncomingMessage
    readonly identity: string | undefined
    readonly reason: RefusalReason
  },
): void {
  const { request, tenantId, identity, reason } = attempt
  const offersPassword = reason === 'unknown-identity' || reason === 'wrong-password'
  deps.refusals.note({
    tenantId,
    path: (request.url ?? '').slice(0, 200),
    identity,
    reason,
    offered: offersPassword ? parseBasicAuth(request.headers.authorization)?.password : undefined,
    address: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    protocol: subprotocolFor(request.headers['sec-websocket-protocol']),
  })
}
