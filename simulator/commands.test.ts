import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Fleet, startFleet, type StationHandle } from './fleet.ts'
import type { StationSpec } from './new-station.ts'
import type { StationEvent } from './station-driver.ts'
import type { Payload, Protocol } from './state.ts'
import { type FakeCentralSystem, startFakeCentralSystem } from './testing-central-system.ts'
import { type MadeTime, madeTime } from './timeline.ts'

const card = '04A1B2C3D4E5F6'

let time: MadeTime
let central: FakeCentralSystem
let fleet: Fleet
let station: StationHandle
const events: StationEvent[] = []

afterEach(async () => {
  await fleet.stop()
  await central.stop()
  expect(central.faults).toEqual([])
  expect(events.filter(({ kind }) => kind === 'own-fault')).toEqual([])
})

async function begin(protocol: Protocol, spec: Partial<StationSpec> = {}): Promise<void> {
  events.length = 0
  time = madeTime('2026-11-26T08:00:00Z')
  central = await startFakeCentralSystem(time)
  const stations = [{ identity: 'S', protocol, evses: 2, cards: [card], ...spec }]
  fleet = startFleet({ url: central.url, stations, timeline: time, onEvent: (_, event) => void events.push(event) })
  station = fleet.station('S')
  await time.passUntil(() => station.state().registration === 'Accepted' && station.state().outbox.length === 0, 60)
}

const call = (action: string, payload: Payload) => central.call('S', action, payload)
const transaction = (evse = 1) => station.state().evses[evse - 1]?.transaction
const last = (action: string) => central.of('S', action).at(-1)

async function charge(): Promise<void> {
  station.plug(1)
  station.presentCard(1, card)
  await time.passUntil(() => transaction()?.chargingState === 'Charging', 30)
  await time.pass(60)
}

/** Everything that was said after a call of the central system. */
async function saidAfter(action: string, payload: Payload): Promise<readonly string[]> {
  const before = central.heard.length
  const answer = await call(action, payload)
  expect(answer['status']).toBe('Accepted')
  await time.pass(1)
  return central.heard.slice(before).map(({ action: said }) => said)
}

describe('a station of 1.6', () => {
  beforeEach(() => begin('ocpp1.6'))

  it('starts remotely, waits for the cable, and stops remotely', async () => {
    expect(await call('RemoteStartTransaction', { idTag: 'S-REMOTE', connectorId: 2 })).toEqual({ status: 'Accepted' })
    expect(await call('RemoteStartTransaction', { idTag: 'OTHER', connectorId: 2 })).toEqual({ status: 'Rejected' })
    expect(central.of('S', 'Authorize')).toEqual([])
    await time.pass(5)
    expect(last('StatusNotification')).toMatchObject({ connectorId: 2, status: 'Preparing' })
    station.plug(2)
    await time.pass(10)
    expect(last('StartTransaction')).toMatchObject({ connectorId: 2, idTag: 'S-REMOTE' })
    expect(await call('RemoteStopTransaction', { transactionId: 77 })).toEqual({ status: 'Rejected' })
    expect(await call('RemoteStopTransaction', { transactionId: 1001 })).toEqual({ status: 'Accepted' })
    await time.pass(2)
    expect(last('StopTransaction')).toMatchObject({ transactionId: 1001, reason: 'Remote' })
    expect(last('StatusNotification')).toMatchObject({ connectorId: 2, status: 'Finishing' })
  })

  it('asks about the token of a remote start where AuthorizeRemoteTxRequests says so', async () => {
    await call('ChangeConfiguration', { key: 'AuthorizeRemoteTxRequests', value: 'true' })
    station.plug(1)
    await call('RemoteStartTransaction', { idTag: 'S-REMOTE', connectorId: 1 })
    await time.pass(5)
    expect(last('Authorize')).toEqual({ idTag: 'S-REMOTE' })
    expect(transaction()?.token?.uid).toBe('S-REMOTE')
  })

  it.each([
    ['Soft', 'SoftReset'],
    ['Hard', 'HardReset'],
  ])('ends what runs at a %s reset and boots again after some seconds', async (type, reason) => {
    await charge()
    expect(await call('Reset', { type })).toEqual({ status: 'Accepted' })
    await time.pass(30)
    expect(last('StopTransaction')).toMatchObject({ reason })
    expect(central.of('S', 'BootNotification')).toHaveLength(2)
    expect(station.state().registration).toBe('Accepted')
  })

  it('unlocks, ending what runs', async () => {
    await charge()
    expect(await call('UnlockConnector', { connectorId: 9 })).toEqual({ status: 'NotSupported' })
    expect(await call('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'Unlocked' })
    await time.pass(1)
    expect(last('StopTransaction')).toMatchObject({ reason: 'UnlockCommand' })
    station.setFaults({ connectorLock: [1] })
    expect(await call('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'UnlockFailed' })
  })

  it('goes out of service at once or after the transaction, and stays so over a reboot', async () => {
    await charge()
    expect(await call('ChangeAvailability', { connectorId: 0, type: 'Inoperative' })).toEqual({ status: 'Scheduled' })
    expect(await call('ChangeAvailability', { connectorId: 2, type: 'Inoperative' })).toEqual({ status: 'Accepted' })
    expect(await call('ChangeAvailability', { connectorId: 7, type: 'Inoperative' })).toEqual({ status: 'Rejected' })
    station.unplug(1)
    station.reboot()
    await time.pass(30)
    const statuses = new Map(
      central.of('S', 'StatusNotification').map(({ connectorId, status }) => [connectorId, status]),
    )
    expect(Object.fromEntries(statuses)).toEqual({ 0: 'Unavailable', 1: 'Unavailable', 2: 'Unavailable' })
    await call('ChangeAvailability', { connectorId: 0, type: 'Operative' })
    await time.pass(1)
    // A connector that was set out of service itself does not come back with the station.
    expect(station.state().inoperative).toEqual(['2'])
  })

  it.each([
    ['BootNotification', {}, ['BootNotification']],
    ['Heartbeat', {}, ['Heartbeat']],
    ['StatusNotification', {}, ['StatusNotification', 'StatusNotification', 'StatusNotification']],
    ['StatusNotification', { connectorId: 1 }, ['StatusNotification']],
    ['MeterValues', { connectorId: 1 }, ['MeterValues']],
    ['DiagnosticsStatusNotification', {}, ['DiagnosticsStatusNotification']],
    ['FirmwareStatusNotification', {}, ['FirmwareStatusNotification']],
  ])('sends %s when asked (%j)', async (requestedMessage, more, expected) => {
    await charge()
    const said = await saidAfter('TriggerMessage', { requestedMessage, ...more })
    expect(said.slice(0, expected.length)).toEqual(expected)
    if (requestedMessage === 'MeterValues') {
      const [value] = last('MeterValues')?.['meterValue'] as readonly { sampledValue: readonly Payload[] }[]
      expect(value?.sampledValue.map(({ context }) => context)).toContain('Trigger')
      expect(last('MeterValues')).toMatchObject({ transactionId: 1001 })
    }
  })

  it('tells and takes settings', async () => {
    const all = (await call('GetConfiguration', {}))['configurationKey'] as readonly Payload[]
    expect(all.length).toBeGreaterThan(20)
    expect(all).toContainEqual({ key: 'NumberOfConnectors', readonly: true, value: '2' })
    expect(all.map(({ key }) => key)).not.toContain('AuthorizationKey')
    const some = await call('GetConfiguration', { key: ['HeartbeatInterval', 'Nonsense'] })
    expect(some).toEqual({
      configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }],
      unknownKey: ['Nonsense'],
    })
    const set = async (key: string, value: string) => (await call('ChangeConfiguration', { key, value }))['status']
    expect(await set('MeterValueSampleInterval', '5')).toBe('Accepted')
    expect(await set('MeterValueSampleInterval', '-1')).toBe('Rejected')
    expect(await set('MeterValuesSampledData', 'Energy.Active.Import.Register,Nonsense')).toBe('Rejected')
    expect(await set('SupportedFeatureProfiles', 'Core')).toBe('Rejected')
    expect(await set('Nonsense', '1')).toBe('NotSupported')
    await charge()
    expect(central.of('S', 'MeterValues').length).toBeGreaterThan(9)
  })

  it('comes again with a new key that was set', async () => {
    expect(
      await call('ChangeConfiguration', { key: 'AuthorizationKey', value: '0011223344556677889900112233445566778899' }),
    ).toEqual({ status: 'Accepted' })
    await time.pass(5)
    expect(central.passwords.get('S')).toBe('0011223344556677889900112233445566778899')
    expect(station.state().isConnected).toBe(true)
    expect(central.of('S', 'BootNotification')).toHaveLength(1)
  })

  it('keeps a local list and lets its cards start while offline', async () => {
    expect(await call('GetLocalListVersion', {})).toEqual({ listVersion: 0 })
    const localAuthorizationList = [
      { idTag: 'GOOD', idTagInfo: { status: 'Accepted' } },
      { idTag: 'BAD', idTagInfo: { status: 'Blocked' } },
    ]
    expect(await call('SendLocalList', { listVersion: 3, updateType: 'Full', localAuthorizationList })).toEqual({
      status: 'Accepted',
    })
    await call('SendLocalList', {
      listVersion: 4,
      updateType: 'Differential',
      localAuthorizationList: [{ idTag: 'gone' }],
    })
    expect(await call('GetLocalListVersion', {})).toEqual({ listVersion: 4 })
    station.goOffline()
    for (const [evse, uid] of [
      [1, 'BAD'],
      [2, 'good'],
    ] as const) {
      station.plug(evse)
      station.presentCard(evse, uid)
    }
    expect([transaction(1)?.token, transaction(2)?.token?.uid]).toEqual([undefined, 'good'])
    station.goOnline()
    await time.pass(20)
    expect(await call('ClearCache', {})).toEqual({ status: 'Accepted' })
  })

  it('knows no vendor, and says what it does not support', async () => {
    expect(await call('DataTransfer', { vendorId: 'x' })).toEqual({ status: 'UnknownVendorId' })
    expect(await central.tryCall('S', 'GetDiagnostics', { location: 'http://127.0.0.1/' })).toMatchObject({
      kind: 'error',
      code: 'NotSupported',
    })
  })

  it('does not answer while it is mute', async () => {
    station.setFaults({ mute: true })
    expect(await central.tryCall('S', 'ClearCache', {})).toMatchObject({ kind: 'timed-out' })
  })
})

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('a station of %s', (protocol) => {
  beforeEach(() => begin(protocol))

  const remote = { idToken: { idToken: 'REMOTE', type: 'Central' }, remoteStartId: 7, evseId: 1 }
  const eventsOf = () =>
    central.of('S', 'TransactionEvent') as readonly (Payload & { readonly transactionInfo: Payload })[]

  it('starts remotely, says which wish it was once, and stops remotely', async () => {
    expect(await call('RequestStartTransaction', remote)).toEqual({ status: 'Accepted' })
    expect(await call('RequestStartTransaction', { ...remote, evseId: 5 })).toMatchObject({
      status: 'Rejected',
      statusInfo: { reasonCode: 'UnknownEvse' },
    })
    expect(await call('RequestStartTransaction', remote)).toMatchObject({ statusInfo: { reasonCode: 'TxInProgress' } })
    station.plug(1)
    await time.pass(60)
    const [started] = eventsOf()
    expect(started).toMatchObject({
      eventType: 'Started',
      triggerReason: 'CablePluggedIn',
      evse: { id: 1, connectorId: 1 },
      idToken: remote.idToken,
    })
    expect(eventsOf().filter(({ transactionInfo }) => transactionInfo['remoteStartId'] === 7)).toHaveLength(1)
    const { transactionId } = started?.transactionInfo ?? {}
    expect(await call('GetTransactionStatus', { transactionId })).toEqual({
      ongoingIndicator: true,
      messagesInQueue: false,
    })
    expect(await call('RequestStopTransaction', { transactionId: 'none' })).toMatchObject({ status: 'Rejected' })
    expect(await call('RequestStopTransaction', { transactionId })).toEqual({ status: 'Accepted' })
    await time.pass(2)
    expect(eventsOf().at(-1)).toMatchObject({
      eventType: 'Ended',
      triggerReason: 'RemoteStop',
      transactionInfo: { stoppedReason: 'Remote' },
    })
    expect(await call('GetTransactionStatus', { transactionId })).toEqual({
      ongoingIndicator: false,
      messagesInQueue: false,
    })
  })

  it('numbers its events from 0 without a gap, and tells once what is to be told once', async () => {
    await charge()
    station.presentCard(1, card)
    await time.pass(3)
    const all = eventsOf()
    expect(all.map(({ seqNo }) => seqNo)).toEqual(all.map((_, index) => index))
    expect(all.map(({ eventType }) => eventType)).toEqual(['Started', ...all.slice(2).map(() => 'Updated'), 'Ended'])
    expect(all.filter(({ evse }) => evse !== undefined)).toHaveLength(1)
    expect(all.filter(({ idToken }) => idToken !== undefined).map(({ eventType }) => eventType)).toEqual([
      'Started',
      'Ended',
    ])
    const ended = all.at(-1)?.['meterValue'] as readonly { sampledValue: readonly Payload[] }[]
    expect(ended.map(({ sampledValue }) => sampledValue[0]?.['context'])).toEqual([
      'Transaction.Begin',
      'Transaction.End',
    ])
    expect(
      all.map(({ transactionInfo }) => transactionInfo['chargingState']).filter((state) => state !== undefined),
    ).toEqual(['EVConnected', 'Charging', 'EVConnected'])
  })

  it('begins with the cable and ends with it where it is set so, and answers a remote start with the transaction that runs', async () => {
    const set = (component: string, variable: string, attributeValue: string) =>
      call('SetVariables', {
        setVariableData: [{ component: { name: component }, variable: { name: variable }, attributeValue }],
      })
    await set('TxCtrlr', 'TxStartPoint', 'EVConnected')
    await set('TxCtrlr', 'TxStopPoint', 'EVConnected')
    station.plug(1)
    await time.pass(5)
    expect(eventsOf()).toMatchObject([
      { eventType: 'Started', triggerReason: 'CablePluggedIn', transactionInfo: { chargingState: 'EVConnected' } },
    ])
    const { transactionId } = eventsOf()[0]?.transactionInfo ?? {}
    expect(await call('RequestStartTransaction', remote)).toEqual({ status: 'Accepted', transactionId })
    await time.pass(10)
    expect(eventsOf()[1]).toMatchObject({
      triggerReason: 'RemoteStart',
      idToken: remote.idToken,
      transactionInfo: { remoteStartId: 7 },
    })
    expect(transaction()?.chargingState).toBe('Charging')
    await call('RequestStopTransaction', { transactionId })
    await time.pass(5)
    expect(eventsOf().at(-1)).toMatchObject({
      eventType: 'Updated',
      triggerReason: 'RemoteStop',
      transactionInfo: { chargingState: 'EVConnected' },
    })
    station.unplug(1)
    await time.pass(5)
    expect(eventsOf().at(-1)).toMatchObject({
      eventType: 'Ended',
      triggerReason: 'EVCommunicationLost',
      transactionInfo: { stoppedReason: 'Remote' },
    })
  })

  it('begins with the authorisation where it is set so, and ends when no cable comes', async () => {
    const data = [
      { component: { name: 'TxCtrlr' }, variable: { name: 'TxStartPoint' }, attributeValue: 'Authorized' },
      { component: { name: 'TxCtrlr' }, variable: { name: 'EVConnectionTimeOut' }, attributeValue: '30' },
    ]
    await call('SetVariables', { setVariableData: data })
    station.presentCard(1, card)
    await time.pass(40)
    expect(eventsOf()).toMatchObject([
      { eventType: 'Started', triggerReason: 'Authorized', evse: { id: 1 } },
      { eventType: 'Ended', triggerReason: 'EVConnectTimeout', transactionInfo: { stoppedReason: 'Timeout' } },
    ])
  })

  it('resets at once or when idle', async () => {
    await charge()
    expect(await call('Reset', { type: 'OnIdle' })).toEqual({ status: 'Scheduled' })
    await time.pass(20)
    expect(transaction()).toBeDefined()
    station.unplug(1)
    await time.pass(30)
    expect(last('BootNotification')).toMatchObject({ reason: 'ScheduledReset' })
    await charge()
    expect(await call('Reset', { type: 'Immediate' })).toEqual({ status: 'Accepted' })
    await time.pass(30)
    expect(eventsOf().at(-1)).toMatchObject({
      triggerReason: 'ResetCommand',
      transactionInfo: { stoppedReason: 'ImmediateReset' },
    })
    expect(last('BootNotification')).toMatchObject({ reason: 'RemoteReset' })
    expect(await call('Reset', { type: 'Immediate', evseId: 1 })).toMatchObject({ status: 'Rejected' })
  })

  it('does not unlock while an authorised transaction runs', async () => {
    await charge()
    expect(await call('UnlockConnector', { evseId: 1, connectorId: 1 })).toEqual({
      status: 'OngoingAuthorizedTransaction',
    })
    expect(await call('UnlockConnector', { evseId: 2, connectorId: 1 })).toEqual({ status: 'Unlocked' })
    expect(await call('UnlockConnector', { evseId: 2, connectorId: 2 })).toEqual({ status: 'UnknownConnector' })
  })

  it('goes out of service by station, EVSE and connector', async () => {
    await charge()
    expect(
      await call('ChangeAvailability', { operationalStatus: 'Inoperative', evse: { id: 2, connectorId: 1 } }),
    ).toEqual({ status: 'Accepted' })
    expect(await call('ChangeAvailability', { operationalStatus: 'Inoperative' })).toEqual({ status: 'Scheduled' })
    station.unplug(1)
    await time.pass(2)
    expect(station.state().inoperative.toSorted()).toEqual(['2.1', 'station'])
    expect(station.state().reported).toEqual({ '1.1': 'Unavailable ', '2.1': 'Unavailable ' })
    station.plug(1)
    station.presentCard(1, card)
    await time.pass(2)
    expect(transaction()).toBeUndefined()
  })

  it.each([
    ['Heartbeat', {}, 'Heartbeat'],
    ['StatusNotification', { evse: { id: 1, connectorId: 1 } }, 'StatusNotification'],
    ['MeterValues', { evse: { id: 1 } }, 'MeterValues'],
    ['TransactionEvent', { evse: { id: 1 } }, 'TransactionEvent'],
    ['LogStatusNotification', {}, 'LogStatusNotification'],
    ['FirmwareStatusNotification', {}, 'FirmwareStatusNotification'],
  ])('sends %s when asked', async (requestedMessage, more, expected) => {
    await charge()
    expect(await saidAfter('TriggerMessage', { requestedMessage, ...more })).toContain(expected)
    if (requestedMessage === 'TransactionEvent')
      expect(eventsOf().some(({ triggerReason }) => triggerReason === 'Trigger')).toBe(true)
  })

  it('refuses to be asked for a boot it does not need, or for what it has not', async () => {
    const ask = (requestedMessage: string, more: Payload = {}) => call('TriggerMessage', { requestedMessage, ...more })
    expect(await ask('BootNotification')).toMatchObject({ status: 'Rejected' })
    expect(await ask('StatusNotification')).toMatchObject({ status: 'Rejected' })
    expect(await ask('TransactionEvent', { evse: { id: 1 } })).toMatchObject({ status: 'Rejected' })
    expect(await ask('SignChargingStationCertificate')).toEqual({ status: 'NotImplemented' })
  })

  it('reports its whole device model in parts', async () => {
    expect(await call('GetBaseReport', { requestId: 5, reportBase: 'FullInventory' })).toEqual({ status: 'Accepted' })
    await time.pass(2)
    const parts = central.of('S', 'NotifyReport')
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.map(({ seqNo, tbc }) => [seqNo, tbc])).toEqual(
      parts.map((_, index) => [index, index < parts.length - 1]),
    )
    const lines = parts.flatMap(({ reportData }) => reportData as readonly Payload[])
    expect(lines.length).toBeGreaterThan(40)
    expect(lines).toContainEqual(
      expect.objectContaining({
        component: { name: 'EVSE', evse: { id: 2 } },
        variable: { name: 'AvailabilityState' },
      }),
    )
    const componentVariable = [{ component: { name: 'Connector' } }]
    expect(await call('GetReport', { requestId: 6, componentVariable })).toEqual({ status: 'Accepted' })
    expect(await call('GetReport', { requestId: 6, componentVariable: [{ component: { name: 'Nothing' } }] })).toEqual({
      status: 'EmptyResultSet',
    })
    await time.pass(2)
    expect(last('NotifyReport')).toMatchObject({ requestId: 6, seqNo: 0, tbc: false })
  })

  it('tells and takes variables', async () => {
    const ask = (name: string, variable: string, more: Payload = {}) => ({
      component: { name },
      variable: { name: variable },
      ...more,
    })
    const { getVariableResult } = await call('GetVariables', {
      getVariableData: [
        ask('ocppcommctrlr', 'HeartbeatInterval'),
        ask('OCPPCommCtrlr', 'Nothing'),
        ask('Nothing', 'Nothing'),
        ask('SecurityCtrlr', 'BasicAuthPassword'),
        { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'AvailabilityState' } },
      ],
    })
    expect(getVariableResult).toMatchObject([
      { attributeStatus: 'Accepted', attributeValue: '300', component: { name: 'ocppcommctrlr' } },
      { attributeStatus: 'UnknownVariable' },
      { attributeStatus: 'UnknownComponent' },
      { attributeStatus: 'Rejected' },
      { attributeStatus: 'Accepted', attributeValue: 'Available' },
    ])
    const { setVariableResult } = await call('SetVariables', {
      setVariableData: [
        ask('SampledDataCtrlr', 'TxUpdatedInterval', { attributeValue: '5' }),
        ask('SampledDataCtrlr', 'TxUpdatedInterval', { attributeValue: 'often' }),
        ask('ChargingStation', 'Model', { attributeValue: 'x' }),
        ask('SecurityCtrlr', 'BasicAuthPassword', { attributeValue: 'a-new-password-of-length' }),
      ],
    })
    expect((setVariableResult as readonly Payload[]).map(({ attributeStatus }) => attributeStatus)).toEqual([
      'Accepted',
      'Rejected',
      'Rejected',
      'Accepted',
    ])
    await time.pass(5)
    expect(central.passwords.get('S')).toBe('a-new-password-of-length')
    await charge()
    expect(eventsOf().filter(({ triggerReason }) => triggerReason === 'MeterValuePeriodic').length).toBeGreaterThan(9)
  })

  it('keeps a local list by its version', async () => {
    const entry = { idToken: { idToken: 'GOOD', type: 'ISO14443' }, idTokenInfo: { status: 'Accepted' } }
    const send = (versionNumber: number, updateType: string) =>
      call('SendLocalList', { versionNumber, updateType, localAuthorizationList: [entry] })
    expect(await send(3, 'Full')).toEqual({ status: 'Accepted' })
    expect(await send(3, 'Differential')).toEqual({ status: 'VersionMismatch' })
    expect(await call('GetLocalListVersion', {})).toEqual({ versionNumber: 3 })
    station.goOffline()
    station.plug(1)
    station.presentCard(1, 'GOOD')
    expect(transaction()?.token?.uid).toBe('GOOD')
  })

  it('answers what it does not know or support', async () => {
    expect(await call('DataTransfer', { vendorId: 'x' })).toEqual({ status: 'UnknownVendorId' })
    expect(await call('ClearCache', {})).toEqual({ status: 'Accepted' })
    expect(await central.tryCall('S', 'CancelReservation', { reservationId: 1 })).toMatchObject({
      kind: 'error',
      code: 'NotSupported',
    })
  })
})

it('2.1 tells connector states as events, or by StatusNotification where a server wants it so', async () => {
  await begin('ocpp2.1')
  expect(last('NotifyEvent')).toMatchObject({
    eventData: [
      { actualValue: 'Available', component: { name: 'Connector' }, variable: { name: 'AvailabilityState' } },
    ],
  })
  expect(central.of('S', 'StatusNotification')).toEqual([])
  await fleet.stop()
  await central.stop()
  await begin('ocpp2.1', { statusByEvent: false })
  expect(last('StatusNotification')).toMatchObject({ connectorStatus: 'Available' })
})
