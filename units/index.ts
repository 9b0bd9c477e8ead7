export type { DecimalFault, ParsedDecimal } from './decimal.ts'
export { decimalText, divideHalfUp, parseDecimal } from './decimal.ts'
export type { WattHours, Watts } from './energy.ts'
export { wattHoursFrom, wattsFrom } from './energy.ts'
export { formatDuration, formatEnergy, formatMoney, formatPercent, formatPower, formatPrice } from './format.ts'
export type { ExactMicros, Micros, Money, MoneyJson } from './money.ts'
export {
  addExact,
  addMoney,
  currencies,
  decimalFromMicros,
  decimalFromMoney,
  isCurrency,
  jsonFromMoney,
  minorDigits,
  minorFromMicros,
  moneyFromJson,
  subtractMoney,
  sumMoney,
} from './money.ts'
export type { Seconds } from './time.ts'
export {
  earlierOf,
  instantFromText,
  isBefore,
  laterOf,
  secondsBetween,
  textFromInstant,
} from './time.ts'
