import type { IncomingMessage } from 'node:http'
import { parseBasicAuth, subprotocolFor } from '../../../../ocpp/index.ts'
import { failPoint, monotonicMs } from '../../platform/index.ts'
import type { RefusalReason } from '../rules/admission.ts'
import type { GuessLimits } from '../rules/guess-limits.ts'
import { stationPath } from '../rules/station-path.ts'
import { type AdmittedStation, type KnockDeps, openKnocks } from './knocks.ts'
import type { RefusalKeeper } from './refusals.ts'
import { findTenant } from './store.ts'

/** A station that may come in, or the HTTP status it hears instead. */
export type Admitted =
  | { readonly kind: 'admitted'; readonly station: AdmittedStation }
  /** The handshake is finished without a subprotocol, then closed (OCPP-J). */
  | { readonly kind: 'no-common-protocol' }
  | { readonly kind: 'refused'; readonly status: number }

export interface AdmitDeps extends KnockDeps {
  readonly limits: GuessLimits
  readonly refusals: RefusalKeeper
}

/** A tenant's name never changes hands, so it is remembered; unknown names are asked for anew each time. */
export function openAdmission(deps: AdmitDeps): (request: IncomingMessage) => Promise<Admitted> {
  const tenants = new Map<string, string>()
  const knocks = openKnocks(deps)

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
    const admitted = await knocks.knock({ tenantId, identity, request })
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
