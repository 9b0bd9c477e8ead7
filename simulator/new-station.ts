import { seedOf } from './chance.ts'
import { firstRegister } from './energy.ts'
import type { SettingKey } from './settings.ts'
import {
  type EvseSpec,
  type EvseState,
  type Faults,
  type Ms,
  noFaults,
  type Protocol,
  type StationState,
} from './state.ts'

/** What a station is made from; what is left out is chosen. */
export interface StationSpec {
  readonly identity: string
  /** For HTTP Basic; absent: none is sent (security profile 0). */
  readonly password?: string
  readonly protocol: Protocol
  /** A number stands for so many sockets of 11 kW AC. */
  readonly evses?: number | readonly Partial<EvseSpec>[]
  /** Instead of the fleet's: another tenant's endpoint, or the station's whole address. */
  readonly url?: string
  /** A name from the table of scenarios; absent: the station does nothing by itself. */
  readonly scenario?: string
  /** The uids of the cards that its scenario's drivers hold to it. */
  readonly cards?: readonly string[]
  /** Absent: made from the identity. */
  readonly seed?: number
  readonly vendor?: string
  readonly model?: string
  readonly serial?: string
  readonly firmware?: string
  readonly settings?: Readonly<Partial<Record<SettingKey, string>>>
  readonly faults?: Partial<Faults>
  /** How wrong the clock is until the central system sets it. */
  readonly clockOffsetSeconds?: number
  /** Seconds before the station connects for the first time. */
  readonly startOfflineSeconds?: number
  /** 2.1: connector states as NotifyEvent (the default) or as the deprecated StatusNotification. */
  readonly statusByEvent?: boolean
}

const someEvse = { connectors: 1, connectorType: 'IEC_62196_T2', current: 'AC', phases: 3, maxPowerW: 11_000 } as const

export function newStation(spec: StationSpec, at: Ms): StationState {
  const count = typeof spec.evses === 'number' ? spec.evses : 1
  const given = typeof spec.evses === 'object' ? spec.evses : Array.from({ length: count }, () => ({}))
  const evses = given.map((wishes, index): EvseSpec => {
    const evse = { ...someEvse, id: index + 1, ...wishes }
    // 1.6 knows no EVSEs: connector n is EVSE n.
    return spec.protocol === 'ocpp1.6' ? { ...evse, connectors: 1 } : evse
  })
  return {
    identity: spec.identity,
    protocol: spec.protocol,
    vendor: spec.vendor ?? 'Lataamo',
    model: spec.model ?? 'Simulator',
    serial: spec.serial ?? spec.identity,
    firmware: spec.firmware ?? '1.0.0',
    statusByEvent: spec.statusByEvent ?? true,
    random: spec.seed ?? seedOf(spec.identity),
    power: 'off',
    isConnected: false,
    registration: 'none',
    bootReason: 'PowerUp',
    nextBootAt: undefined,
    nextHeartbeatAt: undefined,
    nextAlignedAt: undefined,
    downAt: undefined,
    upAt: at + (spec.startOfflineSeconds ?? 0) * 1000,
    resetWhenIdle: false,
    clockOffsetMs: (spec.clockOffsetSeconds ?? 0) * 1000,
    clockSetAt: at,
    settings: spec.settings ?? {},
    faults: { ...noFaults, ...spec.faults },
    inoperative: [],
    scheduled: [],
    localList: { version: 0, entries: {} },
    cache: {},
    evses: evses.map((evse) => newEvse(spec.identity, evse, at)),
    reported: {},
    outbox: [],
    nextEntry: 1,
    nextEventId: 1,
    numbers: {},
  }
}

function newEvse(identity: string, spec: EvseSpec, at: Ms): EvseState {
  return {
    spec,
    connector: undefined,
    car: undefined,
    registerWh: firstRegister(identity, spec, at),
    powerW: 0,
    countedAt: at,
    asking: undefined,
    authorised: undefined,
    cableDeadline: undefined,
    transaction: undefined,
    isFinishing: false,
  }
}
