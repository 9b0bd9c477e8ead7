import { describe, expect, it } from 'vitest'
import type { TransactionReport } from '../model.ts'
import { protocolOf } from './index.ts'

const at = Temporal.Instant.from('2026-11-26T12:00:00Z')
const timestamp = '2026-11-26T11:59:00Z'

function readings16(sampledValue: readonly object[]) {
  const payload = { connectorId: 2, transactionId: 77, meterValue: [{ timestamp, sampledValue }] }
  const incoming = protocolOf('ocpp1.6').reportFrom('MeterValues', payload, at)
  if (incoming.kind !== 'reports' || incoming.bodies[0].kind !== 'meter-read') throw new Error('no readings')
  return incoming.bodies[0]
}

function transaction(version: 'ocpp2.0.1' | 'ocpp2.1', more: object): TransactionReport {
  const payload = {
    eventType: 'Updated',
    timestamp,
    triggerReason: 'MeterValuePeriodic',
    seqNo: 3,
    transactionInfo: { transactionId: 'abc' },
    ...more,
  }
  const incoming = protocolOf(version).reportFrom('TransactionEvent', payload, at)
  const [body] = incoming.kind === 'reports' ? incoming.bodies : []
  if (body?.kind !== 'transaction-updated' && body?.kind !== 'transaction-ended') throw new Error('no transaction')
  return body
}

describe('reading energy robustly', () => {
  it.each([
    ['kWh', { value: '15.435', unit: 'kWh' }],
    ['Wh', { value: '15435', unit: 'Wh' }],
    ['no unit, no measurand', { value: '15435' }],
  ])('reads 15 435 Wh from a text in %s', (_, sampled) => {
    expect(readings16([sampled]).readings).toMatchObject([{ registerWh: 15435, context: 'periodic' }])
  })

  it.each(['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-12:00', '0001-01-01T00:00:00+14:00'])(
    'takes our clock for %s, which no database column holds',
    (odd) => {
      const payload = { connectorId: 1, idTag: 'A', meterStart: 1, timestamp: odd }
      const incoming = protocolOf('ocpp1.6').reportFrom('StartTransaction', payload, at)
      expect(incoming).toMatchObject({ bodies: [{ reportedAt: at, readings: [{ at }] }] })
    },
  )

  it.each([2 ** 64 - 1, 1e300, -1])('keeps a meterStop of %d aside: it is no register', (meterStop) => {
    const payload = { transactionId: 1, meterStop, timestamp }
    const incoming = protocolOf('ocpp1.6').reportFrom('StopTransaction', payload, at)
    const [body] = incoming.kind === 'reports' ? incoming.bodies : []
    const [reading] = body !== undefined && 'readings' in body ? body.readings : []
    expect(reading).toMatchObject({ context: 'transaction-end', rest: [{ register: meterStop }] })
    expect(reading).not.toHaveProperty('registerWh')
  })

  it('adds phases of one moment that come as values of their own', () => {
    const phases = [5_100, 5_200, 5_135].map((value, index) => ({ value, phase: `L${index + 1}` }))
    const later = '2026-11-26T11:59:30Z'
    const values16 = [timestamp, later].flatMap((time) =>
      phases.map(({ value, phase }) => ({ timestamp: time, sampledValue: [{ value: String(value), phase }] })),
    )
    const body = protocolOf('ocpp1.6').reportFrom('MeterValues', { connectorId: 1, meterValue: values16 }, at)
    const expected = [timestamp, later].map((time) => ({ at: Temporal.Instant.from(time), registerWh: 15_435 }))
    expect(body).toMatchObject({ bodies: [{ readings: expected }] })
    const meterValue = phases.map((sampled) => ({ timestamp, sampledValue: [sampled] }))
    expect(transaction('ocpp2.0.1', { meterValue }).readings).toMatchObject([{ registerWh: 15_435 }])
  })

  it('adds no phases beyond what a number holds exactly', () => {
    const phases = ['L1', 'L2', 'L3'].map((phase) => ({ value: '9000000000000', unit: 'kWh', phase }))
    expect(readings16(phases).readings[0]).not.toHaveProperty('registerWh')
    for (const [value, unit] of [
      ['2000000', 'kW'],
      ['2000000000', 'W'],
    ]) {
      const power = phases.map((one) => ({ ...one, value: '2000000', measurand: 'Power.Active.Import', unit: 'kW' }))
      const told = [{ ...power[0], value, unit }, ...power.slice(1)]
      expect(readings16(told).readings[0]).toMatchObject({ rest: told })
      expect(readings16(told).readings[0]).not.toHaveProperty('powerW')
    }
  })

  it('applies the multiplier of 2.x as a power of ten', () => {
    const sampledValue = [{ value: 15.435, unitOfMeasure: { unit: 'Wh', multiplier: 3 } }]
    expect(transaction('ocpp2.0.1', { meterValue: [{ timestamp, sampledValue }] }).readings).toMatchObject([
      { registerWh: 15435 },
    ])
  })

  it.each([
    ['kwh', 15.435],
    ['KWH', 15.435],
    ['WH', 15435],
    ['', 15435],
  ])('takes the unit "%s" of 2.x, a free text, as it is meant', (unit, value) => {
    const sampledValue = [
      { value, unitOfMeasure: { unit } },
      { value: unit === '' ? 7400 : 7.4, measurand: 'Power.Active.Import', unitOfMeasure: { unit: unit && 'KW' } },
    ]
    expect(transaction('ocpp2.0.1', { meterValue: [{ timestamp, sampledValue }] }).readings).toMatchObject([
      { registerWh: 15435, powerW: 7400 },
    ])
  })

  it('prefers the total, and adds the phases where there is none', () => {
    const phases = [
      { value: '5100', phase: 'L1' },
      { value: '5200', phase: 'L2' },
      { value: '5135', phase: 'L3' },
    ]
    expect(readings16(phases).readings[0]?.registerWh).toBe(15435)
    expect(readings16([...phases, { value: '15000' }]).readings[0]?.registerWh).toBe(15000)
  })

  it('never takes the grid side for what a driver took', () => {
    const [reading] = readings16([
      { value: '99999', location: 'Inlet' },
      { value: '100', location: 'Outlet' },
    ]).readings
    expect(reading).toMatchObject({ registerWh: 100, rest: [{ value: '99999', location: 'Inlet' }] })
    expect(readings16([{ value: '99999', location: 'Inlet' }]).readings[0]?.registerWh).toBeUndefined()
  })

  it('keeps what is absurd aside', () => {
    for (const value of ['', 'NaN', '-5', '1e300', 'Infinity', '0x10', '12,5']) {
      const [reading] = readings16([{ value }]).readings
      expect(reading?.registerWh).toBeUndefined()
      expect(reading?.rest).toEqual([{ value }])
    }
  })

  it('gives currents and voltages per phase, power whole and charge in tenths', () => {
    const [reading] = readings16([
      { value: '16.1', measurand: 'Current.Import', phase: 'L1', unit: 'A' },
      { value: '15.9', measurand: 'Current.Import', phase: 'L3', unit: 'A' },
      { value: '230.4', measurand: 'Voltage', unit: 'V' },
      { value: '11.04', measurand: 'Power.Active.Import', unit: 'kW' },
      { value: '55.55', measurand: 'SoC', unit: 'Percent' },
    ]).readings
    expect(reading).toMatchObject({
      currentsMa: [16100, null, 15900],
      voltagesMv: [230400],
      powerW: 11040,
      socTenths: 556,
    })
  })

  it.each([
    ['3000000', 'W', 3_000_000],
    ['3750', 'kW', 3_750_000],
    ['2147483647', 'W', 2_147_483_647],
    ['2147483648', 'W', undefined],
    ['2147483.647', 'kW', 2_147_483_647],
    ['2147483.648', 'kW', undefined],
    ['1e300', 'kW', undefined],
    ['-1', 'W', undefined],
  ])('reads a power of %s %s, and what no column holds aside', (value, unit, powerW) => {
    const [reading] = readings16([{ value, unit, measurand: 'Power.Active.Import' }]).readings
    expect(reading?.powerW).toBe(powerW)
    expect(reading !== undefined && 'rest' in reading).toBe(powerW === undefined)
  })

  it('knows phases to neutral, and keeps none aside that it used', () => {
    const current = (value: string, phase: string) => ({ value, phase, measurand: 'Current.Import' })
    const phases = ['L1-N', 'L2-N', 'L3-N'].map((phase, index) => ({ value: String(5_100 + index * 100), phase }))
    const currents = [current('3', 'L3-N'), current('1', 'L1-N'), current('2', 'L2-N')]
    const [reading] = readings16([...phases, ...currents]).readings
    expect(reading).toMatchObject({ registerWh: 15_600, currentsMa: [1_000, 2_000, 3_000] })
    expect(reading).not.toHaveProperty('rest')
    // Told twice, the first is meant.
    expect(readings16([current('1', 'L1'), current('9', 'L1')]).readings[0]).toMatchObject({
      currentsMa: [1_000],
      rest: [current('9', 'L1')],
    })
  })

  it('takes the outlet before the cable, the body and the car, and nothing from upstream', () => {
    const told = ['Upstream', 'EV', 'Body', 'Cable', 'Outlet'].map((location, index) => ({
      value: String(100 + index),
      location,
    }))
    const registers = [5, 4, 3, 2, 1].map((count) => readings16(told.slice(0, count)).readings[0]?.registerWh)
    expect(registers).toEqual([104, 103, 102, 101, undefined])
  })

  it('takes no charge beyond the whole battery', () => {
    const soc = (value: string) => readings16([{ value, measurand: 'SoC', unit: 'Percent' }]).readings[0]?.socTenths
    expect([soc('100'), soc('100.1'), soc('0'), soc('-1')]).toEqual([1_000, undefined, 0, undefined])
  })

  it('keeps an interval beside what was told, as it reads it, where there is no register', () => {
    const interval = { value: '0.25', unit: 'kWh', measurand: 'Energy.Active.Import.Interval' }
    expect(readings16([interval]).readings[0]?.rest).toEqual([interval, { intervalWh: 250 }])
    expect(readings16([interval, { value: '7' }]).readings[0]).toMatchObject({ registerWh: 7, rest: [interval] })
  })

  it('keeps signed data exactly as it came', () => {
    const value = 'OCMF|{"FV":"1.0","RD":[{"RV":1.50}]}|{"SD":"30"}'
    expect(readings16([{ value, format: 'SignedData' }]).readings[0]).toMatchObject({ signed: [value] })
  })

  it('gives one reading for each context of a moment', () => {
    const { readings } = readings16([
      { value: '1', context: 'Transaction.Begin' },
      { value: '2', context: 'Sample.Clock' },
      { value: '3', context: 'Odd' },
      { value: '4', context: 'Trigger' },
      { value: '5', context: 'Interruption.Begin' },
      { value: '6', context: 'Interruption.End' },
      { value: '7', context: 'Sample.Periodic' },
    ])
    expect(readings.map(({ context, registerWh }) => [context, registerWh])).toEqual([
      ['transaction-begin', 1],
      ['clock', 2],
      ['other', 3],
      ['trigger', 4],
      ['interruption-begin', 5],
      ['interruption-end', 6],
      ['periodic', 7],
    ])
  })
})

describe('ocpp1.6', () => {
  const protocol = protocolOf('ocpp1.6')

  it('names a start by what makes it the same start again', () => {
    const payload = { connectorId: 2, idTag: 'AbC', meterStart: 500, timestamp }
    expect(protocol.reportFrom('StartTransaction', payload, at)).toMatchObject({
      bodies: [
        {
          kind: 'transaction-started',
          transaction: { startKey: `2|abc|${timestamp}|500` },
          evse: 2,
          connector: 1,
          readings: [{ context: 'transaction-begin', registerWh: 500 }],
        },
      ],
    })
  })

  it('joins meterStop with what was sampled at the same moment', () => {
    const transactionData = [{ timestamp, sampledValue: [{ value: '900', context: 'Transaction.End' }] }]
    const payload = { transactionId: -1, meterStop: 1000, timestamp, transactionData }
    expect(protocol.reportFrom('StopTransaction', payload, at)).toMatchObject({
      bodies: [
        {
          kind: 'transaction-ended',
          transaction: { number: '-1' },
          stopReason: 'local',
          readings: [{ context: 'transaction-end', registerWh: 1000 }],
        },
      ],
    })
  })

  it('reads connector 0 as the station itself', () => {
    const payload = { connectorId: 0, status: 'Available', errorCode: 'NoError' }
    expect(protocol.reportFrom('StatusNotification', payload, at)).toMatchObject({
      bodies: [{ kind: 'evse-status', evse: 0, connector: 0, status: 'available' }],
    })
  })

  it('sends settings one by one, and no token that is too long', () => {
    const settings = [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ]
    expect(protocol.commandTo({ kind: 'write-settings', settings }, { requestId: 1 })).toHaveLength(2)
    const start = { kind: 'start-transaction', evse: 1, idToken: { uid: 'x'.repeat(21) }, remoteStartId: 1 } as const
    expect(protocol.commandTo(start, { requestId: 1 })).toBe('not-supported')
  })
})

describe('ocpp2.x', () => {
  it('keeps a NotifyEvent also for what it says beside a status', () => {
    const event = { eventId: 1, timestamp, eventNotificationType: 'CustomMonitor', trigger: 'Delta' }
    const [place, variable] = [{ name: 'EVSE', evse: { id: 2 } }, { name: 'AvailabilityState' }]
    const eventData = [
      { ...event, actualValue: 'Available', component: place, variable },
      { ...event, actualValue: '61', component: { name: 'TemperatureSensor' }, variable: { name: 'Temperature' } },
    ]
    const payload = { generatedAt: timestamp, seqNo: 0, eventData }
    expect(protocolOf('ocpp2.0.1').reportFrom('NotifyEvent', payload, at)).toMatchObject({
      bodies: [
        { kind: 'evse-status', evse: 2, connector: 0, status: 'available' },
        { kind: 'recorded', what: 'NotifyEvent', content: payload },
      ],
    })
  })

  it('takes an availability from NotifyEvent as a status', () => {
    const event = { eventId: 1, timestamp, eventNotificationType: 'HardWiredNotification' }
    const payload = {
      generatedAt: timestamp,
      seqNo: 0,
      eventData: [
        {
          ...event,
          trigger: 'Delta',
          actualValue: 'Occupied',
          component: { name: 'Connector', evse: { id: 2, connectorId: 1 } },
          variable: { name: 'AvailabilityState' },
        },
        {
          ...event,
          trigger: 'Alerting',
          actualValue: '95',
          severity: 1,
          component: { name: 'TemperatureSensor', evse: { id: 2 } },
          variable: { name: 'Temperature' },
        },
      ],
    }
    expect(protocolOf('ocpp2.1').reportFrom('NotifyEvent', payload, at)).toMatchObject({
      bodies: [
        { kind: 'evse-status', evse: 2, connector: 1, status: 'occupied' },
        { kind: 'problem', evse: 2, code: 'TemperatureSensor.Temperature', severity: 'critical' },
      ],
    })
  })

  it('takes a fault that is told as untrue for none, whether it is called cleared or not', () => {
    const told = (actualValue: string, more: object = {}, name = 'Problem') => {
      const payload = {
        generatedAt: timestamp,
        seqNo: 0,
        eventData: [
          {
            eventId: 1,
            timestamp,
            trigger: 'Delta',
            actualValue,
            eventNotificationType: 'HardWiredNotification',
            component: { name: 'ChargingStation' },
            variable: { name },
            ...more,
          },
        ],
      }
      return protocolOf('ocpp2.0.1').reportFrom('NotifyEvent', payload, at)
    }
    const is = (cleared: boolean) => ({ bodies: [{ kind: 'problem', cleared }] })
    expect(told('true')).toMatchObject(is(false))
    expect(told('false')).toMatchObject(is(true))
    expect(told('false', { cleared: false })).toMatchObject(is(true))
    expect(told('true', { cleared: true })).toMatchObject(is(true))
    expect(told('false', { trigger: 'Alerting' }, 'Tripped')).toMatchObject(is(true))
    // What is wrong when it is not so.
    expect(told('false', { trigger: 'Alerting' }, 'Active')).toMatchObject(is(false))
  })

  it('reads what an end says, and that it was said offline', () => {
    const report = transaction('ocpp2.1', {
      eventType: 'Ended',
      offline: true,
      triggerReason: 'EVConnectTimeout',
      transactionInfo: { transactionId: 'abc', stoppedReason: 'Timeout', remoteStartId: 9 },
    })
    expect(report).toMatchObject({
      kind: 'transaction-ended',
      offline: true,
      trigger: 'ev-connect-timeout',
      stopReason: 'cable-timeout',
      remoteStartId: 9,
      seqNo: 3,
    })
  })

  it('names variables as people write them, both ways', () => {
    const protocol = protocolOf('ocpp2.0.1')
    const names = ['TxCtrlr.EVConnectionTimeOut', 'Connector[x]@1/2.ConnectorType', 'EVSE@3.Power[maxLimit]']
    const calls = protocol.commandTo({ kind: 'read-settings', names }, { requestId: 1 })
    if (calls === 'not-supported') throw new Error('must be supported')
    const asked = (calls[0] as unknown as { payload: { getVariableData: object[] } }).payload.getVariableData
    const answer = {
      getVariableResult: asked.map((data) => ({ ...data, attributeStatus: 'Accepted', attributeValue: '1' })),
    }
    const read = protocol.answerFrom({ kind: 'read-settings', names }, answer)
    expect(read.settings?.map(({ name }) => name)).toEqual(names)
    expect(protocol.commandTo({ kind: 'read-settings', names: ['nonsense'] }, { requestId: 1 })).toBe('not-supported')
  })
})

describe('security events of any version', () => {
  it('are told to staff, but for those that every start brings', () => {
    for (const version of ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const) {
      const told = (type: string) =>
        protocolOf(version).reportFrom('SecurityEventNotification', { type, timestamp }, at)
      expect(told('TamperDetectionActivated')).toMatchObject({ bodies: [{ kind: 'problem', severity: 'critical' }] })
      expect(told('AttemptedReplayAttacks')).toMatchObject({ bodies: [{ kind: 'problem', severity: 'minor' }] })
      for (const type of ['StartupOfTheDevice', 'ResetOrReboot']) {
        const content = { type, timestamp }
        expect(told(type)).toEqual({
          kind: 'reports',
          bodies: [{ kind: 'recorded', what: 'SecurityEventNotification', content }],
        })
      }
    }
  })
})
