import { afterAll, beforeAll, expect } from 'vitest'
import { behaviour } from './behaviour.ts'
import { alertsOf, command, openSpeaker, type Speaker, sessionsOf, start, status, stop, until } from './station.ts'
import { openWhole, type Whole } from './whole.ts'

let whole: Whole
beforeAll(async () => {
  whole = await openWhole()
})
afterAll(async () => {
  expect(whole.errors).toEqual([])
  await whole.close()
})

interface SeenStation {
  readonly seen: string
  readonly connection: { readonly state: string }
  readonly evses: readonly {
    readonly id: number
    readonly seen: string
    readonly declared: boolean
    readonly report?: { readonly status: string; readonly phase?: string; readonly errorCode?: string }
  }[]
}
const seen = async ({ id }: Speaker): Promise<SeenStation> =>
  (await whole.call<SeenStation>('GET', `/v1/stations/${id}`)).body
const evse = async (station: Speaker, id = 1) => (await seen(station)).evses.find((one) => one.id === id)
const one = async (station: Speaker) => (await sessionsOf(whole, station)).at(-1)
const now = (): string => whole.clock.now().toString()

behaviour('availability-set', async (version) => {
  const station = await openSpeaker(whole, version)
  await (await command(whole, station, { kind: 'set-availability', operative: false })).ended('answered')
  station.answer = () => ({ kind: 'result', payload: { status: 'Scheduled' } })
  const later = await command(whole, station, { kind: 'set-availability', operative: false, evse: 2 })
  expect(await later.ended('answered', 'failed')).toMatchObject({ state: 'answered', answer: { outcome: 'scheduled' } })
  expect(station.socket.calls.map(({ payload }) => payload)).toEqual(
    station.is16
      ? [
          { connectorId: 0, type: 'Inoperative' },
          { connectorId: 2, type: 'Inoperative' },
        ]
      : [{ operationalStatus: 'Inoperative' }, { operationalStatus: 'Inoperative', evse: { id: 2 } }],
  )
  await station.close()
})

behaviour('status-whole', async () => {
  const station = await openSpeaker(whole, 'ocpp1.6')
  await status(whole, station, 'Available')
  await status(whole, station, 'Available', { evse: 0 })
  expect((await evse(station))?.seen).toBe('free')
  await status(whole, station, 'Unavailable', { evse: 0 })
  expect((await evse(station))?.seen).not.toBe('free')
  await station.close()
})

behaviour('status-skips', async () => {
  const station = await openSpeaker(whole, 'ocpp1.6')
  const words = [
    'Charging',
    'Available',
    'Finishing',
    'SuspendedEV',
    'Faulted',
    'Preparing',
    'Reserved',
    'SuspendedEVSE',
    'Unavailable',
  ]
  for (const phase of [...words, ...words.toReversed()]) {
    await status(whole, station, phase)
    const { report } = (await evse(station)) ?? {}
    expect([phase, report?.phase?.replace('-', '') ?? report?.status]).toEqual([phase, phase.toLowerCase()])
  }
  await station.close()
})

behaviour('warning-goes-on', async () => {
  const station = await openSpeaker(whole, 'ocpp1.6')
  const { told } = await start(whole, station)
  whole.clock.move({ seconds: 30 })
  await status(whole, station, 'Charging', { errorCode: 'WeakSignal' })
  expect(await evse(station)).toMatchObject({ seen: 'charging', report: { errorCode: 'WeakSignal' } })
  whole.clock.move({ seconds: 30 })
  await stop(whole, station, told, 1_500)
  expect(await one(station)).toMatchObject({ state: 'ended', energyWh: 500, flags: [] })
  await status(whole, station, 'Available', { errorCode: 'WeakSignal' })
  expect((await evse(station))?.seen).toBe('free')
  await station.close()
})

behaviour('sibling-derived', async (version) => {
  const station = await openSpeaker(whole, version)
  const say = (connectorId: number, connectorStatus: string) =>
    station.call('StatusNotification', { timestamp: now(), connectorStatus, evseId: 1, connectorId })
  await say(1, 'Available')
  await say(2, 'Available')
  expect((await evse(station))?.seen).toBe('free')
  await say(2, 'Occupied')
  expect((await evse(station))?.seen).not.toBe('free')
  await say(2, 'Available')
  expect((await evse(station))?.seen).toBe('free')
  await station.close()
})

behaviour('status-by-event', async (version) => {
  const station = await openSpeaker(whole, version)
  const say = (actualValue: string) =>
    station.call('NotifyEvent', {
      generatedAt: now(),
      seqNo: 0,
      tbc: false,
      eventData: [
        {
          eventId: 1,
          timestamp: now(),
          trigger: 'Delta',
          actualValue,
          eventNotificationType: 'HardWiredNotification',
          component: { name: 'Connector', evse: { id: 1, connectorId: 1 } },
          variable: { name: 'AvailabilityState' },
        },
      ],
    })
  await say('Available')
  expect((await evse(station))?.seen).toBe('free')
  await say('Faulted')
  expect((await evse(station))?.seen).toBe('faulted')
  await station.close()
})

behaviour('fault-told-twice', async (version) => {
  const station = await openSpeaker(whole, version)
  const say = (cleared: boolean, evse: number) =>
    station.call('NotifyEvent', {
      generatedAt: now(),
      seqNo: 0,
      tbc: false,
      eventData: [
        {
          eventId: 2,
          timestamp: now(),
          trigger: 'Alerting',
          actualValue: String(!cleared),
          cleared,
          eventNotificationType: 'HardWiredNotification',
          component: { name: 'RCD', evse: { id: evse } },
          variable: { name: 'Tripped' },
        },
      ],
    })
  await status(whole, station, 'Faulted')
  await say(false, 1)
  await say(false, 2)
  await status(whole, station, 'Faulted', { evse: 2 })
  const alerts = await alertsOf(whole, station)
  const codes = new Map(alerts.map(({ evidence }) => [evidence['evse'], evidence['errorCode']]))
  expect(codes).toEqual(new Map([1, 2].map((number) => [number, 'RCD.Tripped'])))
  const fault = { kind: 'station-faulted', severity: 'critical', count: 1 }
  expect(alerts).toMatchObject([fault, fault])
  for (const evseId of [1, 2]) {
    await say(true, evseId)
    await status(whole, station, 'Available', { evse: evseId })
  }
  expect(await alertsOf(whole, station)).toEqual([])
  await station.close()
})

behaviour('unreachable-is-unknown', async (version) => {
  const station = await openSpeaker(whole, version)
  await status(whole, station, 'Available')
  await station.close()
  await until(async () => (await seen(station)).connection.state === 'offline')
  expect((await evse(station))?.seen).toBe('offline')
  await station.connect()
  expect((await evse(station))?.seen).toBe('free')
  await station.close()
})

behaviour('undeclared-evse', async (version) => {
  const station = await openSpeaker(whole, version)
  await status(whole, station, 'Available', { evse: 7 })
  expect(await evse(station, 7)).toMatchObject({ seen: 'free', declared: false })
  await status(whole, station, 'Available', { evse: 40_000 })
  expect(await evse(station, 40_000)).toBeUndefined()
  const { told } = await start(whole, station, { evse: 7 })
  await stop(whole, station, told, 1_100)
  expect(await one(station)).toMatchObject({ state: 'ended', evseId: 7 })
  await station.close()
})

behaviour('settings-read', async (version) => {
  const station = await openSpeaker(whole, version)
  const variable = { component: { name: 'TxCtrlr' }, variable: { name: 'EVConnectionTimeOut' } }
  station.answer = ({ action }) => {
    if (action === 'GetConfiguration') {
      return {
        kind: 'result',
        payload: {
          configurationKey: [{ key: 'ConnectionTimeOut', readonly: false, value: '90' }],
          unknownKey: ['Foo'],
        },
      }
    }
    if (action === 'GetVariables') {
      return {
        kind: 'result',
        payload: { getVariableResult: [{ ...variable, attributeStatus: 'Accepted', attributeValue: '90' }] },
      }
    }
    return { kind: 'result', payload: { status: 'Accepted' } }
  }
  const name = station.is16 ? 'ConnectionTimeOut' : 'TxCtrlr.EVConnectionTimeOut'
  const read = await command(whole, station, { kind: 'read-settings', names: [name] })
  expect(await read.ended('answered', 'failed')).toMatchObject({ answer: { settings: [{ name, value: '90' }] } })
  const all = await command(whole, station, { kind: 'read-settings' })
  if (!station.is16) {
    const asked = await until(() => station.socket.calls.find(({ action }) => action === 'GetBaseReport'))
    const part = (seqNo: number, tbc: boolean) =>
      station.call('NotifyReport', {
        requestId: asked.payload['requestId'],
        generatedAt: now(),
        seqNo,
        tbc,
        reportData: [{ ...variable, variableAttribute: [{ value: String(seqNo) }] }],
      })
    await part(0, true)
    await part(1, true)
    await part(2, false)
  }
  const ended = await all.ended(station.is16 ? 'answered' : 'effect-seen')
  expect((ended.answer as unknown as { settings: unknown[] }).settings).toHaveLength(station.is16 ? 1 : 3)
  await station.close()
})

behaviour('settings-over-reconnect', async (version) => {
  const station = await openSpeaker(whole, version)
  const asked: unknown[] = []
  station.answer = ({ action, payload }) => {
    if (action === 'GetBaseReport') asked.push(payload['requestId'])
    return { kind: 'result', payload: { status: 'Accepted' } }
  }
  const part = (requestId: unknown, seqNo: number, tbc: boolean) =>
    station.call('NotifyReport', {
      requestId,
      generatedAt: now(),
      seqNo,
      tbc,
      reportData: [
        { component: { name: 'TxCtrlr' }, variable: { name: `V${seqNo}` }, variableAttribute: [{ value: '1' }] },
      ],
    })
  const names = async (reading: Awaited<ReturnType<typeof command>>) =>
    ((await reading.ended('effect-seen')).answer as unknown as { settings: { name: string }[] }).settings.map(
      ({ name }) => name,
    )
  const complete = ['TxCtrlr.V0', 'TxCtrlr.V1', 'TxCtrlr.V2']
  // The connection breaks between two parts; what was not sure to have arrived is sent again.
  const joined = await command(whole, station, { kind: 'read-settings' })
  const first = await until(() => asked[0])
  await joined.ended('answered')
  await part(first, 0, true)
  await part(first, 1, true)
  await station.close()
  await station.connect()
  await part(first, 1, true)
  await part(first, 2, false)
  expect(await names(joined)).toEqual(complete)
  // Here a part was lost with the connection.
  const gap = await command(whole, station, { kind: 'read-settings' })
  const second = await until(() => asked[1])
  await gap.ended('answered')
  await part(second, 0, true)
  await station.close()
  await station.connect()
  await part(second, 2, false)
  const third = await until(() => asked[2])
  expect(third).not.toBe(second)
  for (const seqNo of [0, 1, 2]) await part(third, seqNo, seqNo < 2)
  expect(await names(gap)).toEqual(complete)
  await station.close()
})

behaviour('settings-written', async (version) => {
  const station = await openSpeaker(whole, version)
  const name = station.is16 ? 'ConnectionTimeOut' : 'TxCtrlr.EVConnectionTimeOut'
  for (const [said, state] of [
    ['Accepted', 'answered'],
    ['RebootRequired', 'answered'],
    ['Rejected', 'failed'],
    [station.is16 ? 'NotSupported' : 'UnknownVariable', 'failed'],
  ] as const) {
    station.answer = ({ payload }) => {
      const [item] = (payload['setVariableData'] ?? []) as { component: object; variable: object }[]
      return {
        kind: 'result',
        payload: station.is16
          ? { status: said }
          : { setVariableResult: [{ component: item?.component, variable: item?.variable, attributeStatus: said }] },
      }
    }
    const written = await command(whole, station, { kind: 'write-settings', settings: [{ name, value: '90' }] })
    expect([said, (await written.ended('answered', 'failed')).state]).toEqual([said, state])
  }
  await station.close()
})

behaviour('settings-unordered', async (version) => {
  const station = await openSpeaker(whole, version)
  station.answer = ({ payload }) => {
    const items = payload['setVariableData'] as { component: object; variable: { name: string } }[]
    const setVariableResult = items.toReversed().map(({ component, variable }) => ({
      component,
      variable,
      attributeStatus: variable.name === 'StopTxOnInvalidId' ? 'Rejected' : 'Accepted',
    }))
    return { kind: 'result', payload: { setVariableResult } }
  }
  const settings = ['EVConnectionTimeOut', 'StopTxOnInvalidId', 'MaxEnergyOnInvalidId'].map((name) => ({
    name: `TxCtrlr.${name}`,
    value: '1',
  }))
  const written = await command(whole, station, { kind: 'write-settings', settings })
  expect(await written.ended('answered', 'failed')).toMatchObject({ state: 'failed', failure: 'rejected' })
  await station.close()
})

behaviour('security-event', async (version) => {
  const station = await openSpeaker(whole, version)
  await station.call('SecurityEventNotification', { type: 'TamperDetectionActivated', timestamp: now() })
  await until(async () =>
    (await alertsOf(whole, station)).some(
      ({ kind, evidence }) => kind === 'security-event' && evidence['code'] === 'TamperDetectionActivated',
    ),
  )
  await station.close()
})

behaviour('secret-settings', async (version) => {
  const station = await openSpeaker(whole, version)
  const [action, payload] = station.is16
    ? ['ChangeConfiguration', { key: 'AuthorizationKey', value: 'x'.repeat(40) }]
    : [
        'SetVariables',
        {
          setVariableData: [
            {
              component: { name: 'SecurityCtrlr' },
              variable: { name: 'BasicAuthPassword' },
              attributeValue: 'x'.repeat(20),
            },
          ],
        },
      ]
  const refused = await whole.call<{ errors: { code: string }[] }>('POST', `/v1/stations/${station.id}/commands`, {
    kind: 'raw-call',
    action,
    payload,
  })
  expect([refused.status, refused.body.errors[0]?.code]).toEqual([400, 'credential-by-setting'])
  expect(station.socket.calls).toEqual([])
  await station.close()
})
