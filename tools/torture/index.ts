import { crashes } from './crashes.ts'
import { databases } from './databases.ts'
import { messages } from './messages.ts'
import type { TortureRow } from './row.ts'
import { sockets } from './sockets.ts'

export type { TortureRow, Wishes } from './row.ts'
export { type RowEnd, runAsProcess, runInLanes } from './schedule.ts'

/** All long forms, in the order in which they begin: what measures times first, beside those that wait; then the longest. */
export const tortureRows: readonly TortureRow[] = [...sockets, ...crashes, ...messages, ...databases]
