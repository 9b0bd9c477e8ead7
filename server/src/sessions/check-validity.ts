import { tariffsThatApply } from '../billing/index.ts'
import type { DataKey, Tx } from '../platform/index.ts'
import type { IdToken, TokenAnswer } from '../stations/index.ts'
import { hashOfUid, type JudgedTokenRow, tokensByHash } from '../subscribers/index.ts'
import type { SessionsDeps } from './deps.ts'
import { isAnybody, knownToken, stationFacts } from './judge.ts'
import { type Authoriser, reasonsAgainst, type ValidityFacts, type ValidityPurpose, verdictOf } from './rules/index.ts'
import { type PlaceRow, readPlaces } from './store-places.ts'
import {
  openSessionsOfStations,
  openSessionsOfTokens,
  type StationFacts,
  stationsById,
  statesOf,
} from './store-validity.ts'

export interface ValidityQuestion {
  /** Absent: anybody, for whom the caller answers (staff, a start button). */
  readonly idToken?: IdToken
  readonly stationId?: string
  readonly evseId?: number
  readonly purpose: ValidityPurpose
  readonly at: Temporal.Instant
}

export interface ValidityAnswer {
  /** Nothing: may be served. In the order of the table; each has a text that says what to do. */
  readonly reasons: readonly Authoriser[]
  readonly token: JudgedTokenRow | undefined
  readonly tokenHash: Buffer | undefined
  readonly station: StationFacts | undefined
  readonly place: PlaceRow | undefined
  /** The session that holds the EVSE, if any. */
  readonly heldBy: string | undefined
}

/** VALID: whether somebody may be served now, and if not why. One function for every channel. */
export async function checkValidity(
  tx: Tx,
  deps: Pick<SessionsDeps, 'keys' | 'authorisers'>,
  question: ValidityQuestion,
): Promise<ValidityAnswer> {
  const { idToken, stationId, evseId, purpose, at } = question
  const { tenantId } = tx
  const key = await deps.keys.tenant(tenantId)
  const asked = idToken === undefined || isAnybody(idToken) ? undefined : idToken
  const tokenHash = asked === undefined ? undefined : hashOfUid(key, asked.uid)
  const [token] = tokenHash === undefined ? [] : await tokensByHash(tx, [{ tenantId, hash: tokenHash }])
  const [station] = stationId === undefined ? [] : await stationsById(tx, [{ tenantId, id: stationId }])
  const open = station === undefined ? [] : await openSessionsOfStations(tx, [tenantId], [station.id])
  const [place] =
    station === undefined || evseId === undefined
      ? []
      : await readPlaces(tx, [{ tenantId, stationId: station.id, evseId }])
  const heldBy = open.find((session) => session.evseId === evseId)?.sessionId
  const facts: ValidityFacts = {
    purpose,
    at,
    token: asked === undefined ? 'anybody' : await tokenFacts(tx, token),
    ...(station === undefined ? {} : { station: stationFacts(station, open.length) }),
    ...(station === undefined || evseId === undefined
      ? {}
      : {
          evse: {
            isKnown: place !== undefined && evseId > 0,
            isBusy: heldBy !== undefined,
            ...(place === undefined || place.status === null ? {} : { status: place.status }),
          },
        }),
    ...(station === undefined ? {} : { hasTariff: await hasTariff(tx, station, at) }),
  }
  const reasons = reasonsAgainst(facts, deps.authorisers)
  return { reasons, token, tokenHash, station, place, heldBy }
}

async function tokenFacts(tx: Tx, token: JudgedTokenRow | undefined): Promise<ValidityFacts['token']> {
  if (token === undefined) return 'unknown'
  const open = token.maxSessions === null ? [] : await openSessionsOfTokens(tx, [tx.tenantId], [token.id])
  const { sessionId } = token
  const [used] = sessionId === null ? [] : await statesOf(tx, [sessionId])
  return knownToken(token, open.length, used)
}

async function hasTariff(tx: Tx, station: StationFacts, at: Temporal.Instant): Promise<boolean> {
  const [version] = await tariffsThatApply(tx, [{ tenantId: tx.tenantId, stationTariffId: station.tariffId, at }])
  return version !== undefined
}

/** Authorize: what the station is told about a token. Changes nothing. */
export async function judgeToken(
  deps: SessionsDeps,
  question: {
    readonly tenantId: string
    readonly stationId: string
    readonly idToken: IdToken
    readonly at: Temporal.Instant
  },
): Promise<TokenAnswer> {
  const { tenantId, stationId, idToken, at } = question
  const key = await deps.keys.tenant(tenantId)
  const { reasons, token } = await deps.database.inTenant(tenantId, (tx) =>
    checkValidity(tx, deps, { idToken, stationId, purpose: 'authorise', at }),
  )
  return answerFor(token, reasons, key)
}

function answerFor(token: JudgedTokenRow | undefined, reasons: readonly Authoriser[], key: DataKey): TokenAnswer {
  const groupUid = token === undefined || token.groupUid === null ? undefined : key.decrypt(token.groupUid).toString()
  return {
    verdict: verdictOf(reasons),
    ...(groupUid === undefined ? {} : { groupUid }),
    ...(token === undefined || token.validUntil === null ? {} : { validUntil: token.validUntil }),
  }
}
