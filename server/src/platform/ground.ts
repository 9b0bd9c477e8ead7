import type { Bus } from './bus.ts'
import type { Clock } from './clock.ts'
import type { Database } from './db.ts'
import type { Keys } from './keys.ts'
import type { Log } from './log.ts'

/** What every feature is given to stand on. */
export interface Ground {
  readonly database: Database
  readonly keys: Keys
  readonly clock: Clock
  readonly log: Log
  readonly bus: Bus
  /** Where people and stations find this installation, without a slash at the end: `http://127.0.0.1:8080`. */
  readonly publicUrl: string
}
