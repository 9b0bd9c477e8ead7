import { actionsOf, type OcppVersion } from '../../ocpp/index.ts'
import { sampleFor } from '../../server/src/stations/protocols/testing-samples.ts'

/** Frames that were sensible once: samples of every message of a version, spoilt by chance in one to three places (attack 10). */
export interface Mutator {
  /** `id`: the message id of the frame it was made from. */
  frame(id: string): string
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

const nasty: readonly Json[] = [
  null,
  true,
  -1,
  0,
  1e308,
  9_007_199_254_740_992,
  -0.000_001,
  '',
  '\u0000',
  '\ud800',
  '𝔘'.repeat(40),
  'x'.repeat(600),
  '__proto__',
  'constructor',
  '9999-12-31T23:59:59Z',
  '0000-00-00T25:61:61Z',
  '-271821-04-20T00:00:00Z',
  '2026-02-30T12:00:00+99:99',
  'NaN',
  '1e400',
  '\u001b[31m',
  '<script>x()</script>',
  "'; drop table sessions; --",
  [],
  {},
  [[[[[[]]]]]],
]

const texts: readonly string[] = [
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"a":1,"a":2}',
  '1e999',
  '-0',
  '"\\u0000"',
  '"\\ud800"',
  'NaN',
  'Infinity',
  '01',
  '"\t"',
  '['.repeat(40) + ']'.repeat(40),
  '{"a":'.repeat(30) + '1' + '}'.repeat(30),
]

/** Members that the minimal samples lack: what stations really send. */
const more: Readonly<Record<string, Json>> = {
  timestamp: '2026-11-26T12:00:00Z',
  transactionId: 1,
  connectorId: 1,
  evse: { id: 1, connectorId: 1 },
  idToken: { idToken: '04AABBCCDD1122', type: 'ISO14443' },
  meterValue: [{ timestamp: '2026-11-26T12:00:00Z', sampledValue: [{ value: '1000', context: 'Transaction.Begin' }] }],
  transactionData: [{ timestamp: '2026-11-26T12:00:00Z', sampledValue: [{ value: 'x', unit: 'kWh' }] }],
  customData: { vendorId: 'x', anything: [1, { deep: true }] },
  offline: true,
  numberOfPhasesUsed: 3,
  reservationId: 7,
  remoteStartId: 7,
}

export function openMutator(version: OcppVersion, chance: () => number): Mutator {
  const actions = actionsOf(version)
    .filter(({ from, kind }) => from !== 'csms' || kind === 'send')
    .map(({ name }) => name)
  const below = (most: number): number => Math.floor(chance() * most)
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T

  const spoil = (value: Json): Json => {
    if (chance() < 0.25 || typeof value !== 'object' || value === null) return spoiltLeaf(value)
    const keys = Object.keys(value)
    if (Array.isArray(value)) {
      if (value.length === 0 || chance() < 0.3) return [...value, one(nasty), ...value, ...value]
      return value.map((item, n) => (n === below(value.length) ? spoil(item) : item))
    }
    const key = one(keys.length === 0 ? ['x'] : keys)
    const dice = chance()
    if (dice < 0.2) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
    if (dice < 0.35) return { ...value, [one(['extra', 'Timestamp', ' ', '$ref', 'toString'])]: one(nasty) }
    if (dice < 0.5) {
      const name = one(Object.keys(more))
      return { ...value, [name]: more[name] ?? null }
    }
    return { ...value, [key]: spoil(value[key] ?? null) }
  }
  const spoiltLeaf = (value: Json): Json => {
    if (typeof value === 'number' && chance() < 0.5) return value * one([-1, 1e6, 0.5, 1e18])
    if (typeof value === 'string' && chance() < 0.4)
      return value.slice(below(value.length + 1)) + one(['', 'é', '\n', ' '])
    return one(nasty)
  }
  const spoilText = (text: string): string => {
    const at = below(text.length)
    const dice = chance()
    if (dice < 0.25) return text.slice(0, at)
    if (dice < 0.5) return text.slice(0, at) + String.fromCharCode(below(0x180)) + text.slice(at + 1)
    if (dice < 0.75) return text.replace(/:("[^"]*"|\d+|true|\{\})/, () => `:${one(texts)}`)
    return text.slice(0, at) + one(texts) + text.slice(at)
  }
  return {
    frame(id) {
      const action = one(actions)
      let payload = sampleFor(version, action) as Json
      for (let times = below(4); times > 0; times -= 1) payload = spoil(payload)
      const type = chance() < 0.9 ? 2 : one([3, 4, 5, 6, 9])
      const text = JSON.stringify([type, id, action, payload])
      return chance() < 0.25 ? spoilText(text) : text
    },
  }
}
