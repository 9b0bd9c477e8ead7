import { beforeEach, describe, expect, it } from 'vitest'
import type { Payload } from './state.ts'
import { stageForEach } from './testing-stage.ts'

const stage = stageForEach()

/** Everything that was said after a call of the central system. */
async function saidAfter(action: string, payload: Payload): Promise<readonly string[]> {
  const before = stage.central.heard.length
  const answer = await stage.call(action, payload)
  expect(answer['status']).toBe('Accepted')
  await stage.time.pass(1)
  return stage.actions().slice(before)
}

describe('a station of 1.6', () => {
  beforeEach(async () => void (await stage.begin({ protocol: 'ocpp1.6', evses: 2 })))

  it('starts remotely, waits for the cable, and stops remotely', async () => {
    expect(await stage.call('RemoteStartTransaction', { idTag: 'S-REMOTE', connectorId: 2 })).toEqual({
      status: 'Accepted',
    })
    expect(await stage.call('RemoteStartTransaction', { idTag: 'OTHER', connectorId: 2 })).toEqual({
      status: 'Rejected',
    })
    expect(stage.central.of('S', 'Authorize')).toEqual([])
    await stage.time.pass(5)
    expect(stage.last('StatusNotification')).toMatchObject({ connectorId: 2, status: 'Preparing' })
    stage.station.plug(2)
    await stage.time.pass(10)
    expect(stage.last('StartTransaction')).toMatchObject({ connectorId: 2, idTag: 'S-REMOTE' })
    expect(await stage.call('RemoteStopTransaction', { transactionId: 77 })).toEqual({ status: 'Rejected' })
    expect(await stage.call('RemoteStopTransaction', { transactionId: 1001 })).toEqual({ status: 'Accepted' })
    await stage.time.pass(2)
    expect(stage.last('StopTransaction')).toMatchObject({ transactionId: 1001, reason: 'Remote' })
    expect(stage.last('StatusNotification')).toMatchObject({ connectorId: 2, status: 'Finishing' })
  })

  it('asks about the token of a remote start where AuthorizeRemoteTxRequests says so', async () => {
    await stage.call('ChangeConfiguration', { key: 'AuthorizeRemoteTxRequests', value: 'true' })
    stage.station.plug(1)
    await stage.call('RemoteStartTransaction', { idTag: 'S-REMOTE', connectorId: 1 })
    await stage.time.pass(5)
    expect(stage.last('Authorize')).toEqual({ idTag: 'S-REMOTE' })
    expect(stage.transaction()?.token?.uid).toBe('S-REMOTE')
  })

  it.each([
    ['Soft', 'SoftReset'],
    ['Hard', 'HardReset'],
  ])('ends what runs at a %s reset and boots again after some seconds', async (type, reason) => {
    await stage.charge()
    expect(await stage.call('Reset', { type })).toEqual({ status: 'Accepted' })
    await stage.time.pass(30)
    expect(stage.last('StopTransaction')).toMatchObject({ reason })
    expect(stage.central.of('S', 'BootNotification')).toHaveLength(2)
    expect(stage.station.state().registration).toBe('Accepted')
  })

  it('unlocks, ending what runs', async () => {
    await stage.charge()
    expect(await stage.call('UnlockConnector', { connectorId: 9 })).toEqual({ status: 'NotSupported' })
    expect(await stage.call('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'Unlocked' })
    await stage.time.pass(1)
    expect(stage.last('StopTransaction')).toMatchObject({ reason: 'UnlockCommand' })
    stage.station.setFaults({ connectorLock: [1] })
    expect(await stage.call('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'UnlockFailed' })
  })

  it('goes out of service at once or after the transaction, and stays so over a reboot', async () => {
    await stage.charge()
    expect(await stage.call('ChangeAvailability', { connectorId: 0, type: 'Inoperative' })).toEqual({
      status: 'Scheduled',
    })
    expect(await stage.call('ChangeAvailability', { connectorId: 2, type: 'Inoperative' })).toEqual({
      status: 'Accepted',
    })
    expect(await stage.call('ChangeAvailability', { connectorId: 7, type: 'Inoperative' })).toEqual({
      status: 'Rejected',
    })
    stage.station.unplug(1)
    stage.station.reboot()
    await stage.time.pass(30)
    const statuses = new Map(
      stage.central.of('S', 'StatusNotification').map(({ connectorId, status }) => [connectorId, status]),
    )
    expect(Object.fromEntries(statuses)).toEqual({ 0: 'Unavailable', 1: 'Unavailable', 2: 'Unavailable' })
    await stage.call('ChangeAvailability', { connectorId: 0, type: 'Operative' })
    await stage.time.pass(1)
    // A connector that was set out of service itself does not come back with the stage.station.
    expect(stage.station.state().inoperative).toEqual(['2'])
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
    await stage.charge()
    const said = await saidAfter('TriggerMessage', { requestedMessage, ...more })
    expect(said.slice(0, expected.length)).toEqual(expected)
    if (requestedMessage === 'MeterValues') {
      expect(JSON.stringify(stage.last('MeterValues'))).toContain('"context":"Trigger"')
      expect(stage.last('MeterValues')).toMatchObject({ transactionId: 1001 })
    }
  })

  it('tells and takes settings', async () => {
    const all = (await stage.call('GetConfiguration', {}))['configurationKey'] as readonly Payload[]
    expect(all.length).toBeGreaterThan(20)
    expect(all).toContainEqual({ key: 'NumberOfConnectors', readonly: true, value: '2' })
    expect(all.map(({ key }) => key)).not.toContain('AuthorizationKey')
    const some = await stage.call('GetConfiguration', { key: ['HeartbeatInterval', 'Nonsense'] })
    expect(some).toEqual({
      configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }],
      unknownKey: ['Nonsense'],
    })
    const set = async (key: string, value: string) =>
      (await stage.call('ChangeConfiguration', { key, value }))['status']
    expect(await set('MeterValueSampleInterval', '5')).toBe('Accepted')
    expect(await set('MeterValueSampleInterval', '-1')).toBe('Rejected')
    expect(await set('MeterValuesSampledData', 'Energy.Active.Import.Register,Nonsense')).toBe('Rejected')
    expect(await set('SupportedFeatureProfiles', 'Core')).toBe('Rejected')
    expect(await set('Nonsense', '1')).toBe('NotSupported')
    await stage.charge()
    expect(stage.central.of('S', 'MeterValues').length).toBeGreaterThan(9)
  })

  it('comes again with a new key that was set', async () => {
    expect(
      await stage.call('ChangeConfiguration', {
        key: 'AuthorizationKey',
        value: '0011223344556677889900112233445566778899',
      }),
    ).toEqual({ status: 'Accepted' })
    await stage.time.pass(5)
    expect(stage.central.passwords.get('S')).toBe('0011223344556677889900112233445566778899')
    expect(stage.station.state().isConnected).toBe(true)
    expect(stage.central.of('S', 'BootNotification')).toHaveLength(1)
  })

  it('keeps a local list and lets its cards start while offline', async () => {
    expect(await stage.call('GetLocalListVersion', {})).toEqual({ listVersion: 0 })
    const localAuthorizationList = [
      { idTag: 'GOOD', idTagInfo: { status: 'Accepted' } },
      { idTag: 'BAD', idTagInfo: { status: 'Blocked' } },
    ]
    expect(await stage.call('SendLocalList', { listVersion: 3, updateType: 'Full', localAuthorizationList })).toEqual({
      status: 'Accepted',
    })
    await stage.call('SendLocalList', {
      listVersion: 4,
      updateType: 'Differential',
      localAuthorizationList: [{ idTag: 'gone' }],
    })
    expect(await stage.call('GetLocalListVersion', {})).toEqual({ listVersion: 4 })
    stage.station.goOffline()
    for (const [evse, uid] of [
      [1, 'BAD'],
      [2, 'good'],
    ] as const) {
      stage.station.plug(evse)
      stage.station.presentCard(evse, uid)
    }
    expect([stage.transaction(1)?.token, stage.transaction(2)?.token?.uid]).toEqual([undefined, 'good'])
    stage.station.goOnline()
    await stage.time.pass(20)
    expect(await stage.call('ClearCache', {})).toEqual({ status: 'Accepted' })
  })

  it('knows no vendor, and says what it does not support', async () => {
    expect(await stage.call('DataTransfer', { vendorId: 'x' })).toEqual({ status: 'UnknownVendorId' })
    expect(await stage.central.tryCall('S', 'GetDiagnostics', { location: 'http://127.0.0.1/' })).toMatchObject({
      kind: 'error',
      code: 'NotSupported',
    })
  })

  it('does not answer while it is mute', async () => {
    stage.station.setFaults({ mute: true })
    expect(await stage.central.tryCall('S', 'ClearCache', {}, 1_000)).toMatchObject({ kind: 'timed-out' })
  })
})
