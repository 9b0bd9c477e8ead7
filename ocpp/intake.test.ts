import { describe, expect, it } from 'vitest'
import { actionsOf } from './actions.ts'
import { checkPayload, takePayload } from './intake.ts'
import { publishedMessages, sampleOf } from '../tools/ocpp-validators/samples.ts'
import { faultOf, hasValidator } from './validators.ts'
import { ocppVersions } from './versions.ts'

const time = '2026-02-03T04:05:06Z'

describe.each(ocppVersions)('%s', (version) => {
  const messages = publishedMessages(version)
  const rows = actionsOf(version).flatMap(({ name, kind }) =>
    kind === 'send'
      ? [{ name, direction: 'request' as const }]
      : (['request', 'response'] as const).map((direction) => ({ name, direction })),
  )

  it('has both sets of validators for every message, and no message besides', () => {
    for (const { name, direction } of rows) {
      expect(hasValidator(version, 'strict', name, direction), name).toBe(true)
      expect(hasValidator(version, 'tolerant', name, direction), name).toBe(true)
    }
    expect(rows.length).toBe(messages.size)
  })

  it.each(rows)('takes the smallest and the fullest $name $direction; only the tolerant set takes more', (row) => {
    const schema = messages.get(`${row.name}${row.direction === 'request' ? 'Request' : 'Response'}`)
    for (const members of ['required', 'all'] as const) {
      const payload = sampleOf(schema ?? {}, members)
      expect(faultOf(version, 'strict', row.name, row.direction, payload)).toBeUndefined()
      expect(faultOf(version, 'tolerant', row.name, row.direction, payload)).toBeUndefined()
      const more = { ...payload, vendorExtra: { deep: [null] } }
      expect(faultOf(version, 'strict', row.name, row.direction, more)?.keyword).toBe('additionalProperties')
      expect(faultOf(version, 'tolerant', row.name, row.direction, more)).toBeUndefined()
      expect(takePayload(version, row.name, row.direction, more)).toEqual({
        ok: true,
        payload,
        marks: [{ pointer: '/vendorExtra', what: 'unknown-property' }],
      })
    }
  })

  it.each(rows)('asks $name $direction for each member that is required', ({ name, direction }) => {
    const schema = messages.get(`${name}${direction === 'request' ? 'Request' : 'Response'}`) ?? {}
    for (const member of schema.required ?? []) {
      const { [member]: _, ...rest } = sampleOf(schema, 'all')
      expect(takePayload(version, name, direction, rest)).toMatchObject({
        ok: false,
        code: version === 'ocpp1.6' ? 'OccurenceConstraintViolation' : 'OccurrenceConstraintViolation',
        description: `the payload must have ${member}`,
      })
    }
  })
})

it('drops unknown and null members at every depth, reads a time without zone as UTC, and marks each', () => {
  const payload = {
    connectorId: 1,
    transactionId: null,
    'odd/name~': 1,
    meterValue: [{ timestamp: '2026-02-03T04:05:06', sampledValue: [{ value: '1', unit: null, note: {} }] }],
  }
  const before = structuredClone(payload)
  expect(takePayload('ocpp1.6', 'MeterValues', 'request', payload)).toEqual({
    ok: true,
    payload: { connectorId: 1, meterValue: [{ timestamp: time, sampledValue: [{ value: '1' }] }] },
    marks: [
      { pointer: '/transactionId', what: 'null-member' },
      { pointer: '/odd~1name~0', what: 'unknown-property' },
      { pointer: '/meterValue/0/timestamp', what: 'time-without-zone' },
      { pointer: '/meterValue/0/sampledValue/0/unit', what: 'null-member' },
      { pointer: '/meterValue/0/sampledValue/0/note', what: 'unknown-property' },
    ],
  })
  expect(payload).toEqual(before)
})

it('leaves alone what the schema leaves open: customData and the data of a DataTransfer', () => {
  const payload = { vendorId: 'v', data: { a: null }, customData: { vendorId: 'v', b: [null] } }
  expect(takePayload('ocpp2.0.1', 'DataTransfer', 'request', payload)).toEqual({ ok: true, payload, marks: [] })
})

it.each([
  ['an offset', '2026-02-03T06:05:06+02:00', []],
  ['many decimals', '2026-02-03T04:05:06.123456789Z', []],
  ['a leap second', '2016-12-31T23:59:60Z', []],
  ['decimals without a zone', '2026-02-03T04:05:06.5', ['time-without-zone']],
])('takes a time with %s', (_, timestamp, marks) => {
  const taken = takePayload('ocpp1.6', 'StatusNotification', 'request', {
    connectorId: 1,
    errorCode: 'NoError',
    status: 'Available',
    timestamp,
  })
  expect(taken.ok && taken.marks.map(({ what }) => what)).toEqual(marks)
})

const status = { connectorId: 1, errorCode: 'NoError', status: 'Available' }

it.each([
  { fault: 'a wrong type', change: { connectorId: '1' }, code: 'TypeConstraintViolation' },
  { fault: 'a value that is not listed', change: { status: 'Broken' }, code: 'PropertyConstraintViolation' },
  { fault: 'a text that is too long', change: { info: 'x'.repeat(101) }, code: 'PropertyConstraintViolation' },
  {
    fault: 'a day that does not exist',
    change: { timestamp: '2026-02-30T00:00:00Z' },
    code: 'PropertyConstraintViolation',
  },
  { fault: 'a missing member', change: { errorCode: null }, code: 'OccurenceConstraintViolation' },
])('names $fault with the code of 1.6, and where', ({ change, code }) => {
  const taken = takePayload('ocpp1.6', 'StatusNotification', 'request', { ...status, ...change })
  expect(taken).toMatchObject({ ok: false, code })
})

it('counts too few and too many items as a wrong cardinality', () => {
  expect(takePayload('ocpp2.0.1', 'GetVariables', 'request', { getVariableData: [] })).toMatchObject({
    ok: false,
    code: 'OccurrenceConstraintViolation',
    details: { pointer: '/getVariableData', keyword: 'minItems' },
  })
})

it('knows the errata of 1.6', () => {
  const stop = { transactionId: 1, timestamp: time, meterStop: 1 }
  expect(checkPayload('ocpp1.6', 'StopTransaction', 'request', stop)).toBeUndefined()
  const boot = { status: 'Accepted', currentTime: time, interval: 1.5 }
  expect(checkPayload('ocpp1.6', 'BootNotification', 'response', boot)?.code).toBe('TypeConstraintViolation')
  for (const unit of ['Celsius', 'Celcius']) {
    const meterValue = [{ timestamp: time, sampledValue: [{ value: '20', unit }] }]
    expect(checkPayload('ocpp1.6', 'MeterValues', 'request', { connectorId: 1, meterValue })).toBeUndefined()
  }
  const fetch = { location: 'ftp://example.org/', retries: 1.5 }
  expect(checkPayload('ocpp1.6', 'GetDiagnostics', 'request', fetch)?.code).toBe('TypeConstraintViolation')
  const idTagInfo = { status: 'Accepted', expiryDate: time, parentIdTag: 'p' }
  const list = { listVersion: 1, updateType: 'Full', localAuthorizationList: [{ idTag: 'a', idTagInfo }] }
  expect(checkPayload('ocpp1.6', 'SendLocalList', 'request', list)).toBeUndefined()
  const wordy = { connectorId: 1, errorCode: 'NoError', status: 'Available', info: 'x'.repeat(100) }
  expect(checkPayload('ocpp1.6', 'StatusNotification', 'request', wordy)).toBeUndefined()
  const long = { key: 'k', value: 'x'.repeat(2048) }
  expect(checkPayload('ocpp1.6', 'ChangeConfiguration', 'request', long)).toBeUndefined()
  expect(checkPayload('ocpp1.6', 'ChangeConfiguration', 'request', { ...long, value: `${long.value}x` })).toBeDefined()
})

it('takes 21.4 as a multiple of 0.1', () => {
  const period = (limit: number) => ({
    connectorId: 1,
    csChargingProfiles: {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
    },
  })
  expect(checkPayload('ocpp1.6', 'SetChargingProfile', 'request', period(21.4))).toBeUndefined()
  expect(checkPayload('ocpp1.6', 'SetChargingProfile', 'request', period(21.45))).toBeDefined()
})

it('never repeats in an error what was sent', () => {
  const taken = takePayload('ocpp1.6', 'Authorize', 'request', { idTag: 'SECRET-SECRET-SECRET-SECRET' })
  expect(taken.ok).toBe(false)
  expect(JSON.stringify(taken)).not.toContain('SECRET')
})

it('tells no more of members it does not know than is of use (attack 9)', () => {
  const payload = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`x${n}`, 1]))
  const taken = takePayload('ocpp1.6', 'Heartbeat', 'request', payload)
  expect(taken).toMatchObject({ ok: true, payload: {} })
  expect(taken.ok && taken.marks.length).toBe(100)
})
