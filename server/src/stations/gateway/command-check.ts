import { type Database, DatabaseAway, type Log } from '../../platform/index.ts'
import { loadCommandStates } from '../commands/store.ts'
import type { Connection } from './connection.ts'

export interface CommandCheckDeps {
  readonly database: Database
  readonly log: Log
  readonly inBackground: (work: Promise<unknown>) => void
}

export interface CommandCheck {
  /** This station may have commands: asked within moments, for many stations at once. */
  ask(connection: Connection): void
  stop(): void
}

const SOON_MS = 20
const AGAIN_MS = 1_000

/** After an outage all stations come at once, and hardly any has a command: each asking for itself cost four transactions. */
export function openCommandCheck({ database, log, inBackground }: CommandCheckDeps): CommandCheck {
  let waiting = new Set<Connection>()
  let timer: NodeJS.Timeout | undefined

  const checkOf = async (tenantId: string, group: readonly Connection[]): Promise<void> => {
    const asked = group.map((connection) => ({ connection, known: connection.dispatcher.mark() }))
    try {
      const ids = [...new Set(group.map(({ stationId }) => stationId))]
      const states = await database.inTenant(tenantId, (tx) => loadCommandStates(tx, ids))
      for (const { connection, known } of asked) {
        const state = states.get(connection.stationId)
        connection.dispatcher.learn(known, state?.expects ?? false)
        if (state?.waits === true) connection.dispatcher.wake()
      }
    } catch (error) {
      if (!(error instanceof DatabaseAway)) return log.error('commands could not be looked for', { tenantId, error })
      for (const connection of group) ask(connection, AGAIN_MS)
    }
  }
  const check = (): void => {
    timer = undefined
    const due = waiting
    waiting = new Set()
    for (const [tenantId, group] of Map.groupBy(due, (connection) => connection.tenantId)) {
      inBackground(checkOf(tenantId, group))
    }
  }
  const ask = (connection: Connection, withinMs: number): void => {
    waiting.add(connection)
    timer ??= setTimeout(check, withinMs).unref()
  }
  return {
    ask: (connection) => ask(connection, SOON_MS),
    stop: () => clearTimeout(timer),
  }
}
