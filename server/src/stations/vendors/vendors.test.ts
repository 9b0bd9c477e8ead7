import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actionOf, type OcppVersion, takePayload } from '../../../../ocpp/index.ts'
import { openTexts } from '../../platform/index.ts'
import { protocolOf } from '../protocols/index.ts'
import { vendorBorder, vendorErrorKey, vendorOf, vendors } from './index.ts'
import { repaired, shiftedText } from './repair.ts'

const here = import.meta.dirname
const at = Temporal.Instant.from('2026-11-20T10:00:00Z')

interface Recorded {
  readonly name: string
  readonly version: OcppVersion
  readonly frame: readonly [2, string, string, Readonly<Record<string, unknown>>]
  readonly isRefusedWithout: boolean
  readonly reads: object
}

const recorded = vendors.map((rules) => {
  const frames = JSON.parse(fs.readFileSync(path.join(here, rules.name, 'frames.json'), 'utf8')) as readonly Recorded[]
  return { rules, frames }
})

/** What is understood of a frame, as the gateway takes it. */
function understood(
  version: OcppVersion,
  action: string,
  payload: Recorded['frame'][3],
  border = vendorBorder(version, undefined),
) {
  const first = takePayload(version, action, 'request', payload)
  const mended = first.ok ? first : takePayload(version, action, 'request', border.repair(action, payload) ?? payload)
  if (!mended.ok) return undefined
  const meant = border.asMeant({ action, payload: mended.payload })
  const incoming = protocolOf(version).reportFrom(action, meant.payload, at)
  return incoming.kind === 'reports' ? incoming.bodies[0] : incoming
}

describe.each(recorded)('stations of $rules.name (ST-PARAMS)', ({ rules, frames }) => {
  it.each(frames)('$name', ({ version, frame: [, , action, payload], isRefusedWithout, reads }) => {
    const plain = takePayload(version, action, 'request', payload)
    expect(plain.ok).toBe(!isRefusedWithout)
    const isBoot = action === 'BootNotification'
    const border = vendorBorder(version, isBoot ? undefined : rules)
    const before = structuredClone(payload)
    expect(understood(version, action, payload, border)).toMatchObject(reads)
    expect(payload).toEqual(before)
    // Without the rule it is refused, or understood as something else.
    if (!isBoot) expect(understood(version, action, payload)).not.toMatchObject(reads)
  })

  it('name only messages of their versions, and have a text for each error code', () => {
    const versions = rules.stations.versions ?? ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1']
    for (const action of [...Object.keys(rules.repairs), ...Object.keys(rules.registers)]) {
      expect(versions.map((version) => actionOf(version, action)?.name)).toContain(action)
    }
    const texts = openTexts('languages')
    for (const error of Object.values(rules.errors)) {
      expect(texts.find('en', `stations.vendors.${rules.name}.error.${error}`)).toBeTypeOf('string')
    }
  })

  it('leave a message alone that has nothing of it, and never fail on one that is anything else', () => {
    const said = fc.dictionary(fc.constantFrom('meterValue', 'status', 'transactionInfo', 'x'), fc.jsonValue() as never)
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(rules.repairs)), said, (action, payload) => {
        const border = vendorBorder(rules.stations.versions?.[0] ?? 'ocpp1.6', rules)
        repaired(rules, action, payload)
        border.asMeant({ action, payload })
      }),
    )
    const call = { action: 'Heartbeat', payload: {} }
    expect(vendorBorder('ocpp1.6', rules).asMeant(call)).toBe(call)
  })
})

describe('the table of vendors', () => {
  it('has a row for every folder, and a folder for every row', () => {
    const folders = fs.readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(folders.map(({ name }) => name).sort()).toEqual(vendors.map(({ name }) => name).sort())
  })

  it('finds rules by vendor, model, firmware and version together', () => {
    const device = { vendor: 'Exempla AG', model: 'EX 22', firmware: 'v1.8.2' }
    expect(vendorOf(device, 'ocpp1.6')?.name).toBe('exempla')
    expect(vendorOf({ ...device, firmware: '3.0' }, 'ocpp1.6')).toBeUndefined()
    expect(vendorOf({ vendor: 'Exempla AG', model: 'EX 22' }, 'ocpp1.6')).toBeUndefined()
    expect(vendorOf(device, 'ocpp2.0.1')).toBeUndefined()
    expect(vendorOf({ ...device, vendor: 'Other' }, 'ocpp1.6')).toBeUndefined()
    expect(vendorOf(undefined, 'ocpp1.6')).toBeUndefined()
  })

  it('costs nothing where there is no rule: the call itself goes on', () => {
    const border = vendorBorder('ocpp1.6', undefined)
    const call = { action: 'MeterValues', payload: { connectorId: 1 } }
    expect(border.asMeant(call)).toBe(call)
    expect(border.repair('MeterValues', call.payload)).toBeUndefined()
  })

  it('says what a vendor’s own error code means, where it is known', () => {
    expect(vendorErrorKey('Exempla AG', '17')).toBe('stations.vendors.exempla.error.contactor-stuck')
    expect(vendorErrorKey('Exempla AG', 'constructor')).toBeUndefined()
    expect(vendorErrorKey('Somebody', '17')).toBeUndefined()
  })

  it.each([
    ['12.345', 3, '12345'],
    ['12.3456', 3, '12345.6'],
    ['7', 3, '7000'],
    ['0.5', 1, '5'],
    ['487500', -1, '48750'],
    ['5', -1, '0.5'],
    ['-1.5', -2, '-0.015'],
    ['1e3', 3, '1e3'],
    ['', 1, ''],
  ])('moves the point of %s by %i: %s', (text, shift, moved) => {
    expect(shiftedText(text, shift)).toBe(moved)
  })
})
