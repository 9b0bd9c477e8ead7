import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actionsOf, checkPayload } from '../../../../ocpp/index.ts'
import type { ReportAnswer, TokenVerdict } from '../model.ts'
import { tokenVerdicts } from '../model.ts'
import { exampleCommands } from './command-kinds.ts'
import type { Payload } from './contract.ts'
import { protocols } from './index.ts'
import { sampleFor } from './testing-samples.ts'

const at = Temporal.Instant.from('2026-11-26T12:00:00.123456Z')

describe.each(protocols)('$version', (protocol) => {
  const stationActions = actionsOf(protocol.version).filter(({ from, kind }) => from !== 'csms' && kind === 'call')

  it.each(stationActions.map(({ name }) => name))('answers %s as the published schema wants it', (action) => {
    const payload = sampleFor(protocol.version, action)
    expect(checkPayload(protocol.version, action, 'request', payload)).toBeUndefined()
    const incoming = protocol.reportFrom(action, payload, at)
    const answers: ReportAnswer[] = [
      { kind: 'noted' },
      { kind: 'booted', onboarding: 'accepted', intervalSeconds: 300 },
      {
        kind: 'transaction',
        number: '1234567',
        token: { verdict: 'accepted', groupUid: 'FAMILY', validUntil: at },
      },
    ]
    for (const answer of answers) {
      const result =
        incoming.kind === 'authorize'
          ? protocol.tokenAnswerFor(payload, { verdict: 'blocked' })
          : protocol.answerFor(action, payload, answer, at)
      expect(checkPayload(protocol.version, action, 'response', result)).toBeUndefined()
    }
  })

  it.each(exampleCommands.map((command) => [command.kind, command] as const))(
    'sends %s as the published schema wants it, or says that it cannot',
    (_, command) => {
      const calls = protocol.commandTo(command, { requestId: 7 })
      if (calls === 'not-supported') {
        expect([protocol.version, command.kind]).toEqual(['ocpp1.6', 'transaction-status'])
        return
      }
      for (const { action, payload } of calls) {
        expect(checkPayload(protocol.version, action, 'request', payload)).toBeUndefined()
      }
    },
  )

  it.each([
    ['ClearCache', { status: 'Accepted' }, 'accepted'],
    ['ClearCache', { status: 'Rejected' }, 'rejected'],
    ['Reset', { status: 'Scheduled' }, 'scheduled'],
    ['GetReport', { status: 'EmptyResultSet' }, 'accepted'],
    ['UnpublishFirmware', { status: 'Unpublished' }, 'accepted'],
    ['UnpublishFirmware', { status: 'NoFirmware' }, 'rejected'],
    ['CostUpdated', {}, 'accepted'],
    ['GetConfiguration', { configurationKey: [{ key: 'status', readonly: true, value: 'x' }] }, 'accepted'],
    ['SetVariables', { setVariableResult: [{ attributeStatus: 'Accepted' }] }, 'accepted'],
    [
      'SetVariables',
      { setVariableResult: [{ attributeStatus: 'Accepted' }, { attributeStatus: 'Rejected' }] },
      'rejected',
    ],
    ['ClearVariableMonitoring', { clearMonitoringResult: [{ id: 1, status: 'NotFound' }] }, 'rejected'],
    ['ClearTariffs', { clearTariffsResult: [{ status: 'Accepted' }, { status: 'NoTariff' }] }, 'rejected'],
  ] as const)(
    'reads whether a message that was spelled out was accepted: %s answered %j',
    (action, payload, outcome) => {
      const command = { kind: 'raw-call', action, payload: {} } as const
      expect(protocol.answerFrom(command, payload)).toMatchObject({ outcome, raw: payload })
    },
  )

  it.each(tokenVerdicts)('has a word for the verdict %s', (verdict: TokenVerdict) => {
    const payload = sampleFor(protocol.version, 'Authorize')
    const answer = protocol.tokenAnswerFor(payload, { verdict, groupUid: 'x'.repeat(60) })
    expect(checkPayload(protocol.version, 'Authorize', 'response', answer)).toBeUndefined()
  })

  it('reads any number a meter may send without failing, and keeps integers only', () => {
    const action = protocol.version === 'ocpp1.6' ? 'MeterValues' : 'TransactionEvent'
    fc.assert(
      fc.property(fc.double(), fc.constantFrom('Wh', 'kWh', 'W', 'A', 'x'), fc.integer(), (value, unit, multiplier) => {
        const payload = meterPayload(protocol.version, { value, unit, multiplier })
        const incoming = protocol.reportFrom(action, payload, at)
        if (incoming.kind !== 'reports') throw new Error('not a report')
        const [body] = incoming.bodies
        if (!('readings' in body)) throw new Error('no readings')
        for (const { registerWh, powerW } of body.readings) {
          expect(registerWh === undefined || Number.isSafeInteger(registerWh)).toBe(true)
          expect(powerW === undefined || Number.isSafeInteger(powerW)).toBe(true)
        }
      }),
    )
  })
})

function meterPayload(
  version: string,
  { value, unit, multiplier }: { value: number; unit: string; multiplier: number },
): Payload {
  const timestamp = '2026-11-26T12:00:00Z'
  if (version === 'ocpp1.6') {
    return { connectorId: 1, meterValue: [{ timestamp, sampledValue: [{ value: String(value), unit }] }] }
  }
  return {
    eventType: 'Updated',
    timestamp,
    triggerReason: 'MeterValuePeriodic',
    seqNo: 1,
    transactionInfo: { transactionId: 't' },
    meterValue: [{ timestamp, sampledValue: [{ value, unitOfMeasure: { unit, multiplier } }] }],
  }
}

describe('what lies beside the schemas', () => {
  it('has a sample of every message a station may send', () => {
    for (const { version } of protocols) {
      for (const { name, from } of actionsOf(version)) {
        if (from !== 'csms') expect(sampleFor(version, name)).toBeTypeOf('object')
      }
    }
  })
})
