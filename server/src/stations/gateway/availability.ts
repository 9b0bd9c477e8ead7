import { DatabaseAway, type Ground } from '../../platform/index.ts'

/** Whether the gateway takes stations: not while the database is away, nor while there is no room, nor when it drains. */
export interface Availability {
  isOnline(): boolean
  /** The database is known to be away. */
  isAway(): boolean
  /** Whether the disk has room to take more. */
  setRoom(hasRoom: boolean): void
  /** Calls the next time that stations are sent away; answers how to stop waiting for it. */
  whenLost(then: () => void): () => void
  /** Asks the database again and again from now on. */
  start(): void
  /** The database did not come back in time: offline on purpose until it answers. */
  lost(): void
  stop(): void
}

const ASK_MS = 1_000
/** A database that says nothing for so long is away: new connections hear 503 within 5 s (row 11). */
const SILENT_MS = 3_000

export function openAvailability({ database, log }: Ground, onLost: () => void): Availability {
  let state: 'online' | 'away' | 'draining' = 'online'
  let hasRoom = true
  let failures = 0
  const waiting = new Set<() => void>()
  let timer: NodeJS.Timeout | undefined

  const sendAway = (): void => {
    for (const then of waiting) then()
    waiting.clear()
    onLost()
  }
  const look = async (): Promise<void> => {
    const answer = await answerOf(database)
    if (answer === 'yes') {
      failures = 0
      if (state === 'away') {
        state = 'online'
        log.info('the database answers again: stations may come back')
      }
      return
    }
    // A refusal may be a restart of a moment; silence has lasted already.
    failures += answer === 'silent' ? 2 : 1
    if (failures >= 2) availability.lost()
    // What waits on connections that say nothing must not wait for ever.
    if (answer === 'silent') database.dropConnections()
  }
  const again = (): void => {
    if (state === 'draining') return
    timer = setTimeout(() => void look().finally(again), ASK_MS).unref()
  }
  const availability: Availability = {
    isOnline: () => state === 'online' && hasRoom,
    isAway: () => state === 'away',
    setRoom(has) {
      hasRoom = has
      if (!has) sendAway()
    },
    whenLost(then) {
      waiting.add(then)
      return () => waiting.delete(then)
    },
    start() {
      if (timer === undefined) again()
    },
    lost() {
      if (state !== 'online') return
      state = 'away'
      log.error('the database does not answer: stations are sent away until it does')
      sendAway()
    },
    stop() {
      state = 'draining'
      clearTimeout(timer)
    },
  }
  return availability
}

function answerOf(database: Ground['database']): Promise<'yes' | 'no' | 'silent'> {
  return database.ping(SILENT_MS).then(
    () => 'yes',
    (error: unknown) => (error instanceof DatabaseAway && error.isSilent ? 'silent' : 'no'),
  )
}
