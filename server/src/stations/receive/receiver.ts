import { type Database, DatabaseAway, type Keys, type Log } from '../../platform/index.ts'
import type { HandedIn } from '../handed-in.ts'
import { type Batcher, openBatcher } from './batcher.ts'
import type { MessageAnswer, StationMessage } from './message.ts'
import * as store from './store.ts'
import { type TakeDeps, takeMessages } from './take-messages.ts'

export interface ReceiverDeps {
  readonly database: Database
  readonly keys: Keys
  readonly log: Log
  readonly takeReports: HandedIn['takeReports']
  readonly markEffects: TakeDeps['markEffects']
  /** A batch was committed: these messages are true now. */
  onTaken(messages: readonly StationMessage[]): void
  onAway(): void
  readonly patienceMs?: number
}

export interface Receiver {
  /**
   * Resolves once what the message says is committed. Rejects with DatabaseAway when the database does not come back, and
   * with `NotTaken` when this one message cannot be taken (it is kept among the refused messages).
   */
  take(message: StationMessage): Promise<MessageAnswer>
  /** Forgets that EVSEs have rows: some were removed. */
  forgetPlaces(): void
  readonly size: number
  idle(): Promise<void>
}

/** The one message is at fault (or we are, for it alone): it is kept as it came, to be judged again. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken'
}

export function openReceiver(deps: ReceiverDeps): Receiver {
  const knownPlaces = new Set<string>()
  const batcher: Batcher<StationMessage, MessageAnswer> = openBatcher({
    keyOf: ({ stationId }) => stationId,
    async takeBatch(messages) {
      const tenantIds = [...new Set(messages.map(({ tenantId }) => tenantId))]
      const answers = await deps.database.inTenants(tenantIds, (tx) =>
        takeMessages(tx, { ...deps, knownPlaces }, messages),
      )
      deps.onTaken(messages)
      return answers
    },
    onAway: () => deps.onAway(),
    ...(deps.patienceMs === undefined ? {} : { patienceMs: deps.patienceMs }),
  })

  const keep = async (message: StationMessage, error: unknown): Promise<void> => {
    const { tenantId, stationId, receivedAt: at, action, text } = message
    deps.log.error('a message of a station could not be taken', { tenantId, stationId, action, error })
    const frame = (await deps.keys.tenant(tenantId)).encrypt(text)
    await deps.database.inTenants([tenantId], (tx) =>
      store.saveRefused(tx, [{ tenantId, stationId, at, action, code: 'not-taken', why: 'not-taken', frame }]),
    )
  }

  return {
    async take(message) {
      try {
        return await batcher.submit(message)
      } catch (error) {
        if (error instanceof DatabaseAway) throw error
        await keep(message, error)
        throw new NotTaken('this message could not be taken', { cause: error })
      }
    },
    forgetPlaces: () => knownPlaces.clear(),
    get size() {
      return batcher.size
    },
    idle: () => batcher.idle(),
  }
}
