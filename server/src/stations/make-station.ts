import { randomInt } from 'node:crypto'
import {
  type Database,
  type DataKey,
  type Keys,
  newId,
  ok,
  randomHex,
  refuse,
  type Result,
  type Tx,
} from '../platform/index.ts'
import { CREDENTIAL_PURPOSE } from './gateway/refusals.ts'
import { canonicalPassword } from './rules/credential.ts'
import { LONGEST_NUMBER, SHORTEST_NUMBER, stationNumber } from './rules/number.ts'
import {
  type DeclaredEvse,
  declareEvses,
  insertStation,
  loadStations,
  siteExists,
  stationIdentified,
  takeNumber,
} from './store.ts'
import { forgetRefused } from './store-refused.ts'

export interface StationMaking {
  readonly identity: string
  readonly name?: string | undefined
  readonly siteId?: string | undefined
  readonly latitude?: number | undefined
  readonly longitude?: number | undefined
  readonly state?: 'active' | 'test' | 'disabled' | undefined
  readonly onboarding?: 'accepted' | 'waiting' | undefined
  readonly securityProfile?: number | undefined
  readonly plainUntil?: Temporal.Instant | undefined
  readonly maxSessions?: number | undefined
  readonly maxDurationSeconds?: number | undefined
  readonly tariffId?: string | undefined
  readonly evses?: readonly DeclaredEvse[] | undefined
  /** Absent: a new one is made. A hash: what the station offered when it was refused. */
  readonly credential?:
    | { readonly password: string }
    | { readonly hash: Buffer; readonly keyVersion: number }
    | undefined
}

export interface MakeStationDeps {
  readonly database: Database
  readonly keys: Keys
}

/** 160 bits as hex digits: what 1.6 stations take as a key and 2.x stations as a password. */
export function newPassword(): string {
  return randomHex(20)
}

export function credentialOf(key: DataKey, password: string): { readonly hash: Buffer; readonly keyVersion: number } {
  return { hash: key.hash(CREDENTIAL_PURPOSE, canonicalPassword(password)), keyVersion: key.version }
}

export const UNKNOWN_SITE = { fields: [{ pointer: '/siteId', code: 'no-such-site' }] } as const

/** Makes a station with its public number; answers its id and, once, the password that was made for it. */
export async function makeStation(
  tx: Tx,
  deps: MakeStationDeps,
  making: StationMaking,
  at: Temporal.Instant,
): Promise<Result<{ readonly id: string; readonly password?: string }, 'identity-taken' | 'no-such-site'>> {
  if (making.siteId !== undefined && !(await siteExists(tx, making.siteId))) return refuse('no-such-site', UNKNOWN_SITE)
  // A number is taken apart from this transaction, and would be lost.
  const [taken] = await loadStations(tx, stationIdentified(making.identity), 1)
  if (taken !== undefined) return refuse('identity-taken')
  const id = newId()
  const given = making.credential
  const password = given === undefined ? newPassword() : 'password' in given ? given.password : undefined
  const key = await deps.keys.tenant(tx.tenantId)
  const credential =
    password === undefined ? (given as { hash: Buffer; keyVersion: number }) : credentialOf(key, password)
  const isAdded = await insertStation(tx, {
    id,
    number: await newNumber(deps.database, tx.tenantId, id),
    identity: making.identity,
    name: making.name,
    siteId: making.siteId,
    latitude: making.latitude,
    longitude: making.longitude,
    state: making.state ?? 'active',
    onboarding: making.onboarding ?? 'accepted',
    securityProfile: making.securityProfile ?? 1,
    plainUntil: making.plainUntil,
    credential,
    maxSessions: making.maxSessions,
    maxDurationSeconds: making.maxDurationSeconds,
    tariffId: making.tariffId,
    at,
  })
  if (!isAdded) return refuse('identity-taken')
  await forgetRefused(tx, making.identity)
  await declareEvses(tx, id, making.evses ?? [])
  return ok({ id, ...(given === undefined && password !== undefined ? { password } : {}) })
}

const TRIES_PER_LENGTH = 20

/** A free public number; they grow by a digit where most of a length are taken. */
async function newNumber(database: Database, tenantId: string, stationId: string): Promise<string> {
  for (let length = SHORTEST_NUMBER; length <= LONGEST_NUMBER; length += 1) {
    for (let tries = 0; tries < TRIES_PER_LENGTH; tries += 1) {
      const number = stationNumber(length, randomInt)
      if (await database.inDirectory((directory) => takeNumber(directory, { number, tenantId, stationId })))
        return number
    }
  }
  throw new Error('every public station number is taken')
}
