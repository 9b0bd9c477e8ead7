export { type NewTariff, addVersion, makeTariff } from './change-tariffs.ts'
export { type BillingDeps, billingRoutes, priceLineShape, priceTotalsShape } from './http.ts'
export { revisionsTaken, type SessionRecord, takeSessionRecords } from './records/index.ts'
export * from './rules/index.ts'
export {
  findTariff,
  listTariffs,
  makeDefault,
  tariffExists,
  type StoredTariff,
  type StoredVersion,
  type TariffQuestion,
  tariffsThatApply,
  tariffThatApplies,
  type TariffVersion,
  tariffVersion,
  type TariffVersionName,
  tariffVersions,
} from './store.ts'
