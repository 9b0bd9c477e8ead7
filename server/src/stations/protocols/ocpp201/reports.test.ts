import { describe, expect, it } from 'vitest'
import type { ReportBody } from '../../model.ts'
import { reportFrom2 } from './reports.ts'

const AT = '2026-11-26T08:00:00Z'
const RECEIVED = Temporal.Instant.from('2026-11-26T08:00:07Z')

function bodiesOf(action: string, payload: object): readonly ReportBody[] {
  const incoming = reportFrom2(action, { ...payload }, RECEIVED)
  return incoming.kind === 'reports' ? incoming.bodies : []
}

describe('a TransactionEvent', () => {
  const least = {
    eventType: 'Updated',
    timestamp: AT,
    triggerReason: 'Trigger',
    seqNo: 3,
    transactionInfo: { transactionId: 'a' },
  }
  const read = {
    kind: 'transaction-updated',
    transaction: { number: 'a' },
    seqNo: 3,
    offline: false,
    trigger: 'trigger',
  }

  it('that says the least is no more than that', () => {
    expect(bodiesOf('TransactionEvent', least)).toEqual([
      { ...read, reportedAt: Temporal.Instant.from(AT), readings: [] },
    ])
  })

  it('that says all is read whole', () => {
    const transactionInfo = {
      transactionId: 'a',
      chargingState: 'SuspendedEVSE',
      stoppedReason: 'EVDisconnected',
      remoteStartId: 17,
    }
    const idToken = { idToken: 'CAFE', type: 'ISO14443' }
    const more = { offline: true, evse: { id: 2, connectorId: 1 }, reservationId: 5, idToken, transactionInfo }
    expect(bodiesOf('TransactionEvent', { ...least, ...more, eventType: 'Ended' })).toEqual([
      {
        ...read,
        kind: 'transaction-ended',
        offline: true,
        reportedAt: Temporal.Instant.from(AT),
        evse: 2,
        connector: 1,
        idToken: { uid: 'CAFE', type: 'ISO14443' },
        chargingState: 'suspended-evse',
        remoteStartId: 17,
        reservationId: 5,
        stopReason: 'ev-disconnected',
        readings: [],
      },
    ])
  })

  it.each([
    ['Ended', {}, 'local'],
    ['Ended', { stoppedReason: 'Timeout' }, 'cable-timeout'],
    ['Ended', { stoppedReason: 'SomethingOfItsOwn' }, 'other'],
    ['Updated', { stoppedReason: 'Local' }, undefined],
  ])('%s with %j tells the reason %s', (eventType, said, stopReason) => {
    const [body] = bodiesOf('TransactionEvent', {
      ...least,
      eventType,
      transactionInfo: { transactionId: 'a', ...said },
    })
    expect(body !== undefined && 'stopReason' in body ? body.stopReason : undefined).toBe(stopReason)
  })

  it('whose time cannot be read is of when it came', () => {
    expect(bodiesOf('TransactionEvent', { ...least, timestamp: '0000' })).toMatchObject([{ reportedAt: RECEIVED }])
  })
})

describe('a BootNotification', () => {
  it('tells what the station is, as far as it says so', () => {
    const least = { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } }
    expect(bodiesOf('BootNotification', least)).toEqual([
      { kind: 'booted', vendor: 'V', model: 'M', reason: 'PowerUp' },
    ])
    const modem = { iccid: '8935', imsi: '244' }
    const all = { vendorName: 'V', model: 'M', serialNumber: 'S', firmwareVersion: '1.2', modem }
    expect(bodiesOf('BootNotification', { reason: 'PowerUp', chargingStation: all })).toEqual([
      { kind: 'booted', vendor: 'V', model: 'M', reason: 'PowerUp', serial: 'S', firmware: '1.2', ...modem },
    ])
  })
})

describe('a meter value', () => {
  const readingsOf = (sampled: object) =>
    bodiesOf('MeterValues', { evseId: 1, meterValue: [{ timestamp: AT, sampledValue: [sampled] }] })

  it('is an import register at the outlet in Wh where nothing else is said, scaled as it says', () => {
    expect(readingsOf({ value: 1_234 })).toMatchObject([
      { kind: 'meter-read', evse: 1, readings: [{ registerWh: 1_234 }] },
    ])
    const scaled = { value: 12, unitOfMeasure: { unit: '', multiplier: 2 } }
    expect(readingsOf(scaled)).toMatchObject([{ readings: [{ registerWh: 1_200 }] }])
    const power = { value: 7_400, measurand: 'Power.Active.Import', unitOfMeasure: {} }
    expect(readingsOf(power)).toMatchObject([{ readings: [{ powerW: 7_400 }] }])
  })

  it('beyond all numbers is no register', () => {
    const [body] = readingsOf({ value: 1e300, unitOfMeasure: { unit: 'Wh', multiplier: 100 } })
    expect(JSON.stringify(body)).not.toContain('registerWh')
  })

  it('keeps what its meter signed', () => {
    const signedMeterValue = { signedMeterData: 'QQ==', signingMethod: '', encodingMethod: 'OCMF', publicKey: '' }
    const [body] = readingsOf({ value: 5, context: 'Transaction.End', signedMeterValue })
    expect(body).toMatchObject({ readings: [{ signed: [JSON.stringify(signedMeterValue)] }] })
    expect(JSON.stringify(readingsOf({ value: 5 }))).not.toContain('signed')
  })
})

it('an action that nothing reads is kept as it came, whatever its name', () => {
  for (const action of ['NotifyMonitoringReport', 'constructor'])
    expect(bodiesOf(action, { a: 1 })).toEqual([{ kind: 'recorded', what: action, content: { a: 1 } }])
})
