import { z } from 'zod'
import { recordChange } from '../audit/index.ts'
import { type AnyRoute, ok, tenantRoute } from '../platform/index.ts'
import { lockTenant, readSettings, saveSettings } from '../tenants/index.ts'
import { alertBounds, alertDefaults, alertSettingsFrom, type AlertSettings } from './rules/settings.ts'

const settingsShape = z.strictObject({
  offlineSeconds: z.int().describe('a station is away for so long before it is an alert'),
  incidentStations: z.int().describe('so many stations lost at once are one incident'),
  incidentSeconds: z.int().describe('what “at once” means'),
})

const number = (name: keyof AlertSettings) => z.int().min(alertBounds[name].least).max(alertBounds[name].most).nullish()

export const alertSettingRoutes: readonly AnyRoute[] = [
  tenantRoute({
    method: 'GET',
    path: '/v1/alert-settings',
    tag: 'alerts',
    summary: 'When alerts begin',
    right: 'alerts.read',
    answer: settingsShape,
    handle: async (tx) => ok(alertSettingsFrom(await readSettings(tx))),
  }),
  tenantRoute({
    method: 'PATCH',
    path: '/v1/alert-settings',
    tag: 'alerts',
    summary: 'Set when alerts begin; null: the default',
    right: 'limits.write',
    body: z.strictObject({
      offlineSeconds: number('offlineSeconds'),
      incidentStations: number('incidentStations'),
      incidentSeconds: number('incidentSeconds'),
    }),
    answer: settingsShape,
    handle: async (tx, { body, caller, at }) => {
      await lockTenant(tx)
      const before = alertSettingsFrom(await readSettings(tx))
      const next = (name: keyof AlertSettings): number =>
        body[name] === undefined ? before[name] : (body[name] ?? alertDefaults[name])
      const after: AlertSettings = {
        offlineSeconds: next('offlineSeconds'),
        incidentStations: next('incidentStations'),
        incidentSeconds: next('incidentSeconds'),
      }
      await saveSettings(tx, 'alerts', after)
      const change = { caller, at, objectKind: 'alert-settings', objectId: tx.tenantId, before, after }
      await recordChange(tx, { ...change, action: 'alert-settings.changed' })
      return ok(after)
    },
  }),
]
