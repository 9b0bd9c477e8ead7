/** The right that shows a type of notice. A type that does not stand here is shown to nobody. */
export const rightOfType: Readonly<Record<string, string>> = {
  'station.changed': 'stations.read',
  'evse.changed': 'stations.read',
  'refused-station': 'stations.read',
  'command.changed': 'stations.read',
  'ocpp.frame': 'log.read',
  'session.changed': 'sessions.read',
  'meter.read': 'sessions.read',
  'alert.changed': 'alerts.read',
}

export interface Watcher {
  readonly rights: ReadonlySet<string>
  readonly sites: 'all' | readonly string[]
  /** The stations at those sites: most notices name a station only. */
  readonly stations?: ReadonlySet<string> | undefined
  /** What the caller asked for. */
  readonly stationId?: string | undefined
  readonly types?: readonly string[] | undefined
  readonly log?: boolean | undefined
}

export interface Seen {
  readonly type: string
  readonly [field: string]: unknown
}

/** Whether a watcher is shown a notice: by right, by site, by its own filter. Raw frames only when asked for, of one station. */
export function maySee(watcher: Watcher, notice: Seen): boolean {
  const right = rightOfType[notice.type]
  if (right === undefined || !watcher.rights.has(right)) return false
  if (!isWithinSites(watcher, notice)) return false
  if (watcher.stationId !== undefined && stationOf(notice) !== watcher.stationId) return false
  if (notice.type === 'ocpp.frame') return watcher.log === true && watcher.stationId !== undefined
  return watcher.types === undefined || watcher.types.includes(notice.type)
}

function isWithinSites({ sites, stations }: Watcher, notice: Seen): boolean {
  if (sites === 'all') return true
  if (typeof notice['siteId'] === 'string') return sites.includes(notice['siteId'])
  const station = stationOf(notice)
  return typeof station === 'string' && stations?.has(station) === true
}

function stationOf(notice: Seen): unknown {
  if (notice['stationId'] !== undefined) return notice['stationId']
  const inner = notice['station'] ?? notice['command'] ?? notice['alert']
  const { id, stationId } = (inner ?? {}) as { id?: unknown; stationId?: unknown }
  return notice['station'] === undefined ? stationId : id
}
