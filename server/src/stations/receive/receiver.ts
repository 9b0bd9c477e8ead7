import { type Database, DatabaseAway, failPoint, type Keys, type Log } from '../../platform/index.ts'
import type { HandedIn, ShortStep, ShortWay } from '../handed-in.ts'
import { type Batcher, openBatcher } from './batcher.ts'
import type { MessageAnswer, StationMessage } from './message.ts'
import { type TakeDeps, takeMessages } from './take-messages.ts'

export interface ReceiverDeps {
  readonly database: Database
  readonly keys: Keys
  readonly log: Log
  readonly takeReports: HandedIn['takeReports']
  readonly shortWay?: ShortWay
  /** A command waits to see in this station's reports what it brought about. */
  readonly isExpecting: (stationId: string) => boolean
  readonly markEffects: TakeDeps['markEffects']
  /** A batch was committed: these messages are true now. */
  onTaken(messages: readonly StationMessage[]): void
  onAway(): void
  /** This one message cannot be taken: it is kept as it came. */
  keepRefused(message: StationMessage): Promise<void>
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

/** Batches on their way at once: while one commits, the next is put together. */
const LANES = 2

/** The one message is at fault (or we are, for it alone): it is kept as it came, to be judged again. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken'
}

export function openReceiver(deps: ReceiverDeps): Receiver {
  const knownPlaces = new Set<string>()
  const batcher: Batcher<StationMessage, MessageAnswer> = openBatcher({
    keyOf: ({ stationId }) => stationId,
    lanes: LANES,
    async takeBatch(messages) {
      const tenantIds = [...new Set(messages.map(({ tenantId }) => tenantId))]
      const answers = await deps.database.inTenants(tenantIds, async (tx) => {
        const taken = await takeMessages(tx, { ...deps, knownPlaces }, messages)
        failPoint('report.before-commit')
        return taken
      })
      failPoint('report.after-commit')
      deps.onTaken(messages)
      return answers
    },
    onAway: () => deps.onAway(),
    ...(deps.patienceMs === undefined ? {} : { patienceMs: deps.patienceMs }),
  })

  const short = openShortWay(deps)

  const keep = (message: StationMessage, error: unknown): Promise<void> => {
    const { tenantId, stationId, action } = message
    deps.log.error('a message of a station could not be taken', { tenantId, stationId, action, error })
    return deps.keepRefused(message)
  }

  const takeWhole = async (message: StationMessage): Promise<MessageAnswer> => {
    try {
      return await batcher.submit(message)
    } catch (error) {
      if (error instanceof DatabaseAway) throw error
      await keep(message, error)
      throw new NotTaken('this message could not be taken', { cause: error })
    }
  }

  return {
    take(message) {
      const step = short.stepOf(message)
      if (step === undefined) return takeWhole(message)
      return short.batcher.submit(step).then(
        (isSaved) => (isSaved ? step.answer : takeWhole(message)),
        (error: unknown) => {
          if (error instanceof DatabaseAway) throw error
          deps.log.warn('a meter value could not go the short way', { stationId: message.stationId, error })
          return takeWhole(message)
        },
      )
    },
    forgetPlaces: () => knownPlaces.clear(),
    get size() {
      return batcher.size + short.batcher.size
    },
    async idle() {
      await short.batcher.idle()
      await batcher.idle()
    },
  }
}

/** Meter values of running sessions, most of all messages. The batcher answers false where nothing was saved: they go the whole way. */
function openShortWay({ shortWay, isExpecting, onAway, patienceMs }: ReceiverDeps) {
  const batcher: Batcher<ShortStep, boolean> = openBatcher({
    keyOf: ({ stationId }) => stationId,
    lanes: LANES,
    async takeBatch(steps) {
      failPoint('reading.before-save')
      const isSaved = (await shortWay?.save(steps)) ?? false
      failPoint('reading.after-save')
      return steps.map(() => isSaved)
    },
    onAway,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  })
  const stepOf = ({ bodies, ...message }: StationMessage): ShortStep | undefined => {
    const [body, second] = bodies
    if (body === undefined || second !== undefined || isExpecting(message.stationId)) return undefined
    const { tenantId, stationId, epoch, receivedAt, socketOpenedAt } = message
    return shortWay?.step({ tenantId, stationId, epoch, receivedAt, socketOpenedAt, body })
  }
  return { batcher, stepOf }
}
