import type { IdToken, TokenAnswer } from '../stations/index.ts'
import type { JudgedTokenRow } from '../subscribers/index.ts'
import type { HeldSession } from './held.ts'
import { type Batch, type Prepared, sessionsAt, tokenKey } from './batch.ts'
import {
  type Authoriser,
  isClosed,
  type KnownToken,
  reasonsAgainst,
  type SessionState,
  type ValidityFacts,
  type ValidityPurpose,
  verdictOf,
} from './rules/index.ts'
import type { StationFacts } from './store-validity.ts'

/** The type of a station's start button: there is no token to judge (OCPP 2.x). */
const NOBODY = 'NoAuthorization'

export interface JudgedToken {
  readonly row: JudgedTokenRow | undefined
  readonly mayCharge: boolean
  readonly isAnybody: boolean
  readonly answer: TokenAnswer
}

export function isAnybody(idToken: IdToken): boolean {
  return idToken.type?.toLowerCase() === NOBODY.toLowerCase()
}

/** In these states a session takes up its EVSE and its token. */
function isOccupying(state: SessionState): boolean {
  return !isClosed(state) && state !== 'waiting-for-meter'
}

/** VALID at a report: the token is judged again, since what stations remember may be old. */
export function judgeReported(
  batch: Batch,
  prepared: Prepared,
  idToken: IdToken,
  given: { readonly session: HeldSession; readonly at: Temporal.Instant; readonly purpose: ValidityPurpose },
  authorisers: readonly Authoriser[],
): JudgedToken {
  const { report, tokenHash, key } = prepared
  const { session, at, purpose } = given
  const row = tokenHash === undefined ? undefined : batch.tokens.get(tokenKey(report.tenantId, tokenHash))
  const station = batch.stations.get(report.stationId)
  // Whoever charges already is not put out by who came later: a start told again hears what it heard.
  const hasPlace = session.row.machine.transaction?.authorisedAt !== undefined && row?.id === session.row.idTokenId
  const others = sessionsAt(batch, report.stationId).filter(
    (other) => other !== session && isOccupying(other.row.machine.state),
  )
  const reasons = reasonsAgainst(
    {
      purpose,
      at,
      token: isAnybody(idToken)
        ? 'anybody'
        : knownToken(row, hasPlace ? 0 : openElsewhere(batch, row, session), {
            id: session.row.id,
            state: session.row.machine.state,
          }),
      ...(station === undefined ? {} : { station: stationFacts(station, hasPlace ? 0 : others.length) }),
    },
    authorisers,
  )
  const mayCharge = reasons.length === 0
  const groupUid = row === undefined || row.groupUid === null ? undefined : key.decrypt(row.groupUid).toString()
  return {
    row,
    mayCharge,
    isAnybody: isAnybody(idToken),
    answer: {
      verdict: purpose === 'stop' && isOwn(row, session, batch) ? 'accepted' : verdictOf(reasons),
      ...(groupUid === undefined ? {} : { groupUid }),
      ...(row === undefined || row.validUntil === null ? {} : { validUntil: row.validUntil }),
    },
  }
}

function openElsewhere(batch: Batch, row: JudgedTokenRow | undefined, session: HeldSession): number {
  if (row === undefined) return 0
  return batch.tokenSessions.filter(({ idTokenId, sessionId }) => {
    const held = batch.sessions.get(sessionId)
    const isOpen = held === undefined || isOccupying(held.row.machine.state)
    return idTokenId === row.id && sessionId !== session.row.id && isOpen
  }).length
}

/** `usedBy`: the session a one-use token would serve; it is good while that one is open. */
export function knownToken(
  row: JudgedTokenRow | undefined,
  openSessions: number,
  usedBy: { readonly id: string; readonly state: SessionState } | undefined,
): ValidityFacts['token'] {
  if (row === undefined) return 'unknown'
  const isOpen = usedBy !== undefined && row.sessionId === usedBy.id && !isClosed(usedBy.state)
  const known: KnownToken = {
    status: row.status,
    openSessions,
    ...(row.validUntil === null ? {} : { validUntil: row.validUntil }),
    ...(row.maxSessions === null ? {} : { maxSessions: row.maxSessions }),
    ...(row.oneUse && row.stationId !== null ? { oneUse: { stationId: row.stationId, isOpen } } : {}),
  }
  return known
}

export function stationFacts(station: StationFacts, openSessions: number): NonNullable<ValidityFacts['station']> {
  const { id, state, onboarding, isConnected, maxSessions } = station
  return { id, state, onboarding, isConnected, openSessions, ...(maxSessions === null ? {} : { maxSessions }) }
}

/** The card that began, or one of its group, may always end. */
function isOwn(row: JudgedTokenRow | undefined, session: HeldSession, batch: Batch): boolean {
  if (row === undefined) return false
  if (row.id === session.row.idTokenId) return true
  const began = [...batch.tokens.values()].find((token) => token.id === session.row.idTokenId)
  const group = began?.groupHash ?? null
  return row.groupHash !== null && group !== null && row.groupHash.equals(group)
}
