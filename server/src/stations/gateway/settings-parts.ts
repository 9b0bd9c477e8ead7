import { isBefore } from '../../../../units/index.ts'
import type { Clock, Database } from '../../platform/index.ts'
import type { CommandQueue } from '../commands/queue.ts'
import { addSettings, askAgain } from '../commands/store.ts'
import type { CommandAnswer } from '../model.ts'
import type { Incoming } from '../protocols/index.ts'
import { masked } from '../rules/mask.ts'

type Settings = NonNullable<CommandAnswer['settings']>
type Part = Extract<Incoming, { kind: 'settings' }>

/** Reports of settings that come in parts after the answer (2.x NotifyReport). */
export interface SettingsParts {
  /** From now on parts under this request id belong to the command. */
  expect(requestId: number, commandId: string): void
  take(part: Part): Promise<void>
}

/** A report on its way. */
interface Collected {
  readonly commandId: string
  readonly requestId: number
  readonly since: Temporal.Instant
  /** By the number of the part: one that is sent again counts once. */
  readonly parts: Map<number, Settings>
  count: number
}

/** A report in parts that grows beyond this is no report. */
const MOST_SETTINGS = 20_000
/** What stands for so long is not told to its end any more. */
const LONGEST = Temporal.Duration.from({ minutes: 10 })

/**
 * What stations have told so far, by station: it outlives their sockets, so that a report goes on where a connection broke. Of
 * each station the newest alone is kept.
 */
export type ReportsOnTheirWay = Map<string, Collected>

interface PartsDeps {
  readonly database: Database
  readonly clock: Clock
  readonly queue: CommandQueue
  readonly reports: ReportsOnTheirWay
}

interface PartsOf {
  readonly tenantId: string
  readonly stationId: string
}

/** `onAskAgain`: the command is to be sent once more. */
export function openSettingsParts(deps: PartsDeps, of: PartsOf, onAskAgain: () => void): SettingsParts {
  const { database, clock, queue, reports } = deps
  const { tenantId, stationId } = of
  const name = `${tenantId} ${stationId}`
  return {
    expect(requestId, commandId) {
      const since = clock.now()
      for (const [other, report] of reports) if (isBefore(report.since, since.subtract(LONGEST))) reports.delete(other)
      reports.set(name, { requestId, commandId, since, parts: new Map<number, Settings>(), count: 0 })
    },
    async take(part) {
      const collected = reports.get(name)
      if (collected?.requestId !== part.requestId) return
      if (collected.count < MOST_SETTINGS && !collected.parts.has(part.seqNo)) {
        collected.parts.set(part.seqNo, part.settings)
        collected.count += part.settings.length
      }
      if (!part.last) return
      reports.delete(name)
      const { commandId: id } = collected
      // Parts that left while the connection was broken are gone: nobody else would send them again.
      if (isIncomplete(collected, part) && (await database.inTenant(tenantId, (tx) => askAgain(tx, id)))) {
        return onAskAgain()
      }
      const told = [...collected.parts].toSorted(([left], [right]) => left - right).flatMap(([, settings]) => settings)
      await database.inTenant(tenantId, async (tx) => {
        await addSettings(tx, { id, settings: masked(told) as Settings })
        await queue.markEffectSeen(tx, [
          { tenantId, stationId, effect: 'settings-reported', evse: null, at: clock.now() },
        ])
      })
    },
  }
}

/** Parts are numbered from 0 on. A station that gives all the same number has no gap that could be told. */
function isIncomplete({ parts, count }: Collected, { seqNo }: Part): boolean {
  return count < MOST_SETTINGS && parts.size <= seqNo
}
