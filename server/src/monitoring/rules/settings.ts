/** What a tenant may set of its alerts (`settings.alerts`). */
export interface AlertSettings {
  /** A station is away for so long before it is worth an alert of its own. */
  readonly offlineSeconds: number
  /** So many stations lost within `incidentSeconds` are one incident. */
  readonly incidentStations: number
  readonly incidentSeconds: number
}

export const alertDefaults: AlertSettings = { offlineSeconds: 180, incidentStations: 5, incidentSeconds: 60 }

export const alertBounds = {
  offlineSeconds: { least: 30, most: 86_400 },
  incidentStations: { least: 2, most: 10_000 },
  incidentSeconds: { least: 10, most: 600 },
} as const satisfies Record<keyof AlertSettings, { readonly least: number; readonly most: number }>

/** From a tenant's settings, whatever lies there; what is not a fitting number is the default. */
export function alertSettingsFrom(settings: unknown): AlertSettings {
  const own = (settings as { readonly alerts?: Readonly<Record<string, unknown>> } | null)?.alerts ?? {}
  const read = (name: keyof AlertSettings): number => {
    const value = own[name]
    const { least, most } = alertBounds[name]
    return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? value
      : alertDefaults[name]
  }
  return {
    offlineSeconds: read('offlineSeconds'),
    incidentStations: read('incidentStations'),
    incidentSeconds: read('incidentSeconds'),
  }
}
