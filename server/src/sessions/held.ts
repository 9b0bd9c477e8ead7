import { newId } from '../platform/index.ts'
import type { Change, Session, SessionEffect } from './rules/index.ts'

export const startedByKinds = ['card', 'staff', 'key', 'station'] as const
export type StartedBy = (typeof startedByKinds)[number]

/** A session's row: what the machine knows, and who and where around it. */
export interface SessionRow {
  readonly tenantId: string
  readonly id: string
  readonly number: bigint
  readonly stationId: string
  readonly evseId: number
  readonly connectorId: number | null
  readonly startedBy: StartedBy
  readonly startedById: string | null
  readonly startedByName: string | null
  readonly idTokenId: string | null
  readonly tokenLast4: string | null
  readonly remoteStartId: number | null
  readonly wishUidHash: Buffer | null
  readonly tariffId: string | null
  readonly tariffVersion: number | null
  /** Why a session without a transaction came to its end; else the transaction says so. */
  readonly closedWhy: string | null
  readonly changeCount: number
  readonly machine: Session
}

export interface TransactionRow {
  readonly tenantId: string
  readonly id: string
  readonly stationId: string
  readonly number: string
  readonly startKey: Buffer | null
  readonly sessionId: string
  /** First day of the month in which this row was made. */
  readonly month: string
}

/** A record to be made: the session as it was when the machine asked for it. */
export interface DueRecord {
  readonly reason: 'ended' | 'estimate' | 'truth'
  readonly revision: number
}

/** A session on its way through one transaction: loaded or made, decided on, to be saved. */
export interface HeldSession {
  row: SessionRow
  /** The row as it was loaded. */
  readonly loaded: SessionRow
  readonly isNew: boolean
  /** As it was loaded: what of it changed decides what is saved. */
  readonly before: Session | undefined
  changes: Change[]
  effects: SessionEffect[]
  records: DueRecord[]
  isTouched: boolean
  /** Its progress was written already, and nothing else changed. */
  isSaved: boolean
}

export function held(row: SessionRow, isNew = false): HeldSession {
  return {
    row,
    loaded: row,
    isNew,
    before: isNew ? undefined : row.machine,
    changes: [],
    effects: [],
    records: [],
    isTouched: isNew,
    isSaved: false,
  }
}

type Begun = Pick<SessionRow, 'tenantId' | 'stationId' | 'evseId' | 'connectorId' | 'startedBy' | 'machine'>

/** A session that begins: all else of its row is learned later. */
export function heldNew(begun: Begun): HeldSession {
  const row: SessionRow = {
    id: newId(),
    number: 0n,
    startedById: null,
    startedByName: null,
    idTokenId: null,
    tokenLast4: null,
    remoteStartId: null,
    wishUidHash: null,
    tariffId: null,
    tariffVersion: null,
    closedWhy: null,
    changeCount: 0,
    ...begun,
  }
  return held(row, true)
}

/** Who wished for it, and how the station was to name that, is forgotten: what goes on is no wish's any more. */
export function withoutWish(row: SessionRow): SessionRow {
  return { ...row, startedById: null, startedByName: null, remoteStartId: null, wishUidHash: null }
}

/** Nobody's, until a card is shown. */
export function ofNobody(row: SessionRow): SessionRow {
  return { ...withoutWish(row), startedBy: 'station', idTokenId: null, tokenLast4: null }
}
