import { textFromInstant } from '../../../../units/index.ts'
import { jsonFromPrice, type PriceJson, type PriceTotals, type Tariff } from '../../billing/rules/index.ts'
import { withoutEarlyStamps } from './early-stamps.ts'
import { falls } from './meter.ts'
import { type KeptRegister, priceSession } from './price-session.ts'
import type { Session, SessionFlag } from './session.ts'
import { energyOfSession, stopReasonOf } from './settle.ts'

export interface RecordReading extends KeptRegister {
  readonly context: string
  readonly powerW: number | null
  readonly socTenths: number | null
}

/** What goes into a session data record (END-SDR). */
export interface RecordInput {
  readonly sessionId: string
  readonly sessionNumber: bigint
  readonly stationId: string
  readonly stationNumber: string
  readonly evseId: number
  readonly machine: Session
  readonly readings: readonly RecordReading[]
  readonly tokenId: string | null
  readonly tokenLast4: string | null
  readonly tariff: { readonly id: string; readonly version: number; readonly tariff: Tariff } | undefined
  readonly timeZone: string
  readonly revision: number
  readonly reason: string
  readonly createdAt: Temporal.Instant
  /** A corrected record: what it is priced by instead of the readings, and what it says of the decision. */
  readonly correction?: { readonly registers?: readonly KeptRegister[]; readonly said: CorrectionJson }
}

/** Who corrected which revision, and why (END-VALIDATE). */
export interface CorrectionJson {
  readonly ofRevision: number
  readonly energyWh: number
  readonly checks: readonly string[]
  readonly by: { readonly kind: 'staff' | 'key' | 'rule'; readonly id?: string; readonly name?: string }
  readonly reason: string
}

/** The record as it is kept and handed on: JSON, and never changed. */
export interface SessionRecordJson {
  readonly type: 'session-record'
  readonly version: 1
  readonly sessionId: string
  readonly sessionNumber: number
  readonly revision: number
  readonly createdAt: string
  readonly reason: string
  readonly stationId: string
  readonly stationNumber: string
  readonly evseId: number
  readonly startedAt: string
  readonly endedAt: string
  readonly stopReason?: string
  readonly energyWh: number
  readonly estimated: boolean
  readonly flags: readonly SessionFlag[]
  readonly idToken?: { readonly id?: string; readonly last4: string }
  readonly meterValues: readonly {
    readonly at: string
    readonly context: string
    readonly registerWh?: number
    readonly powerW?: number
    readonly socTenths?: number
  }[]
  readonly periods: readonly {
    readonly from: string
    readonly to: string
    readonly energyWh: number
    readonly state: 'charging' | 'parking'
  }[]
  readonly lines: PriceJson['lines']
  readonly totals?: PriceJson['totals']
  readonly tariff?: { readonly id: string; readonly version: number }
  /** What the record before it said of the energy, and why this one says otherwise. */
  readonly correction?: CorrectionJson
}

export interface MadeRecord {
  readonly json: SessionRecordJson
  readonly totals?: PriceTotals
}

export function makeRecord(input: RecordInput): MadeRecord {
  const { machine, readings, tariff, timeZone, createdAt } = input
  const endedAt = machine.endedAt ?? createdAt
  const registers = input.correction?.registers ?? readings
  const { periods, price } = priceSession(machine, registers, { tariff: tariff?.tariff, timeZone }, endedAt)
  const priced = price === undefined ? undefined : jsonFromPrice(price)
  const stopReason = stopReasonOf(machine)
  const json: SessionRecordJson = {
    type: 'session-record',
    version: 1,
    sessionId: input.sessionId,
    sessionNumber: Number(input.sessionNumber),
    revision: input.revision,
    createdAt: textFromInstant(createdAt),
    reason: input.reason,
    stationId: input.stationId,
    stationNumber: input.stationNumber,
    evseId: input.evseId,
    startedAt: textFromInstant(machine.startedAt),
    endedAt: textFromInstant(endedAt),
    ...(stopReason === undefined ? {} : { stopReason }),
    energyWh: energyOfSession(machine),
    estimated: machine.flags.includes('estimated'),
    flags: flagsOf(machine, readings),
    ...(input.tokenLast4 === null ? {} : { idToken: tokenOf(input.tokenId, input.tokenLast4) }),
    meterValues: readings.map(({ at, context, registerWh, powerW, socTenths }) => ({
      at: textFromInstant(at),
      context,
      ...(registerWh === null ? {} : { registerWh }),
      ...(powerW === null ? {} : { powerW }),
      ...(socTenths === null ? {} : { socTenths }),
    })),
    periods: periods.map(({ from, to, energyWh, state }) => ({
      from: textFromInstant(from),
      to: textFromInstant(to),
      energyWh,
      state,
    })),
    lines: priced?.lines ?? [],
    ...(priced === undefined ? {} : { totals: priced.totals }),
    ...(tariff === undefined ? {} : { tariff: { id: tariff.id, version: tariff.version } }),
    ...(input.correction === undefined ? {} : { correction: input.correction.said }),
  }
  return { json, ...(price === undefined ? {} : { totals: price.totals }) }
}

function tokenOf(id: string | null, last4: string): NonNullable<SessionRecordJson['idToken']> {
  return { ...(id === null ? {} : { id }), last4 }
}

/** With all readings at hand, a register that went back anywhere between first and last shows too. */
function flagsOf(machine: Session, readings: readonly RecordReading[]): readonly SessionFlag[] {
  const { flags } = machine
  if (flags.includes('register-backwards')) return flags
  const registers = withoutEarlyStamps(readings).flatMap(({ at, context, registerWh }) =>
    registerWh === null ? [] : [{ at, context, registerWh }],
  )
  const goesBack = registers.some((reading, index) => {
    const before = registers[index - 1]
    return before !== undefined && before.at.epochMilliseconds < reading.at.epochMilliseconds && falls(before, reading)
  })
  return goesBack ? [...flags, 'register-backwards' as const].sort() : flags
}
