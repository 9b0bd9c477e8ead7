import type { CommandKind } from '../model.ts'

interface Times {
  /** How long a command may wait for its turn; 0 while the station is away: it makes no sense later. */
  readonly waitsSeconds: number
  readonly waitsForStation: boolean
  /** How long after the answer its effect may take. */
  readonly effectSeconds: number
}

const DAY = 86_400
/** What a station must not miss, and what it is told once however often it is wanted: a winter in the shed is no reason to give it up. */
const YEAR = 365 * DAY
const now = { waitsSeconds: 60, waitsForStation: false, effectSeconds: 60 }

/** A driver who waits at the station is told soon; what sets the station right may wait for it. */
const times: Readonly<Record<CommandKind, Times>> = {
  'start-transaction': { waitsSeconds: 30, waitsForStation: false, effectSeconds: 180 },
  'stop-transaction': { waitsSeconds: DAY, waitsForStation: true, effectSeconds: 120 },
  'fetch-meter': now,
  'transaction-status': now,
  unlock: { ...now, waitsSeconds: 30 },
  'set-availability': { waitsSeconds: YEAR, waitsForStation: true, effectSeconds: 60 },
  reset: { ...now, effectSeconds: 600 },
  trigger: now,
  'read-settings': { ...now, effectSeconds: 180 },
  'write-settings': { waitsSeconds: 7 * DAY, waitsForStation: true, effectSeconds: 60 },
  'clear-cache': { waitsSeconds: YEAR, waitsForStation: true, effectSeconds: 60 },
  'read-list': { waitsSeconds: 7 * DAY, waitsForStation: true, effectSeconds: 60 },
  'send-list': { waitsSeconds: 7 * DAY, waitsForStation: true, effectSeconds: 60 },
  'vendor-data': now,
  'raw-call': now,
}

/** OCPP gives no time; 30 s is its guidance. */
export const ANSWER_SECONDS = 30
/** Beyond the answer's own time: whoever sent the command is gone. */
export const LOST_SECONDS = 60

/** When a queued command is given up. A station that is away fails at once what makes no sense later. */
export function dueWhileQueued(kind: CommandKind, isConnected: boolean, at: Temporal.Instant): Temporal.Instant {
  const { waitsSeconds, waitsForStation } = times[kind]
  return isConnected || waitsForStation ? at.add({ seconds: waitsSeconds }) : at
}

/** `isScheduled`: the station will do it when the last car has gone (2.x, Reset OnIdle). */
export function dueForEffect(kind: CommandKind, at: Temporal.Instant, isScheduled: boolean): Temporal.Instant {
  return at.add({ seconds: isScheduled ? DAY : times[kind].effectSeconds })
}

/** Until when a command whose socket broke may be asked again; undefined: it may not. */
export function dueAfterLoss(
  kind: CommandKind,
  createdAt: Temporal.Instant,
  at: Temporal.Instant,
): Temporal.Instant | undefined {
  const { waitsForStation, waitsSeconds } = times[kind]
  const until = createdAt.add({ seconds: waitsSeconds })
  return waitsForStation && Temporal.Instant.compare(at, until) < 0 ? until : undefined
}
