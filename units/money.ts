import { decimalText, divideHalfUp } from './decimal.ts'

/** An amount in the minor unit of its currency: `{ minor: 1250n, currency: 'EUR' }` is 12.50 €. */
export interface Money {
  readonly minor: bigint
  readonly currency: string
}

/** Millionths of the major unit. Prices are typed in it: 0.249 € is `249000n`. */
export type Micros = bigint

/**
 * An exact amount in millionths, as a fraction: what a price times a volume gives (seconds at a price per hour rarely
 * come out whole). Rounded by `minorFromMicros` and nowhere earlier. The divisor is positive.
 */
export interface ExactMicros {
  readonly micros: bigint
  readonly divisor: bigint
}

/** Money as JSON carries it. */
export interface MoneyJson {
  readonly minor: string
  readonly currency: string
}

// ISO 4217 as of 2026, by the digits of the minor unit. Not taken from Intl, whose tables follow usage (HUF without
// digits) and differ between a browser and the server.
const CURRENCIES: readonly (readonly [digits: number, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
  [
    2,
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP ' +
      'CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES ' +
      'KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK ' +
      'NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB ' +
      'TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG',
  ],
]

const minorDigitsByCurrency: ReadonlyMap<string, number> = new Map(
  CURRENCIES.flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, digits] as const)),
)

/** All currencies of ISO 4217 that people pay in, sorted. */
export const currencies: readonly string[] = [...minorDigitsByCurrency.keys()].sort()

/** Whether this is a currency of ISO 4217, in capitals. */
export function isCurrency(code: string): boolean {
  return minorDigitsByCurrency.has(code)
}

/** Digits of the minor unit: EUR 2, JPY 0, KWD 3. Throws RangeError for a code that is no currency. */
export function minorDigits(currency: string): number {
  const digits = minorDigitsByCurrency.get(currency)
  if (digits === undefined) throw new RangeError(`no currency of ISO 4217: ${currency}`)
  return digits
}

function zeroMoney(currency: string): Money {
  return { minor: 0n, currency }
}

/** Throws RangeError when the currencies differ: what may differ is refused before it comes here. */
export function addMoney(left: Money, right: Money): Money {
  mustAgree(left, right)
  return { minor: left.minor + right.minor, currency: left.currency }
}

/** Throws RangeError when the currencies differ. */
export function subtractMoney(left: Money, right: Money): Money {
  mustAgree(left, right)
  return { minor: left.minor - right.minor, currency: left.currency }
}

/** The sum, zero for an empty list. Throws RangeError when a currency differs. */
export function sumMoney(amounts: readonly Money[], currency: string): Money {
  return amounts.reduce(addMoney, zeroMoney(currency))
}

/**
 * micros / divisor, rounded once to the minor unit, a half away from zero:
 * `minorFromMicros(249000n * 12340n, 1000n, 'EUR')` prices 12,340 Wh at 0.249 € per kWh.
 */
export function minorFromMicros(micros: Micros, divisor: bigint, currency: string): Money {
  const scale = 10n ** BigInt(minorDigits(currency))
  return { minor: divideHalfUp(micros * scale, divisor * 1_000_000n), currency }
}

export function addExact(left: ExactMicros, right: ExactMicros): ExactMicros {
  if (left.divisor === right.divisor) return { micros: left.micros + right.micros, divisor: left.divisor }
  return {
    micros: left.micros * right.divisor + right.micros * left.divisor,
    divisor: left.divisor * right.divisor,
  }
}

/** `"1250"` and `EUR` → `"12.50"`: always with all digits of the minor unit, a point, no grouping. */
export function decimalFromMoney(money: Money): string {
  const digits = minorDigits(money.currency)
  return decimalText(money.minor, digits, digits)
}

/** The shortest text of a price: `249000n` → `"0.249"`. */
export function decimalFromMicros(micros: Micros): string {
  return decimalText(micros, 6)
}

export function jsonFromMoney(money: Money): MoneyJson {
  return { minor: money.minor.toString(), currency: money.currency }
}

/** Undefined when it is not money as JSON carries it: digits in a string, a currency of ISO 4217. */
export function moneyFromJson(json: MoneyJson): Money | undefined {
  if (!/^-?\d{1,30}$/.test(json.minor) || !isCurrency(json.currency)) return undefined
  return { minor: BigInt(json.minor), currency: json.currency }
}

function mustAgree(left: Money, right: Money): void {
  if (left.currency !== right.currency) throw new RangeError(`${left.currency} and ${right.currency} do not mix`)
}
