import type { CommandKind } from '../model.ts'

/**
 * How often the platform may ask a station by itself, within an hour; null: no limit of this kind, `why` says what holds it
 * instead. What a person or a program asks is not counted. docs/asking-limits.md is made from this table.
 */
interface AskingLimit {
  readonly perHour: number | null
  readonly why: string
}

const never = { perHour: null, why: 'the platform never asks this by itself' }

export const askingLimits: Readonly<Record<CommandKind, AskingLimit>> = {
  'start-transaction': { perHour: null, why: 'one for each wish of a driver, judged by VALID' },
  'stop-transaction': {
    perHour: null,
    why: 'three for each session while the station listens, then staff are alerted: energy that should stop is never held back by a count',
  },
  'fetch-meter': {
    perHour: 240,
    why: 'three for each session without its meter data, then it is closed by an estimate',
  },
  'transaction-status': { perHour: 240, why: 'as fetch-meter, beside it' },
  'clear-cache': {
    perHour: 60,
    why: 'one serves every card that was blocked meanwhile; three tries where none is answered, then one a day',
  },
  'read-list': { perHour: 12, why: 'after a boot, once a day, and after a failure' },
  'send-list': { perHour: 240, why: 'a part each; five failures in a row, then the list rests and staff are alerted' },
  trigger: { perHour: 30, why: 'a boot, once it is let in; what a connector shows, where a stop was refused' },
  'read-settings': { perHour: 30, why: 'questions after a boot' },
  'write-settings': { perHour: 30, why: 'settings that were wanted' },
  'set-availability': { perHour: 30, why: 'a state that was set' },
  reset: never,
  unlock: never,
  'vendor-data': never,
  'raw-call': never,
}

/** Sent anew after the connection broke before an answer came; then it failed: a message may be what breaks it. */
export const MOST_LOST = 3
