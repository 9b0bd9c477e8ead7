import { beforeEach, describe, expect, it } from 'vitest'
import type { Payload } from './state.ts'
import { card, stageForEach } from './testing-stage.ts'

const stage = stageForEach()

/** Everything that was said after a call of the central system. */
async function saidAfter(action: string, payload: Payload): Promise<readonly string[]> {
  const before = stage.central.heard.length
  const answer = await stage.call(action, payload)
  expect(answer['status']).toBe('Accepted')
  await stage.time.pass(1)
  return stage.actions().slice(before)
}

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('a station of %s', (protocol) => {
  beforeEach(async () => void (await stage.begin({ protocol, evses: 2 })))

  const remote = { idToken: { idToken: 'REMOTE', type: 'Central' }, remoteStartId: 7, evseId: 1 }
  const eventsOf = () =>
    stage.central.of('S', 'TransactionEvent') as readonly (Payload & { readonly transactionInfo: Payload })[]

  it('starts remotely, says which wish it was once, and stops remotely', async () => {
    expect(await stage.call('RequestStartTransaction', remote)).toEqual({ status: 'Accepted' })
    expect(await stage.call('RequestStartTransaction', { ...remote, evseId: 5 })).toMatchObject({
      status: 'Rejected',
      statusInfo: { reasonCode: 'UnknownEvse' },
    })
    expect(await stage.call('RequestStartTransaction', remote)).toMatchObject({
      statusInfo: { reasonCode: 'TxInProgress' },
    })
    stage.station.plug(1)
    await stage.time.pass(60)
    const [started] = eventsOf()
    expect(started).toMatchObject({
      eventType: 'Started',
      triggerReason: 'CablePluggedIn',
      evse: { id: 1, connectorId: 1 },
      idToken: remote.idToken,
    })
    expect(eventsOf().filter(({ transactionInfo }) => transactionInfo['remoteStartId'] === 7)).toHaveLength(1)
    const { transactionId } = started?.transactionInfo ?? {}
    expect(await stage.call('GetTransactionStatus', { transactionId })).toEqual({
      ongoingIndicator: true,
      messagesInQueue: false,
    })
    expect(await stage.call('RequestStopTransaction', { transactionId: 'none' })).toMatchObject({ status: 'Rejected' })
    expect(await stage.call('RequestStopTransaction', { transactionId })).toEqual({ status: 'Accepted' })
    await stage.time.pass(2)
    expect(eventsOf().at(-1)).toMatchObject({
      eventType: 'Ended',
      triggerReason: 'RemoteStop',
      transactionInfo: { stoppedReason: 'Remote' },
    })
    expect(await stage.call('GetTransactionStatus', { transactionId })).toEqual({
      ongoingIndicator: false,
      messagesInQueue: false,
    })
  })

  it('numbers its events from 0 without a gap, and tells once what is to be told once', async () => {
    await stage.charge()
    stage.station.presentCard(1, card)
    await stage.time.pass(3)
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
      stage.call('SetVariables', {
        setVariableData: [{ component: { name: component }, variable: { name: variable }, attributeValue }],
      })
    await set('TxCtrlr', 'TxStartPoint', 'EVConnected')
    await set('TxCtrlr', 'TxStopPoint', 'EVConnected')
    stage.station.plug(1)
    await stage.time.pass(5)
    expect(eventsOf()).toMatchObject([
      { eventType: 'Started', triggerReason: 'CablePluggedIn', transactionInfo: { chargingState: 'EVConnected' } },
    ])
    const { transactionId } = eventsOf()[0]?.transactionInfo ?? {}
    expect(await stage.call('RequestStartTransaction', remote)).toEqual({ status: 'Accepted', transactionId })
    await stage.time.pass(10)
    expect(eventsOf()[1]).toMatchObject({
      triggerReason: 'RemoteStart',
      idToken: remote.idToken,
      transactionInfo: { remoteStartId: 7 },
    })
    expect(stage.transaction()?.chargingState).toBe('Charging')
    await stage.call('RequestStopTransaction', { transactionId })
    await stage.time.pass(5)
    expect(eventsOf().at(-1)).toMatchObject({
      eventType: 'Updated',
      triggerReason: 'RemoteStop',
      transactionInfo: { chargingState: 'EVConnected' },
    })
    stage.station.unplug(1)
    await stage.time.pass(5)
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
    await stage.call('SetVariables', { setVariableData: data })
    stage.station.presentCard(1, card)
    await stage.time.pass(40)
    expect(eventsOf()).toMatchObject([
      { eventType: 'Started', triggerReason: 'Authorized', evse: { id: 1 } },
      { eventType: 'Ended', triggerReason: 'EVConnectTimeout', transactionInfo: { stoppedReason: 'Timeout' } },
    ])
  })

  it('resets at once or when idle', async () => {
    await stage.charge()
    expect(await stage.call('Reset', { type: 'OnIdle' })).toEqual({ status: 'Scheduled' })
    await stage.time.pass(20)
    expect(stage.transaction()).toBeDefined()
    stage.station.unplug(1)
    await stage.time.pass(30)
    expect(stage.last('BootNotification')).toMatchObject({ reason: 'ScheduledReset' })
    await stage.charge()
    expect(await stage.call('Reset', { type: 'Immediate' })).toEqual({ status: 'Accepted' })
    await stage.time.pass(30)
    expect(eventsOf().at(-1)).toMatchObject({
      triggerReason: 'ResetCommand',
      transactionInfo: { stoppedReason: 'ImmediateReset' },
    })
    expect(stage.last('BootNotification')).toMatchObject({ reason: 'RemoteReset' })
    expect(await stage.call('Reset', { type: 'Immediate', evseId: 1 })).toMatchObject({ status: 'Rejected' })
  })

  it('does not unlock while an authorised transaction runs', async () => {
    await stage.charge()
    expect(await stage.call('UnlockConnector', { evseId: 1, connectorId: 1 })).toEqual({
      status: 'OngoingAuthorizedTransaction',
    })
    expect(await stage.call('UnlockConnector', { evseId: 2, connectorId: 1 })).toEqual({ status: 'Unlocked' })
    expect(await stage.call('UnlockConnector', { evseId: 2, connectorId: 2 })).toEqual({ status: 'UnknownConnector' })
  })

  it('goes out of service by station, EVSE and connector', async () => {
    await stage.charge()
    expect(
      await stage.call('ChangeAvailability', { operationalStatus: 'Inoperative', evse: { id: 2, connectorId: 1 } }),
    ).toEqual({ status: 'Accepted' })
    expect(await stage.call('ChangeAvailability', { operationalStatus: 'Inoperative' })).toEqual({
      status: 'Scheduled',
    })
    stage.station.unplug(1)
    await stage.time.pass(2)
    expect(stage.station.state().inoperative.toSorted()).toEqual(['2.1', 'station'])
    expect(stage.station.state().reported).toEqual({ '1.1': 'Unavailable ', '2.1': 'Unavailable ' })
    stage.station.plug(1)
    stage.station.presentCard(1, card)
    await stage.time.pass(2)
    expect(stage.transaction()).toBeUndefined()
  })

  it.each([
    ['Heartbeat', {}, 'Heartbeat'],
    ['StatusNotification', { evse: { id: 1, connectorId: 1 } }, 'StatusNotification'],
    ['MeterValues', { evse: { id: 1 } }, 'MeterValues'],
    ['TransactionEvent', { evse: { id: 1 } }, 'TransactionEvent'],
    ['LogStatusNotification', {}, 'LogStatusNotification'],
    ['FirmwareStatusNotification', {}, 'FirmwareStatusNotification'],
  ])('sends %s when asked', async (requestedMessage, more, expected) => {
    await stage.charge()
    expect(await saidAfter('TriggerMessage', { requestedMessage, ...more })).toContain(expected)
    if (requestedMessage === 'TransactionEvent')
      expect(eventsOf().some(({ triggerReason }) => triggerReason === 'Trigger')).toBe(true)
  })

  it('refuses to be asked for a boot it does not need, or for what it has not', async () => {
    const ask = (requestedMessage: string, more: Payload = {}) =>
      stage.call('TriggerMessage', { requestedMessage, ...more })
    expect(await ask('BootNotification')).toMatchObject({ status: 'Rejected' })
    expect(await ask('StatusNotification')).toMatchObject({ status: 'Rejected' })
    expect(await ask('TransactionEvent', { evse: { id: 1 } })).toMatchObject({ status: 'Rejected' })
    expect(await ask('SignChargingStationCertificate')).toEqual({ status: 'NotImplemented' })
  })

  it('reports its whole device model in parts', async () => {
    expect(await stage.call('GetBaseReport', { requestId: 5, reportBase: 'FullInventory' })).toEqual({
      status: 'Accepted',
    })
    await stage.time.pass(2)
    const parts = stage.central.of('S', 'NotifyReport')
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
    expect(await stage.call('GetReport', { requestId: 6, componentVariable })).toEqual({ status: 'Accepted' })
    expect(
      await stage.call('GetReport', { requestId: 6, componentVariable: [{ component: { name: 'Nothing' } }] }),
    ).toEqual({
      status: 'EmptyResultSet',
    })
    await stage.time.pass(2)
    expect(stage.last('NotifyReport')).toMatchObject({ requestId: 6, seqNo: 0, tbc: false })
  })

  it('tells and takes variables', async () => {
    const ask = (name: string, variable: string, more: Payload = {}) => ({
      component: { name },
      variable: { name: variable },
      ...more,
    })
    const { getVariableResult } = await stage.call('GetVariables', {
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
    const { setVariableResult } = await stage.call('SetVariables', {
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
    await stage.time.pass(5)
    expect(stage.central.passwords.get('S')).toBe('a-new-password-of-length')
    await stage.charge()
    expect(eventsOf().filter(({ triggerReason }) => triggerReason === 'MeterValuePeriodic').length).toBeGreaterThan(9)
  })

  it('keeps a local list by its version', async () => {
    const entry = { idToken: { idToken: 'GOOD', type: 'ISO14443' }, idTokenInfo: { status: 'Accepted' } }
    const send = (versionNumber: number, updateType: string) =>
      stage.call('SendLocalList', { versionNumber, updateType, localAuthorizationList: [entry] })
    expect(await send(3, 'Full')).toEqual({ status: 'Accepted' })
    expect(await send(3, 'Differential')).toEqual({ status: 'VersionMismatch' })
    expect(await stage.call('GetLocalListVersion', {})).toEqual({ versionNumber: 3 })
    stage.station.goOffline()
    stage.station.plug(1)
    stage.station.presentCard(1, 'GOOD')
    expect(stage.transaction()?.token?.uid).toBe('GOOD')
  })

  it('answers what it does not know or support', async () => {
    expect(await stage.call('DataTransfer', { vendorId: 'x' })).toEqual({ status: 'UnknownVendorId' })
    expect(await stage.call('ClearCache', {})).toEqual({ status: 'Accepted' })
    expect(await stage.central.tryCall('S', 'CancelReservation', { reservationId: 1 })).toMatchObject({
      kind: 'error',
      code: 'NotSupported',
    })
  })
})

it.each([true, false])('2.1 tells connector states as events: %j', async (statusByEvent) => {
  await stage.begin({ protocol: 'ocpp2.1', statusByEvent })
  const event = { actualValue: 'Available', component: { name: 'Connector' }, variable: { name: 'AvailabilityState' } }
  if (statusByEvent) expect(stage.last('NotifyEvent')).toMatchObject({ eventData: [event] })
  else expect(stage.last('StatusNotification')).toMatchObject({ connectorStatus: 'Available' })
  expect(stage.actions()).not.toContain(statusByEvent ? 'StatusNotification' : 'NotifyEvent')
})
