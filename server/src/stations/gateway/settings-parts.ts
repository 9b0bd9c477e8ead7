import type { Clock, Database } from '../../platform/index.ts'
import type { CommandQueue } from '../commands/queue.ts'
import { addSettings } from '../commands/store.ts'
import type { CommandAnswer } from '../model.ts'
import type { Incoming } from '../protocols/index.ts'
import { masked } from '../rules/mask.ts'

type Settings = NonNullable<CommandAnswer['settings']>

/** Reports of settings that come in parts after the answer (2.x NotifyReport). */
export interface SettingsParts {
  /** From now on parts under this request id belong to the command. */
  expect(requestId: number, commandId: string): void
  take(part: Extract<Incoming, { kind: 'settings' }>): Promise<void>
}

/** A report in parts that grows beyond this is no report. */
const MOST_SETTINGS = 20_000

export function openSettingsParts(
  { database, clock, queue }: { readonly database: Database; readonly clock: Clock; readonly queue: CommandQueue },
  { tenantId, stationId }: { readonly tenantId: string; readonly stationId: string },
): SettingsParts {
  const collecting = new Map<number, { readonly id: string; readonly settings: Settings[number][] }>()
  return {
    expect: (requestId, id) => void collecting.set(requestId, { id, settings: [] }),
    async take(part) {
      const collected = collecting.get(part.requestId)
      if (collected === undefined) return
      if (collected.settings.length < MOST_SETTINGS) collected.settings.push(...part.settings)
      if (!part.last) return
      collecting.delete(part.requestId)
      const settings = masked(collected.settings) as Settings
      await database.inTenant(tenantId, async (tx) => {
        await addSettings(tx, { id: collected.id, settings })
        await queue.markEffectSeen(tx, [
          { tenantId, stationId, effect: 'settings-reported', evse: null, at: clock.now() },
        ])
      })
    },
  }
}
