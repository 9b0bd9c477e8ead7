import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newStation, type StationSpec } from './new-station.ts'
import { nextToSend } from './outbox.ts'
import { dialects } from './dialects/index.ts'
import { step } from './station-machine.ts'
import type { Fact, Input, Message, StationState } from './state.ts'
import { protocols } from './state.ts'

/** A station without a socket: what it says is answered at once, in the same moment. */
function bench(spec: Partial<StationSpec> = {}) {
  let at = Temporal.Instant.from('2026-11-26T08:00:00Z').epochMilliseconds
  let state = newStation({ identity: 'S', protocol: 'ocpp2.0.1', ...spec }, at)
  const said: Message[] = []
  const facts: Fact[] = []
  const put = (input: Input): void => {
    const result = step(state, input, at)
    state = result.state
    for (const output of result.outputs) if (output.kind === 'fact') facts.push(output.fact)
  }
  const talk = (): void => {
    for (let entry = nextToSend(state, at); entry !== undefined; entry = nextToSend(state, at)) {
      said.push(entry.message)
      const accepted = { status: 'Accepted' }
      const currentTime = Temporal.Instant.fromEpochMilliseconds(at).toString()
      const payload =
        entry.message.kind === 'boot'
          ? { ...accepted, currentTime, interval: 300 }
          : { idTokenInfo: accepted, idTagInfo: accepted, transactionId: 9 }
      put({ kind: 'answered', entry: entry.id, payload })
    }
  }
  return {
    get state() {
      return state
    },
    said,
    facts,
    put(input: Input, seconds = 0) {
      put(input)
      talk()
      at += seconds * 1000
      put({ kind: 'tick' })
      talk()
    },
    begin() {
      this.put({ kind: 'tick' })
      this.put({ kind: 'socket-open' })
      said.length = 0
    },
  }
}

const card: Input = { kind: 'card', evse: 1, uid: 'CARD' }
const plug: Input = { kind: 'plug', evse: 1 }
const unplug: Input = { kind: 'unplug', evse: 1 }

const events = (said: readonly Message[]) =>
  said.flatMap((message) => (message.kind === 'transaction' ? [`${message.event} ${message.trigger}`] : []))

describe('where a transaction begins and ends (TxStartPoint, TxStopPoint)', () => {
  it.each([
    [
      'PowerPathClosed',
      'EVConnected,Authorized',
      [plug, card, card, unplug],
      ['Started Authorized', 'Updated ChargingStateChanged', 'Ended StopAuthorized'],
    ],
    [
      'PowerPathClosed',
      'EVConnected,Authorized',
      [card, plug, unplug],
      ['Started CablePluggedIn', 'Updated ChargingStateChanged', 'Ended EVCommunicationLost'],
    ],
    [
      'EVConnected',
      'EVConnected,Authorized',
      [plug, card, card, unplug],
      ['Started CablePluggedIn', 'Updated Authorized', 'Updated ChargingStateChanged', 'Ended StopAuthorized'],
    ],
    [
      'EVConnected',
      'EVConnected',
      [plug, card, card, unplug],
      [
        'Started CablePluggedIn',
        'Updated Authorized',
        'Updated ChargingStateChanged',
        'Updated StopAuthorized',
        'Ended EVCommunicationLost',
      ],
    ],
    ['EVConnected', 'EVConnected', [plug, unplug], ['Started CablePluggedIn', 'Ended EVCommunicationLost']],
    [
      'Authorized',
      'EVConnected,Authorized',
      [card, plug, card],
      ['Started Authorized', 'Updated CablePluggedIn', 'Updated ChargingStateChanged', 'Ended StopAuthorized'],
    ],
    [
      'EVConnected,Authorized',
      'EVConnected',
      [card, plug, unplug],
      ['Started Authorized', 'Updated CablePluggedIn', 'Updated ChargingStateChanged', 'Ended EVCommunicationLost'],
    ],
  ] as const)('%s to %s: %j', (startPoint, stopPoint, inputs, expected) => {
    const station = bench({ settings: { startPoint, stopPoint, sampleInterval: '0' } })
    station.begin()
    for (const input of inputs) station.put(input, 5)
    expect(events(station.said)).toEqual(expected)
    expect(station.state.evses[0]?.transaction).toBeUndefined()
  })
})

describe('what a 1.6 connector reads', () => {
  it.each([
    ['cable, card, card, out', [plug, card, card, unplug], ['Preparing', 'Charging', 'Finishing', 'Available']],
    ['card, cable, out', [card, plug, unplug], ['Preparing', 'Charging', 'Available']],
    ['card, card again', [card, card], ['Preparing', 'Available']],
    [
      'a second session with the same cable',
      [plug, card, card, card],
      ['Preparing', 'Charging', 'Finishing', 'Preparing', 'Charging'],
    ],
  ] as const)('%s', (_, inputs, expected) => {
    const station = bench({ protocol: 'ocpp1.6' })
    station.begin()
    for (const input of inputs) station.put(input, 5)
    expect(station.said.flatMap((message) => (message.kind === 'status' ? [message.status] : []))).toEqual(expected)
  })
})

describe('who may charge while the central system cannot be asked', () => {
  it.each([
    ['nobody unknown', {}, false, false],
    ['whoever comes, where the setting says so', { unknownOffline: 'true' }, false, true],
    ['who was let in before', {}, true, true],
    ['not even those, where the setting says so', { localAuthorizeOffline: 'false' }, true, false],
  ] as const)('%s', (_, settings, wasHere, mayStart) => {
    const station = bench({ settings })
    station.begin()
    if (wasHere) for (const input of [plug, card, unplug]) station.put(input, 5)
    station.put({ kind: 'socket-closed' })
    for (const input of [plug, card]) station.put(input, 5)
    expect(station.state.evses[0]?.transaction !== undefined).toBe(mayStart)
  })
})

const anyInput: fc.Arbitrary<Input> = fc.oneof(
  fc.constantFrom<Input>(
    plug,
    unplug,
    card,
    { kind: 'card', evse: 1, uid: 'OTHER' },
    { kind: 'plug', evse: 2 },
    { kind: 'unplug', evse: 2 },
    { kind: 'card', evse: 2, uid: 'CARD' },
    { kind: 'socket-open' },
    { kind: 'socket-closed' },
    { kind: 'reboot' },
    { kind: 'tick' },
    { kind: 'faults', faults: { groundFailure: [1] } },
    { kind: 'faults', faults: { groundFailure: [], connectorLock: [2] } },
    { kind: 'faults', faults: { connectorLock: [] } },
  ),
)

describe('whatever happens to a station', () => {
  it.each(protocols)('%s: transactions begin and end once, seqNo has no gap, registers never fall', (protocol) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyInput, fc.integer({ min: 0, max: 90 })), { maxLength: 40 }),
        fc.constantFrom('PowerPathClosed', 'EVConnected', 'Authorized'),
        fc.constantFrom('EVConnected,Authorized', 'EVConnected'),
        (happenings, startPoint, stopPoint) => {
          const settings = { unknownOffline: 'true', ...(protocol === 'ocpp1.6' ? {} : { startPoint, stopPoint }) }
          const station = bench({ protocol, evses: 2, settings })
          station.begin()
          for (const [input, seconds] of happenings) station.put(input, seconds)
          station.put({ kind: 'socket-open' }, 10)
          station.put({ kind: 'socket-open' }, 10)
          check(station.said, station.state)
        },
      ),
      { numRuns: 150 },
    )
  })
})

function check(said: readonly Message[], state: StationState): void {
  expect(state.outbox).toEqual([])
  const all = said.filter((message) => message.kind === 'transaction')
  for (const id of new Set(all.map(({ transactionId }) => transactionId))) {
    const own = all.filter(({ transactionId }) => transactionId === id)
    expect(own.map(({ event }) => event === 'Started')).toEqual(own.map((_, index) => index === 0))
    expect(own.slice(0, -1).some(({ event }) => event === 'Ended')).toBe(false)
    const isRunning = state.evses.some(({ transaction }) => transaction?.id === id)
    expect(own.at(-1)?.event === 'Ended').toBe(!isRunning)
    if (state.protocol !== 'ocpp1.6') expect(own.map(({ seqNo }) => seqNo)).toEqual(own.map((_, index) => index))
    const registers = own.map(({ registerWh }) => registerWh)
    expect(registers).toEqual(registers.toSorted((left, right) => left - right))
  }
  // Rendering is part of it: no message may be without words.
  for (const message of said) expect(dialects[state.protocol].render(message, state).action).not.toBe('')
}

it('is pure: the same input twice gives the same, and changes nothing', () => {
  const before = newStation({ identity: 'S', protocol: 'ocpp2.1', evses: 2 }, 0)
  const copy = structuredClone(before)
  expect(step(before, plug, 5000)).toEqual(step(before, plug, 5000))
  expect(before).toEqual(copy)
})

it('lets nobody start who is still being asked about when the power goes', () => {
  const at = Temporal.Instant.from('2026-11-26T08:00:00Z').epochMilliseconds
  const inputs: readonly Input[] = [
    { kind: 'tick' },
    { kind: 'socket-open' },
    { kind: 'answered', entry: 1, payload: { status: 'Accepted', currentTime: '2026-11-26T08:00:00Z', interval: 300 } },
    plug,
    card,
    { kind: 'reboot' },
  ]
  let state = newStation({ identity: 'S', protocol: 'ocpp2.1', settings: { unknownOffline: 'true' } }, at)
  for (const input of inputs) state = step(state, input, at).state
  expect(state.evses[0]).toMatchObject({ asking: undefined, authorised: undefined, transaction: undefined })
  expect(state.outbox).toEqual([])
})
