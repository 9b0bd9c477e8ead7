import { type Bus, type Clock, type Keys, newId, type Tx } from '../../platform/index.ts'
import type { CommandBy, CommandFailure, HandedIn, RaiseAlert, SettledCommand } from '../handed-in.ts'
import type { CommandKind, StationCommand } from '../model.ts'
import { expectedEffectOf, protocolNamed } from '../protocols/index.ts'
import { askingLimits } from '../rules/asking-limits.ts'
import { dueForEffect, dueWhileQueued } from '../rules/command-times.ts'
import { masked, shortened } from '../rules/mask.ts'
import * as store from './store.ts'
import { commandChanged } from './view.ts'

export interface CommandQueueDeps {
  readonly keys: Keys
  readonly clock: Clock
  readonly bus: Bus
  readonly commandSettled: HandedIn['commandSettled']
  /** Absent: nobody is told. */
  readonly raiseAlert?: RaiseAlert
}

export interface SendOptions {
  /** Needed inside a batch (`inTenants`), which is of no single tenant. */
  readonly tenantId?: string
  readonly stationId: string
  readonly command: StationCommand
  readonly by: CommandBy
  readonly sessionId?: string
}

export interface CommandQueue {
  /**
   * Leaves a command for a station, inside the caller's transaction; it goes out after the commit. Answers its id. How it
   * ended comes by `commandSettled`. For an unknown station nothing is left and undefined is answered.
   */
  sendToStation(tx: Tx, options: SendOptions): Promise<string | undefined>
  /** What the station's own reports showed; called for each batch, by stations themselves. */
  markEffectSeen(tx: Tx, seen: readonly store.SeenEffect[]): Promise<void>
  /** Commands of a session that have not gone out are not to go any more. Whoever takes them back knows; nobody else is told. */
  takeBack(tx: Tx, sessionId: string, at: Temporal.Instant): Promise<void>
  /** Row of the deadline table: what was never sent, never answered, or never had its effect. */
  takeDue(tx: Tx, ids: readonly string[], at: Temporal.Instant): Promise<number>
  /** Keeps how a command ended and tells who waits for it. */
  settle(tx: Tx, row: store.CommandRow, ending: Omit<store.Ending, 'id'>): Promise<void>
}

export const QUEUED_NOTICE = 'command.queued'

export function openCommandQueue(deps: CommandQueueDeps): CommandQueue {
  const { keys, clock, bus } = deps

  const tell = (tx: Tx, tenantId: string, id: string): void => {
    tx.afterCommit(() => bus.publish(tenantId, { type: 'command.touched', version: 1, commandId: id }))
  }

  const settle: CommandQueue['settle'] = async (tx, row, ending) => {
    const isFirst = await store.saveEnding(tx, { id: row.id, ...ending })
    if (!isFirst) return
    await deps.commandSettled(tx, await settledFrom(keys, tx.tenantId, row, ending))
    const now = await store.findCommand(tx, row.id)
    if (now === undefined) return
    const { tenantId } = tx
    tx.afterCommit(() => bus.publish(tenantId, commandChanged(now)))
  }

  return {
    async sendToStation(tx, { stationId, command, by, sessionId, tenantId = tx.tenantId }) {
      const station = await store.loadStationForCommand(tx, tenantId, stationId)
      if (station === undefined) return undefined
      const protocol = station.protocol === null ? undefined : protocolNamed(station.protocol)
      const at = clock.now()
      const id = newId()
      const asked = { tenantId, stationId, kind: command.kind }
      const isTooOften = by.kind === 'system' && (await askedTooOften(tx, deps, asked, at))
      await store.insertCommand(tx, {
        ...asked,
        id,
        sessionId,
        request: masked(shortened(command)),
        sealed: (await keys.tenant(tenantId)).encrypt(JSON.stringify(command)),
        expectedEffect: expectedEffectOf(command, protocol),
        effectEvse: 'evse' in command ? command.evse : undefined,
        by,
        at,
        // One too many never goes out: its deadline ends it, and tells who waits for it.
        ...(isTooOften ? { failure: 'asked-too-often' as const } : {}),
        dueAt: isTooOften ? at : dueWhileQueued(command.kind, station.isConnected, at),
      })
      tx.afterCommit(() => bus.publish(tenantId, { type: QUEUED_NOTICE, version: 1, stationId, commandId: id }))
      return id
    },

    async markEffectSeen(tx, seen) {
      for (const { tenantId, id } of await store.saveEffects(tx, seen)) tell(tx, tenantId, id)
    },

    async takeBack(tx, sessionId, at) {
      const { tenantId } = tx
      for (const { id } of await store.lockQueuedOf(tx, sessionId)) {
        await store.saveEnding(tx, { id, state: 'failed', failure: 'taken-back', at })
        tell(tx, tenantId, id)
      }
    },

    async takeDue(tx, ids, at) {
      const rows = await store.lockDueCommands(tx, ids, at)
      for (const row of rows) await settle(tx, row, { ...overdue(row), at })
      return rows.length
    },

    settle,
  }
}

/** Whether the platform asked this station for as much as it may by itself within an hour; then staff are told. */
async function askedTooOften(
  tx: Tx,
  { raiseAlert }: CommandQueueDeps,
  asked: { readonly tenantId: string; readonly stationId: string; readonly kind: CommandKind },
  at: Temporal.Instant,
): Promise<boolean> {
  const { perHour } = askingLimits[asked.kind]
  if (perHour === null) return false
  const times = await store.countAsked(tx, { ...asked, since: at.subtract({ hours: 1 }), most: perHour })
  if (times < perHour) return false
  const { tenantId, stationId, kind: command } = asked
  const subject = `${stationId}/${command}`
  const evidence = { command, perHour }
  await raiseAlert?.(tx, { tenantId, kind: 'asked-too-often', severity: 'minor', subject, stationId, evidence, at })
  return true
}

function overdue({ state, sentAt, failure, isStationConnected }: store.CommandRow): {
  readonly state: 'failed' | 'timed-out'
  readonly failure: CommandFailure
} {
  if (failure !== null) return { state: 'failed', failure }
  if (state === 'answered') return { state: 'timed-out', failure: 'no-effect' }
  if (sentAt !== null) return { state: 'timed-out', failure: 'no-answer' }
  return { state: 'failed', failure: isStationConnected ? 'not-sent-in-time' : 'station-offline' }
}

async function settledFrom(
  keys: Keys,
  tenantId: string,
  row: store.CommandRow,
  { state, at, answer, failure }: Omit<store.Ending, 'id'>,
): Promise<SettledCommand> {
  return {
    id: row.id,
    stationId: row.stationId,
    sessionId: row.sessionId,
    command: await openCommand(keys, tenantId, row),
    at,
    state,
    ...(answer === undefined ? {} : { answer }),
    ...(failure === undefined ? {} : { failure }),
  }
}

/** The command as it was given, with its tokens and secrets. */
export async function openCommand(keys: Keys, tenantId: string, row: store.CommandRow): Promise<StationCommand> {
  const plain = (await keys.tenant(tenantId)).decrypt(row.sealed).toString()
  return JSON.parse(plain) as StationCommand
}

/** How a command whose answer came goes on: it waits for its effect, it is done, or it failed. */
export function endingOf(
  row: store.CommandRow,
  answer: NonNullable<store.Ending['answer']>,
  at: Temporal.Instant,
): Omit<store.Ending, 'id'> {
  switch (answer.outcome) {
    case 'accepted':
    case 'scheduled':
      return {
        state: 'answered',
        answer,
        at,
        ...(row.expectedEffect === null || hasNothingToShow(answer)
          ? {}
          : { dueAt: dueForEffect(row.kind, at, answer.outcome === 'scheduled') }),
      }
    case 'rejected':
      return { state: 'failed', failure: 'rejected', answer, at }
    case 'not-supported':
      return { state: 'failed', failure: 'not-supported', answer, at }
    case 'error':
      return { state: 'failed', failure: 'station-error', answer, at }
  }
}

/** 2.x: there is nothing to report, and no report comes. */
function hasNothingToShow({ status }: NonNullable<store.Ending['answer']>): boolean {
  return status === 'EmptyResultSet'
}
