import path from 'node:path'
import { fileURLToPath } from 'node:url'
import project from '../../package.json' with { type: 'json' }
import { auditRoutes, recordChange } from './audit/index.ts'
import { billingRoutes, tariffExists } from './billing/index.ts'
import type { Config } from './config.ts'
import { eventRoutes, openRings, type Webhooks, wireWebhooks } from './events/index.ts'
import { finderRoutes } from './finder/index.ts'
import {
  addPerson,
  identityRoutes,
  linkFor,
  makeSignInLink,
  makeTenantWithKey,
  openAuthenticate,
} from './identity/index.ts'
import { healthRoutes, metricsOf, readinessOf } from './health.ts'
import type { Installation } from './installation.ts'
import { forgetMarks, wireMonitoring } from './monitoring/index.ts'
import {
  type AnyRoute,
  API_STYLE_PATH,
  apiPage,
  carryOutDue,
  type Ground,
  type HttpServer,
  type Loop,
  openApiOf,
  openHttp,
  openOps,
  openTexts,
  startLoop,
  takeDue,
  type Texts,
  watchRoom,
} from './platform/index.ts'
import { rightsRoutes } from './rights/index.ts'
import { foldersOfPortal, portalPage } from './served-files.ts'
import { openUsageLog, tariffHasSessions, wireSessions } from './sessions/index.ts'
import {
  countStationsByTariff,
  sitesExist,
  type Stations,
  stationsAt,
  vendorTextOf,
  watchLog,
  wireStations,
} from './stations/index.ts'
import { wireSubscribers } from './subscribers/index.ts'
import { anyTenant, type NewTenant } from './tenants/index.ts'
import { tidy } from './tidy.ts'

export const VERSION = project.version
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const languagesFolder = path.join(ROOT, 'languages')

/** The composition root: the one file that knows every feature. What a feature needs from above is handed in here. */
export interface App {
  listen(host: string, port: number): Promise<number>
  readonly http: HttpServer
  readonly stations: Stations
  readonly opsPort: number
  hasTenants(): Promise<boolean>
  installationLink(): Promise<string>
  /** A demo network by its slug, made when missing, with its administrator's key. */
  ensureDemoTenant(network: NewTenant): Promise<{ readonly tenantId: string; readonly key: string }>
  /** A one-time link for a person of a tenant, added when missing. */
  personLink(tenantId: string, slug: string, person: DemoPerson): Promise<string>
  /** The demo's stations live in this program: that they begin anew with it counts as no restlessness of theirs. */
  forgetRestarts(tenantId: string): Promise<void>
  /** Finishes what was begun, tells stations to come back, ends everything. */
  close(): Promise<void>
}

export interface DemoPerson {
  readonly name: string
  readonly mail: string
  readonly role: 'administrator' | 'operator'
}

export interface Features {
  readonly stations: Stations
  readonly routes: readonly AnyRoute[]
  readonly loops: () => Loop[]
  readonly closeEvents: () => void
  readonly closeWebhooks: () => Promise<void>
}

export interface FeatureOptions {
  readonly isDemo: boolean
  readonly messagesPerSecond: number
  readonly dataFolder?: string
  /** Where data lies, that of the embedded database included. */
  readonly folders?: readonly string[]
}

/** Puts the features together. Opens nothing that listens, so that the API's description can be made without a database. */
export function wireFeatures(
  ground: Ground,
  texts: Texts,
  { isDemo, messagesPerSecond, dataFolder, folders }: FeatureOptions,
): Features {
  const rings = openRings(ground.bus)
  const monitoring = wireMonitoring({ ground, texts, folders, vendorText: vendorTextOf(texts) })
  const sessions = wireSessions({
    ...ground,
    raiseAlerts: monitoring.raiseAlerts,
    clearAlerts: monitoring.clearAlerts,
    // Late: sessions and stations need each other; stations stand below and are handed sessions' decisions.
    sendToStation: (tx, wanted) => stations.commands.sendToStation(tx, wanted),
    takeBackCommands: (tx, sessionId, at) => stations.commands.takeBack(tx, sessionId, at),
    touchStation: (tenantId, stationId) => stations.touch(tenantId, stationId),
    texts,
    usageLog: dataFolder === undefined ? { append: async () => undefined } : openUsageLog(dataFolder),
  })
  const subscribers = wireSubscribers({
    ...ground,
    texts,
    raiseAlert: monitoring.raiseAlert,
    clearAlert: monitoring.clearAlert,
    sendToStation: (tx, wanted) => stations.commands.sendToStation(tx, wanted),
  })
  const stations: Stations = wireStations({
    ground,
    async takeReports(tx, reports, isCurrent) {
      const answers = await sessions.takeReports(tx, reports, isCurrent)
      const counts = (await isCurrent) ?? (() => true)
      const current = reports.filter(counts)
      await monitoring.takeReports(tx, current)
      await subscribers.takeReports(tx, current)
      return answers
    },
    shortWay: sessions.shortWay,
    judgeTokens: sessions.judgeTokens,
    async commandSettled(tx, ended) {
      await sessions.commandSettled(tx, ended)
      await subscribers.commandSettled(tx, ended)
    },
    startForStaff: sessions.startForStaff,
    stopForStaff: sessions.stopForStaff,
    raiseAlert: monitoring.raiseAlert,
    tariffExists,
    messagesPerSecond,
  })
  const { raiseAlert, clearAlert } = monitoring
  const webhooks = wireWebhooks({ ...ground, raiseAlert, clearAlert, recordChange }, texts)
  const features: Wired = { stations, sessions, subscribers, monitoring, webhooks }
  return {
    stations,
    routes: routesOf(ground, texts, { ...features, rings, isDemo }),
    loops: () => loopsOf(ground, features),
    closeEvents: () => rings.close(),
    closeWebhooks: () => webhooks.close(),
  }
}

interface Wired {
  readonly stations: Stations
  readonly sessions: ReturnType<typeof wireSessions>
  readonly subscribers: ReturnType<typeof wireSubscribers>
  readonly monitoring: ReturnType<typeof wireMonitoring>
  readonly webhooks: Webhooks
}

function routesOf(
  ground: Ground,
  texts: Texts,
  features: Wired & { readonly rings: ReturnType<typeof openRings>; readonly isDemo: boolean },
): AnyRoute[] {
  const { stations, sessions, subscribers, monitoring, webhooks, rings, isDemo } = features
  return [
    ...identityRoutes({
      ground,
      installation: { version: VERSION, demo: () => isDemo, languages: () => texts.languages },
      sitesExist,
    }),
    ...rightsRoutes(),
    ...auditRoutes(),
    ...stations.routes,
    ...subscribers.routes,
    ...billingRoutes({ countStationsByTariff, hasSessions: tariffHasSessions }),
    ...sessions.routes,
    ...monitoring.routes,
    ...finderRoutes(ground),
    ...webhooks.routes,
    ...eventRoutes(rings, ground.clock, {
      stationsAt: (tenantId, sites) => ground.database.inTenant(tenantId, (tx) => stationsAt(tx, sites)),
      watchLog: (tenantId, stationId, sites) =>
        ground.database.inTenant(tenantId, (tx) => watchLog(tx, ground.bus, stationId, sites)),
    }),
  ]
}

/** What the worker does again and again. Several workers may run: rows are taken `skip locked`. */
function loopsOf(ground: Ground, { stations, sessions, subscribers, monitoring, webhooks }: Wired): Loop[] {
  const { log } = ground
  return [
    startLoop('outbox', 500, log, () =>
      carryOutDue({
        ...ground,
        handlers: { ...sessions.effects, ...subscribers.effects, ...monitoring.effects },
        onSetAside: monitoring.effectSetAside,
      }),
    ),
    startLoop('sessions', 1_000, log, () => takeDue(ground, sessions.deadlines)),
    startLoop('commands', 1_000, log, () => takeDue(ground, stations.deadlines)),
    startLoop('watch', 5_000, log, monitoring.watchDue),
    startLoop('local lists', 1_000, log, () => takeDue(ground, subscribers.deadlines)),
    startLoop('webhooks', 500, log, webhooks.sendDue),
  ]
}

const TIDY_EVERY_MS = 6 * 3_600_000

/** Opens the roles of this process: what they need is running when this resolves; nothing listens yet but the operations port. */
export async function openApp(config: Config, installation: Installation, isDemo: boolean): Promise<App> {
  const { ground } = installation
  const texts = openTexts(languagesFolder, {
    onFault: (file, why) => ground.log.warn('a language file cannot be used', { file, why }),
  })
  const { STATION_MESSAGES_PER_SECOND: messagesPerSecond, DATA_DIR: dataFolder } = config
  const { folders } = installation
  const features = wireFeatures(ground, texts, { isDemo, messagesPerSecond, dataFolder, folders })
  const { stations, routes } = features
  const serves = (role: Config['ROLES'][number]): boolean => config.ROLES.includes(role)
  const room = watchRoom(folders, ground.log, stations.gateway.setRoom)
  const readiness = readinessOf(ground, stations, room)
  const ops = await openOps(config.OPS_PORT, metricsOf(ground, stations), readiness)
  const shownRoutes = serves('api') ? routes : []
  const http = await openHttp({
    ground,
    texts,
    routes: [...shownRoutes, ...healthRoutes(readiness)],
    authenticate: openAuthenticate(ground, installation.platformKey),
    trustedProxies: config.TRUSTED_PROXIES,
    isAway: () => stations.gateway.isAway(),
    folders: serves('api') ? foldersOfPortal(languagesFolder) : [],
    ...(serves('api') ? { page: portalPage, plainPages: documentation(routes, texts) } : {}),
  })
  if (serves('gateway')) {
    await stations.gateway.forgetConnections()
    stations.gateway.attach(http.server)
  } else {
    stations.gateway.watchDatabase()
  }
  const loops = serves('worker')
    ? [...features.loops(), startLoop('tidy', TIDY_EVERY_MS, ground.log, () => tidy(installation))]
    : []
  return {
    http,
    stations,
    opsPort: ops.port,
    listen: (host, port) => http.listen(host, port),
    hasTenants: () => anyTenant(ground),
    installationLink: () => makeSignInLink(ground, 'installation'),
    ensureDemoTenant: (network) => ensureDemoTenant(ground, network),
    personLink: (tenantId, slug, person) => personLink(ground, tenantId, slug, person),
    forgetRestarts: (tenantId) => ground.database.inTenant(tenantId, forgetMarks),
    async close() {
      // Stations first, so that what they said is committed and answered; then people.
      await stations.close()
      room.stop()
      await Promise.all(loops.map((loop) => loop.stop()))
      await features.closeWebhooks()
      features.closeEvents()
      await http.close()
      await ops.close()
    },
  }
}

/** The description of the API, made from the rows alone: their handlers are never called. */
export function describeApi(): Record<string, unknown> {
  const absent = new Proxy({}, { get: (_, name) => (name === 'subscribe' ? () => () => {} : absent) }) as never
  const features = wireFeatures(
    {
      database: absent,
      keys: absent,
      clock: absent,
      log: absent,
      bus: { publish() {}, subscribe: () => () => {}, isHeard: () => false },
      publicUrl: '',
    },
    openTexts(languagesFolder),
    { isDemo: false, messagesPerSecond: 1 },
  )
  features.closeEvents()
  return openApiOf(features.routes, VERSION)
}

function documentation(routes: readonly AnyRoute[], texts: Texts) {
  const description = openApiOf(routes, VERSION)
  const page = apiPage(description, texts)
  return {
    '/v1/openapi.json': () => ({ type: 'application/json', body: JSON.stringify(description) }),
    '/docs': () => ({ type: 'text/html; charset=utf-8', body: page.html }),
    [API_STYLE_PATH]: () => ({ type: 'text/css; charset=utf-8', body: page.css }),
  }
}

async function ensureDemoTenant(ground: Ground, network: NewTenant) {
  const options = { at: ground.clock.now(), demo: true, idempotencyKey: `demo ${network.slug}` }
  const made = await makeTenantWithKey(ground, network, options)
  if (!made.ok) throw new Error(`the demo network ${network.slug} could not be made: ${made.code}`)
  return { tenantId: made.value.id, key: made.value.key }
}

async function personLink(ground: Ground, tenantId: string, slug: string, person: DemoPerson): Promise<string> {
  await ground.database.inTenant(tenantId, async (tx) => {
    const at = ground.clock.now()
    await addPerson(ground, tx, { ...person, sites: 'all' }, { status: 'invited', at })
  })
  const link = await linkFor(ground, { tenant: slug, name: person.name }, ground.clock.now())
  if (!link.ok) throw new Error(`no link for a person of the demo: ${link.code}`)
  return link.value.url
}
