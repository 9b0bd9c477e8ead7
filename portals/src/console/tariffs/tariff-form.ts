import type { Dimension, OcpiTariff, PriceComponent } from '../../api-types.ts'

/** A price part as it is typed. Prices are texts all the way, so that no digit is lost. */
export interface PartForm {
  readonly element: number
  readonly type: Dimension
  readonly price: string
  readonly vat: string
  readonly step: string
}

export interface TariffForm {
  readonly currency: string
  readonly taxIncluded: boolean
  readonly parts: readonly PartForm[]
}

export const dimensions: readonly Dimension[] = ['ENERGY', 'TIME', 'PARKING_TIME', 'FLAT']

export function emptyTariff(currency: string): TariffForm {
  return {
    currency,
    taxIncluded: true,
    parts: [{ element: 0, type: 'ENERGY', price: '', vat: '', step: '1' }],
  }
}

/** Opens a tariff for editing: one row per price component, its element remembered, decimals as the reader writes them. */
export function formFromTariff(tariff: OcpiTariff, point = '.'): TariffForm {
  return {
    currency: tariff.currency,
    taxIncluded: tariff.tax_included === 'YES',
    parts: tariff.elements.flatMap((element, index) =>
      element.price_components.map((part) => ({
        element: index,
        type: part.type,
        price: String(part.price).replace('.', point),
        vat: part.vat === undefined ? '' : String(part.vat).replace('.', point),
        step: String(part.step_size),
      })),
    ),
  }
}

/** The tariff as OCPI writes it, prices as decimal texts. Undefined while a price or a tax does not read as a number. */
export function tariffFromForm(form: TariffForm): OcpiTariff | undefined {
  const parts = form.parts.map(componentOf)
  if (parts.length === 0 || parts.some((part) => part === undefined)) return undefined
  const elements = [...new Set(form.parts.map(({ element }) => element))].sort((one, other) => one - other)
  return {
    currency: form.currency,
    tax_included: form.taxIncluded ? 'YES' : 'NO',
    elements: elements.map((element) => ({
      price_components: parts.filter(
        (part, index): part is PriceComponent => part !== undefined && form.parts[index]?.element === element,
      ),
    })),
  }
}

function componentOf(part: PartForm): PriceComponent | undefined {
  const price = decimal(part.price)
  const vat = part.vat.trim() === '' ? undefined : decimal(part.vat)
  const step = Number(part.step)
  if (price === undefined || (vat === undefined && part.vat.trim() !== '')) return undefined
  if (part.type !== 'FLAT' && (!Number.isInteger(step) || step < 1)) return undefined
  return {
    type: part.type,
    price,
    ...(vat === undefined ? {} : { vat }),
    step_size: part.type === 'FLAT' ? 1 : step,
  }
}

// A comma is a decimal point to half of Europe; nothing else is guessed.
function decimal(text: string): string | undefined {
  const plain = text.trim().replace(',', '.')
  return /^\d{1,9}(\.\d{1,6})?$/.test(plain) ? plain : undefined
}

export interface CalculatorForm {
  /** `2026-11-24T21:40`, in the zone of the tenant. */
  readonly startedAt: string
  readonly kilowattHours: string
  readonly chargingMinutes: string
  readonly parkedMinutes: string
}

/** The session to price: charged evenly, then parked. `start` in milliseconds since the epoch. */
export function sessionOf(form: CalculatorForm, start: number) {
  const charging = minutes(form.chargingMinutes)
  const parked = minutes(form.parkedMinutes)
  const energyWh = Math.round(Number(form.kilowattHours.replace(',', '.')) * 1000)
  if (charging === undefined || parked === undefined || !(energyWh >= 0) || Number.isNaN(start)) return undefined
  const at = (after: number) => new Date(start + after * 60_000).toISOString()
  const periods = [
    { from: at(0), to: at(charging), energyWh, state: 'charging' },
    { from: at(charging), to: at(charging + parked), energyWh: 0, state: 'parking' },
  ].filter(({ from, to }) => from !== to)
  return periods.length === 0 ? undefined : { startedAt: at(0), endedAt: at(charging + parked), periods }
}

function minutes(text: string): number | undefined {
  const value = text.trim() === '' ? 0 : Number(text.replace(',', '.'))
  return value >= 0 && value <= 100_000 ? value : undefined
}
