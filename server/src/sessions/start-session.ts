import {
  type FieldFault,
  must,
  ok,
  randomInt31,
  type Refused,
  refuse,
  type Result,
  type Tx,
} from '../platform/index.ts'
import type { CommandBy, IdToken } from '../stations/index.ts'
import { makeOneUseToken } from '../subscribers/index.ts'
import { checkValidity, type ValidityAnswer } from './check-validity.ts'
import type { SessionsDeps } from './deps.ts'
import { type HeldSession, held, heldNew } from './held.ts'
import { limitsFor } from './limits.ts'
import { sessionOfWish, withLimits } from './rules/index.ts'
import { saveSessions } from './save-sessions.ts'
import { lockSessions } from './store.ts'
import { lockPlacesOf } from './store-places.ts'
import { lockLimits } from './store-validity.ts'

export interface StartWish {
  readonly stationId: string
  readonly evseId: number
  readonly connectorId?: number
  /** Absent: started by staff or a program for somebody, with a one-use token made by us. */
  readonly idToken?: IdToken
  readonly by: CommandBy & { readonly kind: 'staff' | 'key' }
}

export interface Started {
  readonly sessionId: string
  readonly commandId: string
}

/** Who carries the wish to the station: the token named, or one made for this start. */
interface Bearer {
  readonly idToken: IdToken
  readonly idTokenId: string
  readonly last4: string | null
  readonly hash: Buffer
}

/** Wishes for a session: judged by VALID, kept together with the command that asks the station for it. */
export async function startSession(
  tx: Tx,
  deps: SessionsDeps,
  wish: StartWish,
  at: Temporal.Instant,
): Promise<Result<Started>> {
  const { stationId, evseId, idToken } = wish
  await lockPlacesOf(tx, stationId)
  const judge = (): Promise<ValidityAnswer> =>
    checkValidity(tx, deps, { stationId, evseId, purpose: 'wish', at, ...(idToken === undefined ? {} : { idToken }) })
  const seen = await judge()
  if (seen.station === undefined) return refuse('no-such-station')
  const waiting = await waitingForToken(tx, seen)
  const limited = limitedIn(seen)
  await lockLimits(tx, limited)
  // What was counted before the lock may have grown.
  const judged = limited.length === 0 ? seen : await judge()
  if (judged.station === undefined) return refuse('no-such-station')
  const against = judged.reasons.filter(({ code }) => !(code === 'evse-busy' && waiting !== undefined))
  if (against[0] !== undefined) return refusalOf(against[0].code)
  const session = waiting ?? newSession(tx, wish, judged, at)
  const bearer = await bearerOf(tx, deps, wish, judged, session.row.id, at)
  const remoteStartId = randomInt31()
  session.isTouched = true
  session.row = {
    ...session.row,
    startedBy: wish.by.kind,
    startedById: wish.by.id ?? null,
    startedByName: wish.by.name ?? null,
    idTokenId: bearer.idTokenId,
    tokenLast4: bearer.last4,
    remoteStartId,
    wishUidHash: bearer.hash,
    machine:
      session.row.machine.wish === undefined
        ? withLimits(session.row.machine, limitsFor(judged.station, judged.token?.class))
        : { ...session.row.machine, wish: { ...session.row.machine.wish, remoteStartId } },
  }
  const stations = new Map([[stationId, judged.station]])
  await saveSessions(tx, deps, { sessions: [session], opened: [session], stations }, at)
  const commandId = await deps.sendToStation(tx, {
    stationId,
    sessionId: session.row.id,
    by: wish.by,
    command: {
      kind: 'start-transaction',
      evse: evseId,
      ...(wish.connectorId === undefined ? {} : { connector: wish.connectorId }),
      idToken: bearer.idToken,
      remoteStartId,
    },
  })
  return ok({ sessionId: session.row.id, commandId: must(commandId, 'command of a wish') })
}

/** What may have so many sessions at once, and no more. */
function limitedIn({ token, station }: ValidityAnswer): readonly string[] {
  const ofToken = token === undefined || token.maxSessions === null ? [] : [token.id]
  return station === undefined || station.maxSessions === null ? ofToken : [...ofToken, station.id]
}

/** The cable may be in already (2.x): then a transaction runs, waiting for just this. */
async function waitingForToken(tx: Tx, { heldBy }: ValidityAnswer): Promise<HeldSession | undefined> {
  if (heldBy === undefined) return undefined
  const [row] = await lockSessions(tx, [{ tenantId: tx.tenantId, id: heldBy }])
  if (row?.machine.state !== 'waiting-for-token') return undefined
  // A wish that was given up is in nobody's way.
  const isFree = row.remoteStartId === null ? row.tokenLast4 === null : row.wishUidHash === null
  return isFree ? held(row) : undefined
}

function newSession(tx: Tx, wish: StartWish, { station, token }: ValidityAnswer, at: Temporal.Instant): HeldSession {
  return heldNew({
    tenantId: tx.tenantId,
    stationId: wish.stationId,
    evseId: wish.evseId,
    connectorId: wish.connectorId ?? null,
    startedBy: wish.by.kind,
    machine: sessionOfWish({ evse: wish.evseId, remoteStartId: 0, limits: limitsFor(station, token?.class) }, at),
  })
}

async function bearerOf(
  tx: Tx,
  deps: SessionsDeps,
  { idToken, stationId }: StartWish,
  { token, tokenHash }: ValidityAnswer,
  sessionId: string,
  at: Temporal.Instant,
): Promise<Bearer> {
  if (idToken !== undefined && token !== undefined && tokenHash !== undefined) {
    return { idToken, idTokenId: token.id, last4: token.last4, hash: tokenHash }
  }
  const key = await deps.keys.tenant(tx.tenantId)
  const made = await makeOneUseToken(tx, key, { stationId, sessionId }, at)
  return { idToken: made.idToken, idTokenId: made.id, last4: null, hash: made.hash }
}

/** The field that is at fault, where one is. */
const FIELDS: Readonly<Record<string, string>> = {
  'unknown-token': '/for/idToken/uid',
  'evse-unknown': '/evseId',
}

function refusalOf(code: string): Refused {
  const pointer = FIELDS[code]
  const fields: readonly FieldFault[] | undefined = pointer === undefined ? undefined : [{ pointer, code }]
  return refuse(code, fields === undefined ? {} : { fields })
}
