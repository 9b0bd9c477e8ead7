import { expect, it } from 'vitest'
import { behaviour } from './behaviour.ts'
import { command, openSpeaker, until } from './station.ts'
import { useWhole } from './use-whole.ts'

const whole = await useWhole()

const now = (): string => whole.clock.now().toString()

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

it.each(['ocpp2.0.1', 'ocpp2.1'] as const)(
  'numbers of a report beyond all bounds are answered (attack 9, %s)',
  async (version) => {
    const station = await openSpeaker(whole, version)
    const before = whole.errors.length
    const reading = await command(whole, station, { kind: 'read-settings' })
    const asked = await until(() => station.socket.calls.find(({ action }) => action === 'GetBaseReport'))
    await reading.ended('answered')
    const { requestId } = asked.payload
    for (const numbers of [
      { requestId: 1e18, seqNo: 0 },
      { requestId: 1e308, seqNo: 0 },
      { requestId, seqNo: 1e18 },
      { requestId, seqNo: 1e308 },
    ]) {
      expect(await station.call('NotifyReport', { ...numbers, generatedAt: now(), tbc: true })).toEqual({})
    }
    expect(whole.errors.slice(before)).toEqual([])
    await station.close()
  },
)

behaviour('settings-in-messages', async (version) => {
  const station = await openSpeaker(whole, version)
  // One name is unknown to it: that is said of the whole, and the others are read.
  const unknown = station.is16 ? 'Key2' : 'TxCtrlr.Key2'
  const limits = station.is16
    ? { GetConfigurationMaxKeys: '2' }
    : {
        'DeviceDataCtrlr.ItemsPerMessage[GetVariables]': '2',
        'devicedatactrlr.itemspermessage[SetVariables]': '100',
        'DeviceDataCtrlr.BytesPerMessage[SetVariables]': '400',
      }
  const asked: number[] = []
  station.answer = ({ action, payload }) => {
    const wanted = (payload['key'] ?? payload['getVariableData'] ?? payload['setVariableData'] ?? []) as Wanted[]
    if (Array.isArray(wanted)) asked.push(wanted.length)
    return { kind: 'result', payload: settingsOf(action, wanted, unknown, limits) }
  }
  const names = [1, 2, 3, 4, 5].map((n) => (station.is16 ? `Key${n}` : `TxCtrlr.Key${n}`))
  const read = async (wanted: readonly string[]) =>
    (await command(whole, station, { kind: 'read-settings', names: wanted })).ended('answered', 'failed')
  // While it has said nothing all go in one; the limits are read like any other setting.
  await read(names)
  await read(Object.keys(limits))
  expect(asked.splice(0)).toEqual(station.is16 ? [5, 1] : [5, 3])
  const ended = await read(names)
  expect(asked.splice(0)).toEqual([2, 2, 1])
  const { settings } = ended.answer as unknown as { settings: { name: string; value?: string }[] }
  expect(settings.filter(({ value }) => value === '7').map(({ name }) => name)).toEqual(
    names.filter((name) => name !== unknown),
  )
  expect(ended.state).toBe(station.is16 ? 'answered' : 'failed')
  if (!station.is16) {
    const settingsToWrite = names.map((name) => ({ name, value: 'x'.repeat(60) }))
    const write = await command(whole, station, { kind: 'write-settings', settings: settingsToWrite })
    await write.ended('answered')
    expect(asked.reduce((sum, count) => sum + count, 0)).toBe(5)
    const written = station.socket.calls.filter(({ action }) => action === 'SetVariables')
    expect(written.length).toBeGreaterThan(1)
    for (const { payload } of written) expect(JSON.stringify(payload).length).toBeLessThan(400)
  }
  await station.close()
})

type Wanted = string | { readonly component: { readonly name: string }; readonly variable: Named }
interface Named {
  readonly name: string
  readonly instance?: string
}

/** A station that knows its limits, one name not at all, and says 7 of all others. */
function settingsOf(action: string, wanted: readonly Wanted[], unknown: string, limits: Record<string, string>) {
  const nameOf = (one: Wanted): string => {
    if (typeof one === 'string') return one
    const { name, instance } = one.variable
    return `${one.component.name}.${name}${instance === undefined ? '' : `[${instance}]`}`
  }
  if (action === 'GetConfiguration') {
    const known = wanted.map(nameOf).filter((key) => key !== unknown)
    return {
      configurationKey: known.map((key) => ({ key, readonly: true, value: limits[key] ?? '7' })),
      ...(known.length < wanted.length ? { unknownKey: [unknown] } : {}),
    }
  }
  const results = wanted.map((one) => {
    const { component, variable } = one as Exclude<Wanted, string>
    const name = nameOf(one)
    if (action === 'SetVariables') return { component, variable, attributeStatus: 'Accepted' }
    return name === unknown
      ? { component, variable, attributeStatus: 'UnknownVariable' }
      : { component, variable, attributeStatus: 'Accepted', attributeValue: limits[name] ?? '7' }
  })
  return { [action === 'SetVariables' ? 'setVariableResult' : 'getVariableResult']: results }
}

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
