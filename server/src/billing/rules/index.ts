export { parseTariff } from './parse-tariff.ts'
export { type FlowChange, pricedPeriods, type RegisterReading, type SessionFacts } from './periods.ts'
export {
  jsonFromPrice,
  jsonFromTotals,
  type Price,
  type PriceJson,
  type PriceLine,
  type PriceLineJson,
  type PriceTotals,
  type PriceTotalsJson,
} from './price.ts'
export { type PricePartJson, priceParts } from './price-parts.ts'
export { calculatePrice } from './rate.ts'
export type { ChargingPeriod, Dimension, PeriodState, PriceComponent, RatedSession, Tariff } from './tariff.ts'
export { dimensions } from './tariff.ts'
