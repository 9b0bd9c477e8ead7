import { type DecimalFault, isCurrency, parseDecimal } from '../../../../units/index.ts'
import { type FieldFault, ok, type Result, refuse } from '../../platform/result.ts'
import { type Dimension, dimensions, type PriceComponent, type Tariff, type TariffElement } from './tariff.ts'

/** What may become of a member of OCPI's tariff object. */
type Member = 'used' | 'kept' | 'not-built'
type Members = Readonly<Record<string, Member>>

// OCPI 2.2.1-d2 with `tax_included` and `preauthorize_amount` of 2.3.0.
const TARIFF_MEMBERS: Members = {
  currency: 'used',
  elements: 'used',
  tax_included: 'used',
  id: 'kept',
  country_code: 'kept',
  party_id: 'kept',
  last_updated: 'kept',
  type: 'kept',
  tariff_alt_text: 'kept',
  tariff_alt_url: 'kept',
  energy_mix: 'kept',
  min_price: 'not-built',
  max_price: 'not-built',
  preauthorize_amount: 'not-built',
  start_date_time: 'not-built',
  end_date_time: 'not-built',
}
const ELEMENT_MEMBERS: Members = { price_components: 'used', restrictions: 'not-built' }
const COMPONENT_MEMBERS: Members = { type: 'used', price: 'used', vat: 'used', step_size: 'used' }

const MICROS = 6
// 10^9 of any currency, and few enough digits that a JSON number still names every price exactly.
const HIGHEST_PRICE = 1_000_000_000n * 1_000_000n
const FULL_PERCENT = 100n * 1_000_000n
const LONGEST_STEP = 2_147_483_647
const MOST_ELEMENTS = 100

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Reads a tariff as OCPI writes it. What would change a price and is not built is refused by its pointer, never ignored;
 * a known member that is `null` counts as absent. All faults are told at once; pointers are relative to the tariff.
 */
export function parseTariff(json: unknown): Result<Tariff, 'bad-input'> {
  const faults: FieldFault[] = []
  const tariff = readTariff(json, faults)
  return tariff === undefined || faults.length > 0 ? refuse('bad-input', { fields: faults }) : ok(tariff)
}

function readTariff(json: unknown, faults: FieldFault[]): Tariff | undefined {
  const object = readObject(json, '', TARIFF_MEMBERS, faults)
  if (object === undefined) return undefined
  const currency = readCurrency(object['currency'], faults)
  const taxIncluded = readTaxIncluded(object['tax_included'], faults)
  const elements = readList(object['elements'], '/elements', MOST_ELEMENTS, faults).map((element, index) =>
    readElement(element, `/elements/${index}`, faults),
  )
  return { currency, taxIncluded, elements }
}

function readCurrency(value: unknown, faults: FieldFault[]): string {
  if (isAbsent(value)) fault(faults, '/currency', 'missing')
  else if (typeof value !== 'string') fault(faults, '/currency', 'not-a-text')
  else if (!isCurrency(value)) fault(faults, '/currency', 'not-a-currency')
  else return value
  return ''
}

function readTaxIncluded(value: unknown, faults: FieldFault[]): boolean {
  if (isAbsent(value)) return false
  // 2.3.0 knows N/A as well: no tax law applies. Until such tariffs are built it is refused by name.
  if (value === 'N/A') fault(faults, '/tax_included', 'not-supported')
  else if (value !== 'YES' && value !== 'NO') fault(faults, '/tax_included', 'not-known')
  return value === 'YES'
}

function readElement(json: unknown, pointer: string, faults: FieldFault[]): TariffElement {
  const object = readObject(json, pointer, ELEMENT_MEMBERS, faults)
  if (object === undefined) return { priceComponents: [] }
  const at = `${pointer}/price_components`
  const components = readList(object['price_components'], at, dimensions.length, faults)
  const read = components.map((component, index) => readComponent(component, `${at}/${index}`, faults))
  const seen = new Set<Dimension>()
  read.forEach((component, index) => {
    if (component === undefined) return
    // Two prices of one kind in one element: OCPI leaves open which of them would hold.
    if (seen.has(component.dimension)) fault(faults, `${at}/${index}/type`, 'repeated')
    seen.add(component.dimension)
  })
  return { priceComponents: read.filter((component) => component !== undefined) }
}

function readComponent(json: unknown, pointer: string, faults: FieldFault[]): PriceComponent | undefined {
  const object = readObject(json, pointer, COMPONENT_MEMBERS, faults)
  if (object === undefined) return undefined
  const dimension = readDimension(object['type'], `${pointer}/type`, faults)
  const price = readDecimal(object['price'], `${pointer}/price`, HIGHEST_PRICE, faults)
  const vat = object['vat']
  const tax = isAbsent(vat) ? undefined : readDecimal(vat, `${pointer}/vat`, FULL_PERCENT, faults)
  const stepSize = readStepSize(object['step_size'], `${pointer}/step_size`, dimension, faults)
  if (dimension === undefined || price === undefined || stepSize === undefined) return undefined
  return { dimension, priceMicros: price, taxPercentMicros: tax, stepSize }
}

function readDimension(value: unknown, pointer: string, faults: FieldFault[]): Dimension | undefined {
  const dimension = dimensions.find((known) => known === value)
  if (dimension === undefined) fault(faults, pointer, isAbsent(value) ? 'missing' : 'not-known')
  return dimension
}

function readStepSize(
  value: unknown,
  pointer: string,
  dimension: Dimension | undefined,
  faults: FieldFault[],
): number | undefined {
  // OCPI gives a flat fee no step; the member is then without effect and may be left out.
  if (isAbsent(value) && dimension === 'FLAT') return 1
  if (isAbsent(value)) fault(faults, pointer, 'missing')
  else if (typeof value !== 'number') fault(faults, pointer, 'not-a-number')
  else if (!Number.isInteger(value)) fault(faults, pointer, 'not-whole')
  else if (value < 1) fault(faults, pointer, 'too-small', { least: 1 })
  else if (value > LONGEST_STEP) fault(faults, pointer, 'too-big', { most: LONGEST_STEP })
  else return value
  return undefined
}

/** A JSON number is read by its shortest decimal text, which is what its author wrote: 0.1 is a tenth exactly. */
function readDecimal(value: unknown, pointer: string, most: bigint, faults: FieldFault[]): bigint | undefined {
  const code = decimalFault(value)
  if (code !== undefined) {
    fault(faults, pointer, code)
    return undefined
  }
  const parsed = parseDecimal(String(value), MICROS)
  const tooLarge = parsed.ok ? parsed.value > most : parsed.code === 'too-big'
  if (tooLarge) fault(faults, pointer, 'too-big', { most: Number(most / 1_000_000n) })
  else if (!parsed.ok)
    fault(faults, pointer, parsed.code, parsed.code === 'too-precise' ? { digits: MICROS } : undefined)
  else if (parsed.value < 0n) fault(faults, pointer, 'negative')
  else return parsed.value
  return undefined
}

function decimalFault(value: unknown): DecimalFault | 'missing' | undefined {
  if (isAbsent(value)) return 'missing'
  return typeof value === 'number' || typeof value === 'string' ? undefined : 'not-a-number'
}

function readObject(json: unknown, pointer: string, members: Members, faults: FieldFault[]): JsonObject | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    fault(faults, pointer, isAbsent(json) ? 'missing' : 'not-an-object')
    return undefined
  }
  for (const [name, value] of Object.entries(json)) {
    const member = Object.hasOwn(members, name) ? members[name] : undefined
    if (member === undefined) fault(faults, `${pointer}/${escaped(name)}`, 'not-known')
    else if (member === 'not-built' && value !== null) fault(faults, `${pointer}/${name}`, 'not-supported')
  }
  return Object.fromEntries(Object.entries(json))
}

function readList(value: unknown, pointer: string, most: number, faults: FieldFault[]): readonly unknown[] {
  if (isAbsent(value)) fault(faults, pointer, 'missing')
  else if (!Array.isArray(value)) fault(faults, pointer, 'not-a-list')
  else if (value.length === 0) fault(faults, pointer, 'empty')
  else if (value.length > most) fault(faults, pointer, 'too-many', { most })
  else return value
  return []
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null
}

function fault(faults: FieldFault[], pointer: string, code: string, values?: FieldFault['values']): void {
  faults.push({ pointer, code, ...(values === undefined ? {} : { values }) })
}

/** RFC 6901, section 3. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
