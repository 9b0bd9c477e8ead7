import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderMemory, type Memory } from './memory.ts'
import { type Payload, protocols } from './state.ts'
import { card, reasonOf, stageForEach } from './testing-stage.ts'

const stage = stageForEach()

function memoryOf(kept = new Map<string, string>()): Memory & { readonly kept: Map<string, string> } {
  return { kept, recall: (identity) => kept.get(identity), keep: (identity, text) => void kept.set(identity, text) }
}

/** The register of a transaction's last message, whatever the version. */
function registerOf(payload: Payload | undefined): unknown {
  if (payload?.['meterStop'] !== undefined) return payload['meterStop']
  const [values] = (payload?.['meterValue'] ?? []) as readonly { sampledValue: readonly Payload[] }[]
  return ((payload?.['meterValue'] ?? []) as readonly (typeof values)[]).at(-1)?.sampledValue[0]?.['value']
}

describe.each(protocols)('a station of %s whose program was started anew', (protocol) => {
  const is16 = protocol === 'ocpp1.6'

  it('tells how the interrupted transaction really ended: when its power went, and with the register of then', async () => {
    const memory = memoryOf()
    await stage.begin({ protocol, seed: 3 }, { memory })
    await stage.charge()
    await stage.time.pass(7)
    await stage.fleet.stop()
    const stoppedAt = stage.time.now()
    const told = stage.transactionMessages().length
    await stage.time.pass(90)
    const station = await stage.begin({ protocol, seed: 3 }, { memory })
    await stage.time.pass(5)
    expect(stage.transactionMessages()).toHaveLength(told + 1)
    const last = stage.transactionMessages().at(-1)
    expect(reasonOf(last)).toBe('PowerLoss')
    expect(last?.['timestamp']).toBe(
      Temporal.Instant.fromEpochMilliseconds(stoppedAt).toString({ smallestUnit: 'millisecond' }),
    )
    const register = Math.floor(station.state().evses[0]?.registerWh ?? 0)
    expect(registerOf(last)).toBe(register)
    if (is16) expect(last?.['transactionId']).toBeGreaterThan(0)
    else expect(last).toMatchObject({ eventType: 'Ended', offline: true, triggerReason: 'AbnormalCondition' })
    expect(new Set(Object.values(station.state().reported))).toEqual(new Set(['Available ']))
    // The meter goes on from there.
    stage.station.plug(1)
    stage.station.presentCard(1, card)
    await stage.time.passUntil(stage.isIn('Charging'), 30)
    expect(stage.transaction()?.meterStartWh).toBe(register)
  })

  it('never tells less than it had told when it was killed', async () => {
    const memory = memoryOf()
    await stage.begin({ protocol, settings: { sampleInterval: '10' } }, { memory })
    await stage.charge()
    const atDeath = memoryOf(new Map(memory.kept))
    const told = Math.floor(stage.evse()?.registerWh ?? 0)
    await stage.fleet.stop()
    const station = await stage.begin({ protocol }, { memory: atDeath })
    await stage.time.pass(5)
    expect(reasonOf(stage.transactionMessages().at(-1))).toBe('PowerLoss')
    expect(registerOf(stage.transactionMessages().at(-1))).toBe(told)
    expect(station.state().outbox).toEqual([])
  })

  it('delivers what it had not delivered, under the same natural keys', async () => {
    const memory = memoryOf()
    await stage.begin({ protocol, settings: { localAuthorizeOffline: 'true', unknownOffline: 'true' } }, { memory })
    stage.central.isRefusing = true
    stage.central.cut()
    await stage.charge()
    const id = stage.transaction()?.id
    expect(stage.transactionMessages()).toEqual([])
    await stage.fleet.stop()
    stage.central.isRefusing = false
    await stage.begin({ protocol }, { memory })
    await stage.time.pass(5)
    const messages = stage.transactionMessages()
    expect(reasonOf(messages.at(-1))).toBe('PowerLoss')
    if (is16) {
      expect(messages).toHaveLength(2)
      return
    }
    expect(new Set(messages.map((message) => (message['transactionInfo'] as Payload)['transactionId']))).toEqual(
      new Set([id]),
    )
    expect(messages.map(({ seqNo }) => seqNo)).toEqual(messages.map((_, index) => index))
  })

  it('takes back what it told of faults that are gone', async () => {
    const memory = memoryOf()
    await stage.begin({ protocol }, { memory })
    stage.station.setFaults({ groundFailure: [1] })
    await stage.time.pass(5)
    await stage.fleet.stop()
    const before = stage.central.of('S', 'NotifyEvent').length
    await stage.begin({ protocol, statusByEvent: false }, { memory })
    await stage.time.pass(5)
    const events = stage.central.of('S', 'NotifyEvent').slice(before)
    const cleared = events.flatMap(({ eventData }) => eventData as readonly Payload[])
    expect(cleared.map(({ techInfo, cleared: isCleared }) => [techInfo, isCleared])).toEqual(
      is16 ? [] : [['GroundFailure', true]],
    )
    expect(new Set(Object.values(stage.station.state().reported))).toEqual(new Set(['Available ']))
  })

  it('keeps what was set, and begins afresh when what it kept cannot be read', async () => {
    const memory = memoryOf()
    await stage.begin({ protocol }, { memory })
    if (is16) await stage.call('ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '17' })
    else {
      const [component, variable] = [{ name: 'SampledDataCtrlr' }, { name: 'TxUpdatedInterval' }]
      await stage.call('SetVariables', { setVariableData: [{ attributeValue: '17', component, variable }] })
    }
    await stage.fleet.stop()
    await stage.begin({ protocol, settings: { sampleInterval: '10' } }, { memory })
    expect(stage.station.state().settings.sampleInterval).toBe('17')
    await stage.fleet.stop()
    const whole = memory.kept.get('S') ?? ''
    for (const unreadable of ['{"version":1,"prot', whole.replace('"numbers"', '"numerals"'), 'null']) {
      memory.kept.set('S', unreadable)
      await stage.begin({ protocol, settings: { sampleInterval: '10' } }, { memory })
      expect(stage.station.state().settings.sampleInterval).toBe('10')
      await stage.fleet.stop()
    }
  })
})

it('keeps one whole file a station, which only its owner may read', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'memory-'))
  try {
    const memory = folderMemory(path.join(folder, 'deep', 'er'))
    await stage.begin({ protocol: 'ocpp2.0.1' }, { memory })
    await stage.fleet.stop()
    const files = readdirSync(path.join(folder, 'deep', 'er'))
    expect(files).toEqual(['S.json'])
    expect(statSync(path.join(folder, 'deep', 'er', 'S.json')).mode & 0o777).toBe(0o600)
    expect(memory.recall('S')).toContain('registerWh')
    expect(memory.recall('nobody')).toBeUndefined()
    writeFileSync(path.join(folder, 'deep', 'er', 'S.json'), '')
    await stage.begin({ protocol: 'ocpp2.0.1' }, { memory })
    await stage.fleet.stop()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
