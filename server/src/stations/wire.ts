import type { AnyRoute, DeadlineTable, Ground, Tx } from '../platform/index.ts'
import { type ChangeFeed, openChangeFeed } from './change-feed.ts'
import { type CommandQueue, openCommandQueue } from './commands/queue.ts'
import type { HandedIn, RaiseAlert } from './handed-in.ts'
import { type Gateway, openGateway } from './gateway/gateway.ts'
import { commandRoutes } from './http-commands.ts'
import { logRoutes } from './http-log.ts'
import { refusedMessageRoutes } from './http-refused-messages.ts'
import { refusedRoutes } from './http-refused.ts'
import { siteRoutes } from './http-sites.ts'
import { stationListRoutes } from './http-station-list.ts'
import { stationRoutes } from './http-stations.ts'
import { openLiveLog } from './gateway/live-log.ts'

export interface StationsDeps extends HandedIn {
  readonly ground: Ground
  /** Absent: nobody is told. */
  readonly raiseAlert?: RaiseAlert
  /** Whether a tariff of the tenant bears this id; tariffs are a feature above. Absent: whatever is named is taken. */
  readonly tariffExists?: (tx: Tx, id: string) => Promise<boolean>
  /** Beyond this a station is held back; absent: no limit. */
  readonly messagesPerSecond?: number
  /** For tests. */
  readonly timing?: {
    readonly pingMs?: number
    readonly silenceMs?: number
    readonly answerTimeoutMs?: number
    readonly patienceMs?: number
  }
}

export interface Stations {
  readonly gateway: Gateway
  readonly commands: CommandQueue
  /** For the worker's deadlines. */
  readonly deadlines: DeadlineTable
  /** What people see of a station may have changed (a session began, moved or ended on it). */
  touch: ChangeFeed['touch']
  readonly routes: readonly AnyRoute[]
  idle(): Promise<void>
  close(): Promise<void>
}

/** The feature, put together. The gateway takes no station before it is attached to a server. */
export function wireStations(deps: StationsDeps): Stations {
  const { ground, timing = {}, messagesPerSecond } = deps
  const feed = openChangeFeed(ground)
  const liveLog = openLiveLog(ground)
  const commands = openCommandQueue({
    ...ground,
    commandSettled: deps.commandSettled,
    ...(deps.raiseAlert === undefined ? {} : { raiseAlert: deps.raiseAlert }),
  })
  const gateway = openGateway({
    ground,
    queue: commands,
    ...(deps.raiseAlert === undefined ? {} : { raiseAlert: deps.raiseAlert }),
    takeReports: deps.takeReports,
    ...(deps.shortWay === undefined ? {} : { shortWay: deps.shortWay }),
    judgeTokens: deps.judgeTokens,
    commandSettled: deps.commandSettled,
    touch: feed.touch,
    onFrame: liveLog.onFrame,
    ...(messagesPerSecond === undefined ? {} : { messagesPerSecond }),
    ...timing,
  })
  const idle = async (): Promise<void> => {
    await gateway.idle()
    await feed.idle()
  }
  return {
    gateway,
    commands,
    deadlines: { table: 'commands', take: commands.takeDue },
    touch: feed.touch,
    routes: [
      ...siteRoutes,
      ...stationListRoutes(ground),
      ...stationRoutes({
        ground,
        commands,
        touch: feed.touch,
        forgetPlaces: gateway.forgetPlaces,
        tariffExists: deps.tariffExists,
        stopForStaff: deps.stopForStaff,
      }),
      ...refusedRoutes(ground, feed.touch),
      ...commandRoutes({ commands, startForStaff: deps.startForStaff }),
      ...logRoutes(ground, gateway.flushLog),
      ...refusedMessageRoutes(ground, gateway.takeAgain),
    ],
    idle,
    async close() {
      await gateway.drain()
      await feed.idle()
      feed.stop()
      liveLog.stop()
    },
  }
}
