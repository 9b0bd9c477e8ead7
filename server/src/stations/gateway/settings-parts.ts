import type { Clock, Database } from '../../platform/index.ts'
import type { CommandQueue } from '../commands/queue.ts'
import * as store from '../commands/store-settings.ts'
import type { Incoming } from '../protocols/index.ts'
import { masked } from '../rules/mask.ts'

type Part = Extract<Incoming, { kind: 'settings' }>

/** A report in parts that grows beyond this is no report. */
const MOST_SETTINGS = 20_000

interface PartsDeps {
  readonly database: Database
  readonly clock: Clock
  readonly queue: CommandQueue
}

/**
 * A part of the settings that a command asked for. It is kept before it is acknowledged: the report goes on where a connection broke,
 * and over a restart of ours. Resolves to `ask-again` when a part was lost, and the command waits for its turn once more.
 */
export async function takeSettingsPart(
  { database, clock, queue }: PartsDeps,
  { tenantId, stationId }: { readonly tenantId: string; readonly stationId: string },
  part: Part,
): Promise<'kept' | 'ask-again'> {
  return database.inTenant(tenantId, async (tx) => {
    const id = await store.lockReport(tx, stationId, part.requestId)
    if (id === undefined) return 'kept'
    const count = await store.countSettings(tx, id)
    if (count < MOST_SETTINGS) {
      const settings = masked(part.settings) as store.Settings
      await store.savePart(tx, { id, stationId, seqNo: part.seqNo, settings })
    }
    if (!part.last) return 'kept'
    const parts = await store.takeParts(tx, id)
    // Parts that left while the connection was broken are gone: nobody else would send them again. They are numbered from 0 on; a
    // station that gives all the same number has no gap that could be told.
    const isIncomplete = count < MOST_SETTINGS && parts.length <= part.seqNo
    if (isIncomplete && (await store.askAgain(tx, id))) return 'ask-again'
    await store.addSettings(tx, { id, settings: parts.flat() })
    const seen = { tenantId, stationId, effect: 'settings-reported', evse: null, at: clock.now() }
    await queue.markEffectSeen(tx, [seen])
    return 'kept'
  })
}
