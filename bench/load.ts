import type { Buckets } from './histogram.ts'

/**
 * What stations do over and over. A session is a start, three meter values and a stop; a visit the same with the card before it
 * and what the connector shows meanwhile; `connect` ends with the boot.
 */
export const scenarios = ['connect', 'heartbeat', 'meter', 'session', 'visit'] as const
export type Scenario = (typeof scenarios)[number]

export type Version = 'ocpp1.6' | 'ocpp2.0.1'

/** Messages of a station that one counted thing consists of. */
export const messagesOf: Readonly<Record<Scenario, number>> = {
  connect: 1,
  heartbeat: 1,
  meter: 1,
  session: 5,
  visit: 10,
}

/** A station as the load generator is told of it. */
export interface StationRow {
  readonly url: string
  /** Where it only connects and boots, when that is elsewhere: at the reference, a place that stores nothing. */
  readonly connectUrl?: string
  /** Absent: no credential is sent. */
  readonly user?: string
  readonly password?: string
  /** The card it charges with. */
  readonly uid: string
}

export interface Load {
  readonly scenario: Scenario
  /** Which stations, by their place in the list that the generator was given. */
  readonly stations: readonly number[]
  /** In turn, one for each. */
  readonly versions: readonly Version[]
  readonly warmUpSeconds: number
  readonly seconds: number
  /** Absent: closed loop, each station has one message open. Else messages by schedule, whatever the answers do. */
  readonly messagesPerSecond?: number
  /** Says meanwhile, at this interval, how it goes. */
  readonly partSeconds?: number
}

export interface Loaded {
  /** Messages acknowledged within the measured time; of the open loop, those whose moment lay in it. */
  readonly messages: number
  readonly seconds: number
  /** From sending (open loop: from the scheduled moment) to the answer, per message. */
  readonly times: Buckets
  /** Open loop: how much later than scheduled the generator itself was, 99 of 100, milliseconds. */
  readonly latenessMs: number
  /** CPU of the generator in the measured time, milliseconds. */
  readonly generatorCpuMs: number
}

/** What is written to the generator, a line of JSON each. */
export type Order =
  | { readonly do: 'know'; readonly stations: readonly StationRow[] }
  | { readonly do: 'run'; readonly load: Load }
  | { readonly do: 'hold'; readonly load: Pick<Load, 'stations' | 'versions'> }

/** What it writes. `edge`: measuring begins, and then that it ends; the connect scenario has several pairs. */
export type Said =
  | { readonly says: 'edge' }
  | { readonly says: 'part'; readonly times: Buckets }
  | { readonly says: 'done'; readonly loaded: Loaded }
  | { readonly says: 'failed'; readonly why: string }
