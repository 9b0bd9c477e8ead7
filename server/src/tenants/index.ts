export { anyTenant, forgetServedOfAll, countTenants, listTenants, tenantBySlug } from './find-tenants.ts'
export { makeTenant, type Making } from './make-tenant.ts'
export {
  isCountry,
  isTimeZone,
  languageTag,
  type NewTenant,
  newTenantShape,
  type Tenant,
} from './settings.ts'
export { lockTenant, readOutbound, readSettings, readTenant, saveSettings } from './store.ts'
