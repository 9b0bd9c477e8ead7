import { crashes } from './crashes.ts'
import { databases } from './databases.ts'
import { messages } from './messages.ts'
import type { TortureRow } from './row.ts'
import { sockets } from './sockets.ts'

export type { TortureRow, Wishes } from './row.ts'
export { type RowEnd, runAsProcess, runInLanes } from './schedule.ts'

/** All long forms, in the order in which they run. */
export const tortureRows: readonly TortureRow[] = [...crashes, ...messages, ...databases, ...sockets]
