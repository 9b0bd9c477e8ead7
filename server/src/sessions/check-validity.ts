import { tariffsThatApply } from '../billing/index.ts'
import { type DataKey, must, together, type Tx } from '../platform/index.ts'
import type { HandedIn, IdToken, TokenAnswer } from '../stations/index.ts'
import { hashOfUid, type JudgedTokenRow, tokensByHash } from '../subscribers/index.ts'
import { limitedToken, tokenKey } from './batch.ts'
import type { SessionsDeps } from './deps.ts'
import { isAnybody, knownToken, stationFacts } from './judge.ts'
import { type Authoriser, reasonsAgainst, type ValidityFacts, type ValidityPurpose, verdictOf } from './rules/index.ts'
import { type PlaceRow, readPlaces } from './store-places.ts'
import {
  distinct,
  type OpenCount,
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

interface TenantsQuestion extends ValidityQuestion {
  readonly tenantId: string
}

/** VALID: whether somebody may be served now, and if not why. One function for every channel. */
export async function checkValidity(
  tx: Tx,
  deps: Pick<SessionsDeps, 'keys' | 'authorisers'>,
  question: ValidityQuestion,
): Promise<ValidityAnswer> {
  const [answer] = await checkValidities(tx, deps, [{ ...question, tenantId: tx.tenantId }])
  return must(answer, 'answer of VALID')
}

/** The same for many questions, of many tenants: one look at each table. Answers at the same index. */
async function checkValidities(
  tx: Tx,
  deps: Pick<SessionsDeps, 'keys' | 'authorisers'>,
  questions: readonly TenantsQuestion[],
): Promise<readonly ValidityAnswer[]> {
  const asked = await Promise.all(questions.map((question) => hashed(deps, question)))
  const [tokenRows, stationRows] = await together([
    tokensByHash(tx, asked.flatMap(tokenAsked)),
    stationsById(tx, distinct(questions.flatMap(stationAsked))),
  ])
  const tokens = new Map(tokenRows.map((row) => [tokenKey(row.tenantId, row.uidHash), row]))
  const stations = new Map(stationRows.map((row) => [row.id, row]))
  const atStations = questions.flatMap(({ stationId = '', at }) => {
    const station = stations.get(stationId)
    return station === undefined ? [] : [{ station, at }]
  })
  const [open, places, ofTokens, used, tariffs] = await together([
    openSessionsOfStations(tx, tx.tenantIds, [...stations.keys()]),
    readPlaces(
      tx,
      questions.flatMap(placeAsked).filter(({ stationId }) => stations.has(stationId)),
    ),
    openSessionsOfTokens(tx, tx.tenantIds, [...tokens.values()].flatMap(limitedToken)),
    statesOf(
      tx,
      [...tokens.values()].flatMap(({ sessionId }) => sessionId ?? []),
    ),
    tariffsThatApply(
      tx,
      atStations.map(({ station, at }) => ({ tenantId: station.tenantId, stationTariffId: station.tariffId, at })),
    ),
  ])
  const hasTariff = new Set(
    atStations.filter((_, index) => tariffs[index] !== undefined).map(({ station }) => station.id),
  )
  const found: Found = { tokens, stations, open, places, ofTokens, used, hasTariff }
  return asked.map((one) => answerFrom(found, one, deps.authorisers))
}

interface Asked {
  readonly question: TenantsQuestion
  /** Undefined: nobody's token. */
  readonly tokenHash: Buffer | undefined
}

async function hashed({ keys }: Pick<SessionsDeps, 'keys'>, question: TenantsQuestion): Promise<Asked> {
  const { tenantId, idToken } = question
  if (idToken === undefined || isAnybody(idToken)) return { question, tokenHash: undefined }
  return { question, tokenHash: hashOfUid(await keys.tenant(tenantId), idToken.uid) }
}

const tokenAsked = ({ question: { tenantId }, tokenHash }: Asked) =>
  tokenHash === undefined ? [] : [{ tenantId, hash: tokenHash }]

const stationAsked = ({ tenantId, stationId }: TenantsQuestion) =>
  stationId === undefined ? [] : [{ tenantId, id: stationId }]

const placeAsked = ({ tenantId, stationId, evseId }: TenantsQuestion) =>
  stationId === undefined || evseId === undefined ? [] : [{ tenantId, stationId, evseId }]

/** What the tables say of all questions together. */
interface Found {
  readonly tokens: ReadonlyMap<string, JudgedTokenRow>
  readonly stations: ReadonlyMap<string, StationFacts>
  readonly open: Awaited<ReturnType<typeof openSessionsOfStations>>
  readonly places: readonly PlaceRow[]
  readonly ofTokens: readonly OpenCount[]
  readonly used: Awaited<ReturnType<typeof statesOf>>
  /** Stations at which a tariff holds. */
  readonly hasTariff: ReadonlySet<string>
}

function answerFrom(
  found: Found,
  { question, tokenHash }: Asked,
  authorisers: SessionsDeps['authorisers'],
): ValidityAnswer {
  const { tenantId, stationId, evseId, purpose, at } = question
  const token = tokenHash === undefined ? undefined : found.tokens.get(tokenKey(tenantId, tokenHash))
  const station = found.stations.get(stationId ?? '')
  const open = found.open.filter((session) => session.stationId === station?.id)
  const place = found.places.find((one) => one.stationId === station?.id && one.evseId === evseId)
  const heldBy = open.find((session) => session.evseId === evseId)?.sessionId
  const facts: ValidityFacts = {
    purpose,
    at,
    token: tokenHash === undefined ? 'anybody' : tokenFacts(found, token),
    ...(station === undefined
      ? {}
      : { station: stationFacts(station, open.length), hasTariff: found.hasTariff.has(station.id) }),
    ...(station === undefined || evseId === undefined
      ? {}
      : {
          evse: {
            isKnown: place !== undefined && evseId > 0,
            isBusy: heldBy !== undefined,
            ...(place === undefined || place.status === null ? {} : { status: place.status }),
          },
        }),
  }
  return { reasons: reasonsAgainst(facts, authorisers), token, tokenHash, station, place, heldBy }
}

function tokenFacts({ ofTokens, used }: Found, token: JudgedTokenRow | undefined): ValidityFacts['token'] {
  const open = ofTokens.filter(({ idTokenId }) => idTokenId === token?.id)
  return knownToken(
    token,
    open.length,
    used.find(({ id }) => id === token?.sessionId),
  )
}

/** Authorize: what stations are told about tokens. Changes nothing. */
export async function judgeTokens(
  deps: SessionsDeps,
  questions: Parameters<HandedIn['judgeTokens']>[0],
): Promise<readonly TokenAnswer[]> {
  const tenantIds = [...new Set(questions.map(({ tenantId }) => tenantId))]
  const answers = await deps.database.inTenants(tenantIds, (tx) =>
    checkValidities(
      tx,
      deps,
      questions.map((question) => ({ ...question, purpose: 'authorise' })),
    ),
  )
  return Promise.all(
    questions.map(async ({ tenantId }, index) => {
      const { token, reasons } = must(answers[index], 'answer of VALID')
      return answerFor(token, reasons, await deps.keys.tenant(tenantId))
    }),
  )
}

function answerFor(token: JudgedTokenRow | undefined, reasons: readonly Authoriser[], key: DataKey): TokenAnswer {
  const groupUid = token === undefined || token.groupUid === null ? undefined : key.decrypt(token.groupUid).toString()
  return {
    verdict: verdictOf(reasons),
    ...(groupUid === undefined ? {} : { groupUid }),
    ...(token === undefined || token.validUntil === null ? {} : { validUntil: token.validUntil }),
  }
}
