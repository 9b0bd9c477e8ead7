import type { FrameMeta } from '../../../ocpp/index.ts'
import type { AnyRoute, DeadlineTable, Ground } from '../platform/index.ts'
import { type ChangeFeed, openChangeFeed } from './change-feed.ts'
import { type CommandQueue, openCommandQueue } from './commands/queue.ts'
import type { HandedIn } from './handed-in.ts'
import { type Gateway, openGateway } from './gateway/gateway.ts'

export interface StationsDeps extends HandedIn {
  readonly ground: Ground
  /** Beyond this a station is held back; absent: no limit. */
  readonly messagesPerSecond?: number
  /** A frame went by, for those who watch the log live. */
  readonly onFrame?: (
    station: { readonly tenantId: string; readonly stationId: string },
    at: Temporal.Instant,
    text: string,
    meta: FrameMeta,
  ) => void
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
  const { ground, timing = {}, messagesPerSecond, onFrame } = deps
  const feed = openChangeFeed(ground)
  const commands = openCommandQueue({ ...ground, commandSettled: deps.commandSettled })
  const gateway = openGateway({
    ground,
    queue: commands,
    takeReports: deps.takeReports,
    judgeToken: deps.judgeToken,
    commandSettled: deps.commandSettled,
    touch: feed.touch,
    ...(onFrame === undefined ? {} : { onFrame }),
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
    routes: [],
    idle,
    async close() {
      await gateway.drain()
      await feed.idle()
      feed.stop()
    },
  }
}
