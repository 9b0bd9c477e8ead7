import type { ReadingRule, Repair, VendorRules } from './contract.ts'

type Members = Readonly<Record<string, unknown>>

/** The payload with the vendor's repairs of this message; undefined: there is no rule for it. Nothing given is changed. */
export function repaired(rules: VendorRules, action: string, payload: Members): Members | undefined {
  const repairs = Object.hasOwn(rules.repairs, action) ? rules.repairs[action] : undefined
  if (repairs === undefined) return undefined
  return repairs.reduce(
    (said, repair) => changedAt(said, stepsOf(repair.at), (one) => withRepair(one, repair)),
    payload,
  )
}

/** The payload as it is meant: units and scales that the vendor says wrongly. Where no rule speaks of it, as it came. */
export function asMeant(rules: VendorRules, action: string, payload: Members): Members {
  const registers = Object.hasOwn(rules.registers, action) ? (rules.registers[action] ?? []) : []
  let meant = registers.reduce(
    (said, { member, shift }) =>
      typeof said[member] === 'number' ? { ...said, [member]: shiftedWhole(said[member], shift) } : said,
    payload,
  )
  const list = READINGS[action]
  if (rules.readings.length === 0 || list === undefined) return meant
  for (const rule of rules.readings)
    meant = changedAt(meant, [list, '*', 'sampledValue', '*'], (one) => withReading(one, rule))
  return meant
}

/** Where a message holds its readings. */
const READINGS: Readonly<Record<string, string>> = {
  MeterValues: 'meterValue',
  StopTransaction: 'transactionData',
  TransactionEvent: 'meterValue',
}

function stepsOf(at: string): readonly string[] {
  return at === '' ? [] : at.split('.')
}

/** The objects at a place, changed; whatever lies there that is no object stays. */
function changedAt(said: Members, steps: readonly string[], change: (one: Members) => Members): Members {
  return changedValue(said, steps, change) as Members
}

function changedValue(value: unknown, steps: readonly string[], change: (one: Members) => Members): unknown {
  const [step, ...rest] = steps
  if (step === '*') return Array.isArray(value) ? value.map((item) => changedValue(item, rest, change)) : value
  if (!isMembers(value)) return value
  if (step === undefined) return change(value)
  if (!Object.hasOwn(value, step)) return value
  return { ...value, [step]: changedValue(value[step], rest, change) }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function withRepair(one: Members, repair: Repair): Members {
  if (repair.kind === 'rename') return renamed(one, repair.from, repair.to)
  const { member } = repair
  const has = Object.hasOwn(one, member) && one[member] !== null
  if (repair.kind === 'default') return has ? one : { ...one, [member]: repair.value }
  if (!has) return one
  const value = repairedValue(one[member], repair)
  return value === undefined ? one : { ...one, [member]: value }
}

function renamed(one: Members, from: string, to: string): Members {
  if (!Object.hasOwn(one, from)) return one
  const { [from]: value, ...others } = one
  return Object.hasOwn(others, to) ? others : { ...others, [to]: value }
}

/** Undefined: nothing to repair. */
function repairedValue(value: unknown, repair: Exclude<Repair, { kind: 'rename' | 'default' }>): unknown {
  switch (repair.kind) {
    case 'word':
      return typeof value === 'string' ? repair.words.find((word) => plain(word) === plain(value)) : undefined
    case 'translate':
      return typeof value === 'string' && Object.hasOwn(repair.words, value) ? repair.words[value] : undefined
    case 'number':
      return typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : undefined
    case 'text':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
    case 'cut':
      return typeof value === 'string' && value.length > repair.length ? value.slice(0, repair.length) : undefined
  }
}

const NUMBER = /^[+-]?\d{1,15}(?:\.\d{1,9})?$/

/** Case, spaces, dashes and underscores make no other word. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[\s_-]/g, '')
}

function withReading(one: Members, { measurand, saidUnit, unit, shift = 0 }: ReadingRule): Members {
  if ((one['measurand'] ?? 'Energy.Active.Import.Register') !== measurand || one['format'] === 'SignedData') return one
  // 2.x keeps unit and power of ten apart; its value is a number.
  if (typeof one['value'] === 'number') {
    const said = isMembers(one['unitOfMeasure']) ? one['unitOfMeasure'] : {}
    if (said['unit'] !== saidUnit) return one
    const multiplier = (typeof said['multiplier'] === 'number' ? said['multiplier'] : 0) + shift
    return { ...one, unitOfMeasure: { ...said, unit, ...(multiplier === 0 ? {} : { multiplier }) } }
  }
  if (one['unit'] !== saidUnit || typeof one['value'] !== 'string') return one
  return { ...one, unit, value: shiftedText(one['value'], shift) }
}

const DECIMAL = /^\s*([+-]?)(\d{1,15})(?:\.(\d{1,15}))?\s*$/

/** A decimal text with its point moved, exactly; one that is no plain decimal stays as it is. */
export function shiftedText(text: string, shift: number): string {
  const parts = DECIMAL.exec(text)
  if (parts === null || shift === 0) return text
  const [, sign = '', whole = '', fraction = ''] = parts
  const zeros = '0'.repeat(Math.abs(shift))
  const digits = shift > 0 ? `${whole}${fraction}${zeros}` : `${zeros}${whole}${fraction}`
  const point = (shift > 0 ? whole.length : whole.length + zeros.length) + shift
  const front = digits.slice(0, point).replace(/^0+(?=\d)/, '')
  const back = digits.slice(point).replace(/0+$/, '')
  return `${sign}${front === '' ? '0' : front}${back === '' ? '' : `.${back}`}`
}

/** Half up, as registers are rounded where they come in. */
function shiftedWhole(value: number, shift: number): number {
  return Math.round(Number(shiftedText(String(value), shift)))
}
