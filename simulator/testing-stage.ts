import { afterEach, beforeEach, expect } from 'vitest'
import { type Fleet, type FleetOptions, startFleet, type StationHandle } from './fleet.ts'
import type { StationSpec } from './new-station.ts'
import type { StationEvent } from './station-driver.ts'
import type { ChargingState, EvseState, Payload, Transaction } from './state.ts'
import { type FakeCentralSystem, startFakeCentralSystem } from './testing-central-system.ts'
import { type MadeTime, madeTime } from './timeline.ts'

export const card = '04A1B2C3D4E5F6'

type Spec = Partial<StationSpec> & Pick<StationSpec, 'protocol'>

/** What the simulator's own tests stand on: made time, a fake central system, and stations `S` as each test wants them. */
export interface Stage {
  time: MadeTime
  central: FakeCentralSystem
  fleet: Fleet
  station: StationHandle
  readonly events: StationEvent[]
  /** Starts the station; returns at once. */
  start(spec: Spec, more?: Partial<FleetOptions>): StationHandle
  /** Starts the station and lets time pass until it is accepted. */
  begin(spec: Spec, more?: Partial<FleetOptions>): Promise<StationHandle>
  call(action: string, payload: Payload): Promise<Payload>
  evse(id?: number): EvseState | undefined
  transaction(evse?: number): Transaction | undefined
  isIn(chargingState: ChargingState, evse?: number): () => boolean
  /** Cable and card at EVSE 1, and a minute of energy. */
  charge(): Promise<void>
  /** A whole session at EVSE 1. */
  session(seconds?: number): Promise<void>
  /** The last message of an action. */
  last(action: string): Payload | undefined
  actions(): readonly string[]
  transactionMessages(): readonly Payload[]
}

/**
 * A fresh stage for each test of the file. Whatever a test is about: no station ever says or answers anything that does
 * not fit its version's schemas.
 */
export function stageForEach(): Stage {
  const stage = {} as Stage
  Object.assign(stage, stageOf(stage))
  beforeEach(async () => {
    stage.time = madeTime('2026-11-26T08:00:00Z')
    stage.central = await startFakeCentralSystem(stage.time)
    stage.events.length = 0
  })
  afterEach(async () => {
    await stage.fleet.stop()
    await stage.central.stop()
    expect([...new Set(stage.central.faults)]).toEqual([])
    expect(stage.events.filter(({ kind }) => kind === 'own-fault')).toEqual([])
  })
  return stage
}

function stageOf(stage: Stage): Omit<Stage, 'time' | 'central' | 'fleet' | 'station'> {
  return {
    events: [],
    start(spec, more = {}) {
      const stations = [{ identity: 'S', cards: [card], ...spec }]
      const onEvent = (_: string, event: StationEvent) => void stage.events.push(event)
      stage.fleet = startFleet({ url: stage.central.url, stations, timeline: stage.time, onEvent, ...more })
      stage.station = stage.fleet.station('S')
      return stage.station
    },
    async begin(spec, more) {
      const station = stage.start(spec, more)
      await stage.time.passUntil(() => {
        return station.state().registration === 'Accepted' && station.state().outbox.length === 0
      }, 60)
      return station
    },
    call: (action, payload) => stage.central.call('S', action, payload),
    evse: (id = 1) => stage.station.state().evses[id - 1],
    transaction: (id = 1) => stage.evse(id)?.transaction,
    isIn:
      (chargingState, id = 1) =>
      () =>
        stage.transaction(id)?.chargingState === chargingState,
    async charge() {
      stage.station.plug(1)
      stage.station.presentCard(1, card)
      await stage.time.passUntil(stage.isIn('Charging'), 30)
      await stage.time.pass(60)
    },
    async session(seconds = 60) {
      stage.station.plug(1)
      stage.station.presentCard(1, card)
      await stage.time.pass(seconds)
      stage.station.presentCard(1, card)
      await stage.time.pass(3)
      stage.station.unplug(1)
      await stage.time.pass(3)
    },
    last: (action) => stage.central.of('S', action).at(-1),
    actions: () => stage.central.heard.map(({ action }) => action),
    transactionMessages: () =>
      stage.central.heard
        .filter(({ action }) => /^(Start|Stop)Transaction$|^TransactionEvent$/.test(action))
        .map(({ payload }) => payload),
  }
}

/** Why a transaction ended, as its last message says it in the words of the version. */
export function reasonOf(payload: Payload | undefined): unknown {
  const info = payload?.['transactionInfo'] as Payload | undefined
  return info === undefined ? payload?.['reason'] : info['stoppedReason']
}

/** The uid in a message, in the words of the version. */
export function uidOf(payload: Payload | undefined): unknown {
  const token = payload?.['idToken'] as Payload | undefined
  return token === undefined ? payload?.['idTag'] : token['idToken']
}
