import { expect } from 'vitest'
import { newId, sql } from '../../server/src/platform/index.ts'
import { behaviour } from './behaviour.ts'
import {
  alertsOf,
  CARD_OF,
  event,
  meter,
  openSpeaker,
  recordsOf,
  type Speaker,
  sessionsOf,
  start,
  status,
  stop,
  type Told,
  until,
} from './station.ts'
import { useWhole } from './use-whole.ts'

const whole = await useWhole()

const one = async (station: Speaker) => (await sessionsOf(whole, station)).at(-1)
const now = (): string => whole.clock.now().toString()

interface Sampled {
  readonly value: number
  readonly measurand?: string
  readonly phase?: string
  readonly unit?: string
  readonly multiplier?: number
  readonly location?: string
}

/** A session whose one reading on the way is as given; what register it was taken for. `apart`: each a value of its own. */
async function readAs(
  station: Speaker,
  sampled: readonly Sampled[],
  { apart = false } = {},
): Promise<number | undefined> {
  const { told } = await start(whole, station, { registerWh: 0 })
  whole.clock.move({ minutes: 20 })
  const values = sampled.map(({ value, unit, multiplier, ...rest }) =>
    station.is16
      ? { ...rest, value: String(value), ...(unit === undefined ? {} : { unit }) }
      : {
          ...rest,
          value,
          ...(unit === undefined && multiplier === undefined
            ? {}
            : {
                unitOfMeasure: {
                  ...(unit === undefined ? {} : { unit }),
                  ...(multiplier === undefined ? {} : { multiplier }),
                },
              }),
        },
  )
  const timestamp = now()
  const meterValue = apart
    ? values.map((value) => ({ timestamp, sampledValue: [value] }))
    : [{ timestamp, sampledValue: values }]
  if (station.is16)
    await station.call('MeterValues', { connectorId: 1, transactionId: Number(told.number), meterValue })
  else {
    await station.call('TransactionEvent', {
      eventType: 'Updated',
      timestamp: now(),
      triggerReason: 'MeterValuePeriodic',
      seqNo: 1,
      transactionInfo: { transactionId: told.number },
      meterValue,
    })
    told.seqNo = 2
  }
  const energyWh = (await one(station))?.energyWh
  whole.clock.move({ minutes: 20 })
  await stop(whole, station, told, 20_000)
  return energyWh
}

behaviour('defaults-read', async (version) => {
  const station = await openSpeaker(whole, version)
  expect(await readAs(station, [{ value: 15_435 }])).toBe(15_435)
  await station.close()
})

behaviour('units-normal', async (version) => {
  const station = await openSpeaker(whole, version)
  expect(await readAs(station, [{ value: 15.435, unit: 'kWh' }])).toBe(15_435)
  expect(await readAs(station, [{ value: 15_435, unit: 'Wh' }])).toBe(15_435)
  if (!station.is16) expect(await readAs(station, [{ value: 15.435, unit: 'Wh', multiplier: 3 }])).toBe(15_435)
  await station.close()
})

behaviour('phases-added', async (version) => {
  const station = await openSpeaker(whole, version)
  const phases = [5_100, 5_200, 5_135].map((value, index) => ({ value, phase: `L${index + 1}` }))
  expect(await readAs(station, phases)).toBe(15_435)
  expect(await readAs(station, [...phases, { value: 15_000 }])).toBe(15_000)
  await station.close()
})

behaviour('phases-apart', async (version) => {
  const station = await openSpeaker(whole, version)
  const phases = [5_100, 5_200, 5_135].map((value, index) => ({ value, phase: `L${index + 1}` }))
  expect(await readAs(station, phases, { apart: true })).toBe(15_435)
  expect(await readAs(station, [...phases, { value: 15_000 }], { apart: true })).toBe(15_000)
  await station.close()
})

behaviour('interval-apart', async (version) => {
  const station = await openSpeaker(whole, version)
  const interval = { value: 19_000, measurand: 'Energy.Active.Import.Interval' }
  expect(await readAs(station, [interval, { value: 15_435 }])).toBe(15_435)
  expect(await readAs(station, [interval])).toBe(0)
  await station.close()
})

behaviour('interval-summed', async (version) => {
  const tell = async (lost: number | undefined) => {
    const station = await openSpeaker(whole, version)
    const number = newId()
    const interval = (timestamp: string, value: number, context = 'Sample.Periodic') => ({
      timestamp,
      sampledValue: [{ value, context, measurand: 'Energy.Active.Import.Interval', unitOfMeasure: { unit: 'Wh' } }],
    })
    const event = (eventType: string, seqNo: number, more: object) =>
      station.call('TransactionEvent', {
        eventType,
        timestamp: now(),
        triggerReason: eventType === 'Updated' ? 'MeterValuePeriodic' : 'Authorized',
        seqNo,
        transactionInfo: { transactionId: number, chargingState: eventType === 'Ended' ? 'Idle' : 'Charging' },
        ...more,
      })
    const place = { evse: { id: 1, connectorId: 1 }, idToken: { idToken: CARD_OF.ordinary, type: 'ISO14443' } }
    await event('Started', 0, { ...place, meterValue: [interval(now(), 77, 'Transaction.Begin')] })
    const told: ReturnType<typeof interval>[] = []
    for (const [seqNo, value] of [1_100, 1_200, 1_300].entries()) {
      whole.clock.move({ minutes: 10 })
      told.push(interval(now(), value))
      if (seqNo + 1 === lost) continue
      // Told twice, under one number and beside what the clock asks for.
      for (let turn = 0; turn < 2; turn += 1) {
        await event('Updated', seqNo + 1, { meterValue: [...told.slice(-1), interval(now(), 900, 'Sample.Clock')] })
      }
    }
    whole.clock.move({ minutes: 5 })
    // The end tells all of them again, as stations may.
    await event('Ended', 4, {
      meterValue: [...(lost === undefined ? told : []), interval(now(), 400, 'Transaction.End')],
    })
    const id = (await one(station))?.id
    await until(async () => {
      whole.clock.move({ minutes: 4 })
      return (await recordsOf(whole, id)).length > 0 ? true : undefined
    })
    await station.close()
    return until(async () => {
      const { body } = await whole.call<{
        items: { sessionId: string; state: string; findings: { check: string }[] }[]
      }>('GET', `/v1/usage-errors?sessionId=${id}`)
      return body.items[0] === undefined ? undefined : { ...body.items[0], records: await recordsOf(whole, id) }
    })
  }
  const summed = await tell(undefined)
  expect(summed).toMatchObject({ state: 'corrected', findings: [{ check: 'intervals-summed' }] })
  expect(summed.records.at(-1)).toMatchObject({ revision: 2, reason: 'correction', energyWh: 4_000, estimated: false })
  expect(await tell(2)).toMatchObject({ state: 'held', records: [{ revision: 1, energyWh: 0 }] })
})

behaviour('begin-read-late', async (version) => {
  const station = await openSpeaker(whole, version)
  const charge = async (number: string, begun: 'Idle' | 'Charging') => {
    const told: Told = { number, evse: 1, seqNo: 0 }
    await event(whole, station, told, 'Started', { state: begun, uid: CARD_OF.ordinary })
    whole.clock.move({ seconds: 90 })
    await event(whole, station, told, 'Updated', { trigger: 'CablePluggedIn', state: 'EVConnected', names: true })
    whole.clock.move({ seconds: 10 })
    const flows = { trigger: 'ChargingStateChanged', state: 'Charging', registerWh: 1_000 }
    await event(whole, station, told, 'Updated', flows)
    whole.clock.move({ minutes: 10 })
    await stop(whole, station, told, 3_000)
    return one(station)
  }
  const sound = await charge(`late-${version}`, 'Idle')
  expect(sound).toMatchObject({ state: 'ended', energyWh: 2_000, flags: [] })
  whole.clock.move({ minutes: 1 })
  const open = await charge(`open-${version}`, 'Charging')
  expect(open).toMatchObject({ state: 'ended', flags: ['begin-reading-missing'] })
  const found = (id: string | undefined) =>
    whole.call<{ items: { findings: { check: string }[] }[] }>('GET', `/v1/usage-errors?sessionId=${id}`)
  const held = await until(async () => (await found(open?.id)).body.items[0])
  expect(held).toMatchObject({ state: 'held', findings: [{ check: 'begin-missing' }] })
  expect((await found(sound?.id)).body.items).toEqual([])
  await station.close()
})

behaviour('inlet-ignored', async (version) => {
  const station = await openSpeaker(whole, version)
  const upstream = version === 'ocpp2.1' ? ['Inlet', 'Upstream'] : ['Inlet']
  for (const location of upstream) {
    expect(
      await readAs(station, [
        { value: 19_000, location },
        { value: 15_435, location: 'Outlet' },
      ]),
    ).toBe(15_435)
    expect(await readAs(station, [{ value: 19_000, location }])).toBe(0)
  }
  await station.close()
})

behaviour('signed-kept', async (version) => {
  const station = await openSpeaker(whole, version)
  const signed = 'OCMF|{"FV":"1.0","RD":[{"RV":1.50}]}|{"SD":"30"}'
  const { told } = await start(whole, station)
  whole.clock.move({ minutes: 1 })
  const sampledValue = station.is16
    ? [{ value: signed, format: 'SignedData' }, { value: '1500' }]
    : [
        {
          value: 1_500,
          signedMeterValue: { signedMeterData: signed, signingMethod: '', encodingMethod: 'OCMF', publicKey: '' },
        },
      ]
  const meterValue = [{ timestamp: now(), sampledValue }]
  if (station.is16)
    await station.call('MeterValues', { connectorId: 1, transactionId: Number(told.number), meterValue })
  else {
    await station.call('TransactionEvent', {
      eventType: 'Updated',
      timestamp: now(),
      triggerReason: 'SignedDataReceived',
      seqNo: 1,
      transactionInfo: { transactionId: told.number },
      meterValue,
    })
  }
  expect((await one(station))?.energyWh).toBe(500)
  const rows = await whole.ground.database.inTenant(whole.tenantId, (tx) =>
    tx.rows<{ signed: string }>(sql`
      select s.signed from signed_meter_values s
      join transactions t on t.tenant_id = s.tenant_id and t.id = s.transaction_id
      where t.station_id = ${station.id}`),
  )
  const [kept] = rows.map((row) => row.signed)
  expect(station.is16 ? kept : (JSON.parse(String(kept)) as { signedMeterData: string }).signedMeterData).toBe(signed)
  expect(rows).toHaveLength(1)
  await station.close()
})

behaviour('meter-without-number', async () => {
  const station = await openSpeaker(whole, 'ocpp1.6')
  const { told } = await start(whole, station)
  whole.clock.move({ minutes: 1 })
  await station.call('MeterValues', {
    connectorId: 1,
    meterValue: [{ timestamp: now(), sampledValue: [{ value: '1300' }] }],
  })
  await station.call('MeterValues', {
    connectorId: 2,
    meterValue: [{ timestamp: now(), sampledValue: [{ value: '9999' }] }],
  })
  expect(await sessionsOf(whole, station)).toMatchObject([{ state: 'delivering', energyWh: 300 }])
  await stop(whole, station, told, 1_400)
  await station.close()
})

behaviour('idle-meter', async (version) => {
  const station = await openSpeaker(whole, version)
  const { told } = await start(whole, station)
  whole.clock.move({ minutes: 1 })
  for (const evseId of [0, 1, 2]) {
    await station.call('MeterValues', { evseId, meterValue: [{ timestamp: now(), sampledValue: [{ value: 90_000 }] }] })
  }
  await meter(whole, station, told, 1_300)
  expect(await sessionsOf(whole, station)).toMatchObject([{ state: 'delivering', energyWh: 300 }])
  await station.close()
})

behaviour('idle-under-zero', async () => {
  const station = await openSpeaker(whole, 'ocpp1.6')
  const read = (transactionId: number, connectorId: number, context?: string) =>
    station.call('MeterValues', {
      connectorId,
      transactionId,
      meterValue: [
        { timestamp: now(), sampledValue: [{ value: '5000', ...(context === undefined ? {} : { context }) }] },
      ],
    })
  await status(whole, station, 'Available')
  for (const transactionId of [0, -1]) {
    for (const context of ['Sample.Clock', 'Trigger']) await read(transactionId, 1, context)
    await read(transactionId, 0)
    whole.clock.move({ minutes: 15 })
  }
  expect(await sessionsOf(whole, station)).toEqual([])
  expect(await alertsOf(whole, station)).toEqual([])
  // The control: where the connector is in use it is one whose start was lost.
  await status(whole, station, 'Occupied', { phase: 'Charging' })
  await read(0, 1, 'Sample.Clock')
  expect(await sessionsOf(whole, station)).toMatchObject([{ flags: ['orphan'], evseId: 1 }])
  await station.close()
})

behaviour('stop-data', async () => {
  const station = await openSpeaker(whole, 'ocpp1.6')
  const { told } = await start(whole, station)
  const middle = whole.clock.now().add({ minutes: 10 }).toString()
  whole.clock.move({ minutes: 20 })
  await station.call('StopTransaction', {
    transactionId: Number(told.number),
    meterStop: 3_000,
    timestamp: now(),
    transactionData: [
      { timestamp: middle, sampledValue: [{ value: '2000', context: 'Sample.Periodic' }] },
      { timestamp: now(), sampledValue: [{ value: '3000', context: 'Transaction.End' }] },
    ],
  })
  const session = await one(station)
  const { body } = await whole.call<{ meterValues: { registerWh: number }[] }>('GET', `/v1/sessions/${session?.id}`)
  expect(session).toMatchObject({ state: 'ended', energyWh: 2_000, flags: [] })
  expect(body.meterValues.map(({ registerWh }) => registerWh)).toEqual([1_000, 2_000, 3_000])
  await station.close()
})
