import type { CallOutcome, Peer } from '../../../../ocpp/index.ts'
import {
  type Clock,
  type Database,
  DatabaseAway,
  failPoint,
  type Keys,
  type Log,
  randomInt31,
  type Tx,
} from '../../platform/index.ts'
import { type CommandQueue, endingOf, openCommand } from '../commands/queue.ts'
import * as store from '../commands/store.ts'
import { expectReport, settingsSaid } from '../commands/store-settings.ts'
import type { CommandFailure } from '../handed-in.ts'
import type { CommandAnswer, ListFacts, StationCommand } from '../model.ts'
import { amountOf, type Incoming, type MessageLimits, type OutgoingCall, type Protocol } from '../protocols/index.ts'
import { MOST_LOST } from '../rules/asking-limits.ts'
import { dueAfterLoss, LOST_SECONDS } from '../rules/command-times.ts'
import { masked, shortened } from '../rules/mask.ts'
import { type AskedFor, openAskedFor } from './asked-for.ts'
import { takeSettingsPart } from './settings-parts.ts'

export interface DispatchDeps {
  readonly database: Database
  readonly keys: Keys
  readonly clock: Clock
  readonly log: Log
  readonly queue: CommandQueue
}

export interface DispatchedStation {
  readonly tenantId: string
  readonly stationId: string
  readonly epoch: bigint
  readonly protocol: Protocol
  readonly peer: Peer
  isAccepted(): boolean
  /** Refused, while a session of it goes on. */
  isFinishing(): boolean
}

export interface Dispatcher {
  /** There may be commands: takes them in order, one CALL at a time. */
  wake(): void
  /** A part of the settings that a command asked for. */
  takeSettings(part: Extract<Incoming, { kind: 'settings' }>): Promise<void>
  /** What it was asked to send, which may come before it is let in. */
  readonly askedFor: AskedFor
  closed(): void
  /** For `learn`: what is asked now may be old when the answer comes. */
  mark(): number
  /** What was found in the database since `mark`; nothing where a command was taken meanwhile. */
  learn(mark: number, isExpecting: boolean): void
  /** Whether a command of this station may still wait for something the station would report; true until it is known. */
  isExpecting: boolean
}

/** Before it is accepted a station may be read and set, and asked to boot; it may not charge (OCPP 2.0.1, B02). */
const beforeAcceptance = new Set(['trigger', 'read-settings', 'write-settings', 'reset', 'raw-call', 'vendor-data'])
/** What brings a session to its end at a station that was refused meanwhile. */
const finishing = new Set(['stop-transaction', 'fetch-meter', 'transaction-status'])
/** Nor by a message that is spelled out. */
const charges = /^(?:Remote|Request)(?:Start|Stop)Transaction$/

interface Taken {
  readonly row: store.CommandRow
  readonly command: StationCommand
  readonly calls: readonly OutgoingCall[]
}

/** Sends a station's commands over its socket and keeps how each ended. */
export function openDispatcher(deps: DispatchDeps, station: DispatchedStation): Dispatcher {
  const { database, clock } = deps
  const { tenantId, protocol, peer } = station
  let isClosed = false
  let isWoken = false
  let running = false
  let runs = 0

  const send = async ({ row, command, calls }: Taken): Promise<void> => {
    dispatcher.isExpecting ||= row.expectedEffect !== null
    for (const call of calls) dispatcher.askedFor.note(call, clock.now())
    failPoint('command.before-send')
    const ended = await callAll(peer, protocol, command, calls)
    failPoint('command.answered')
    await database.inTenant(tenantId, (tx) => keepEnding(tx, deps, row, ended, clock.now()))
    failPoint('command.kept')
  }

  const run = async (): Promise<void> => {
    running = true
    runs += 1
    try {
      // Nothing is being sent just now: what is open, is open in the database, also from before this socket.
      dispatcher.isExpecting = await database.inTenant(tenantId, (tx) => store.hasOpenEffects(tx, station.stationId))
      while (isWoken && !isClosed) {
        isWoken = false
        for (;;) {
          const taken = isClosed ? undefined : await database.inTenant(tenantId, (tx) => takeNext(tx, deps, station))
          if (taken === undefined) break
          if (taken !== 'settled') await send(taken)
        }
      }
    } catch (error) {
      // The rows stay; the next wake or their deadline goes on with them.
      if (!(error instanceof DatabaseAway)) deps.log.error('a command could not be sent', { tenantId, error })
    } finally {
      running = false
    }
  }

  const dispatcher: Dispatcher = {
    isExpecting: true,
    askedFor: openAskedFor(),
    wake() {
      isWoken = true
      if (!running && !isClosed) void run()
    },
    mark: () => runs,
    learn(mark, isExpecting) {
      if (!running && runs === mark) dispatcher.isExpecting = isExpecting
    },
    async takeSettings(part) {
      if ((await takeSettingsPart(deps, station, part)) === 'ask-again') dispatcher.wake()
    },
    closed() {
      isClosed = true
    },
  }
  return dispatcher
}

/** Locks the next command and marks it sent, or settles it at once where it cannot be. */
async function takeNext(
  tx: Tx,
  { keys, clock, queue }: DispatchDeps,
  station: DispatchedStation,
): Promise<Taken | 'settled' | undefined> {
  const row = await store.lockNextQueued(tx, station)
  if (row === undefined) return undefined
  const at = clock.now()
  const fail = async (failure: CommandFailure): Promise<'settled'> => {
    await queue.settle(tx, row, { state: 'failed', failure, at })
    return 'settled'
  }
  const mayCharge = station.isAccepted() || (station.isFinishing() && finishing.has(row.kind))
  if (!mayCharge && !beforeAcceptance.has(row.kind)) return fail('station-not-accepted')
  const command = await openCommand(keys, tx.tenantId, row)
  const requestId = randomInt31()
  const limits = await limitsOf(tx, station, command)
  const calls = station.protocol.commandTo(command, { requestId, ...(limits === undefined ? {} : { limits }) })
  if (calls === 'not-supported') return fail('not-supported')
  if (!mayCharge && calls.some(({ action }) => charges.test(action))) return fail('station-not-accepted')
  const exact = masked(shortened(calls.length === 1 ? calls[0] : calls))
  await store.markSent(tx, { id: row.id, exact, at, dueAt: at.add({ seconds: LOST_SECONDS * calls.length }) })
  if (row.expectedEffect === 'settings-reported') await expectReport(tx, { ...row, reportId: requestId })
  return { row, command, calls }
}

/** How many settings the station takes in a message; undefined where one is named, or it has not said. */
async function limitsOf(
  tx: Tx,
  { protocol: { limitSettings }, stationId }: DispatchedStation,
  command: StationCommand,
): Promise<MessageLimits | undefined> {
  if (command.kind !== 'read-settings' && command.kind !== 'write-settings') return undefined
  const named = command.kind === 'read-settings' ? command.names : command.settings
  const limits = limitSettings[command.kind]
  if (named === undefined || named.length < 2 || limits === undefined) return undefined
  const said = await settingsSaid(tx, stationId, Object.values(limits))
  const saidOf = (name: string | undefined): string | undefined => said.get(name?.toLowerCase() ?? '')
  return { ...amountOf('items', saidOf(limits.items)), ...amountOf('bytes', saidOf(limits.bytes)) }
}

type Ended =
  | { readonly kind: 'answered'; readonly answer: CommandAnswer; readonly failure?: 'invalid-answer' | 'invalid-call' }
  | { readonly kind: 'timed-out' | 'connection-lost' }

/** One after the other; the first that is not accepted ends it, but where the station says of each setting what it knows. */
async function callAll(
  peer: Peer,
  protocol: Protocol,
  command: StationCommand,
  calls: readonly OutgoingCall[],
): Promise<Ended> {
  const answers: CommandAnswer[] = []
  let list: ListFacts = {}
  let last: Ended = { kind: 'answered', answer: { outcome: 'accepted', raw: {} } }
  for (const { action, payload } of calls) {
    last = endedFrom(await peer.call(action, payload), protocol, command)
    if (last.kind !== 'answered') return last
    answers.push(last.answer)
    list = { ...list, ...last.answer.list }
    if (last.failure !== undefined || (last.answer.outcome !== 'accepted' && last.answer.settings === undefined)) break
  }
  if (calls.length === 1) return last
  return { ...last, answer: { ...joined(answers, last.answer), ...(command.kind === 'read-list' ? { list } : {}) } }
}

/** The first refusal speaks for all, as within one message; what went wrong before any refusal. */
function joined(answers: readonly CommandAnswer[], last: CommandAnswer): CommandAnswer {
  const refused = last.outcome === 'error' ? undefined : answers.find(({ outcome }) => outcome !== 'accepted')
  const settings = answers.flatMap((answer) => answer.settings ?? [])
  return {
    ...(refused ?? last),
    raw: answers.map(({ raw }) => raw),
    ...(settings.length === 0 ? {} : { settings }),
  }
}

function endedFrom(outcome: CallOutcome, protocol: Protocol, command: StationCommand): Ended {
  switch (outcome.kind) {
    case 'answered':
      return { kind: 'answered', answer: protocol.answerFrom(command, outcome.payload) }
    case 'error': {
      const { code, description, details } = outcome
      const isUnknown = code === 'NotImplemented' || code === 'NotSupported'
      const raw = { code, description, details }
      return { kind: 'answered', answer: { outcome: isUnknown ? 'not-supported' : 'error', status: code, raw } }
    }
    case 'invalid-answer':
      return {
        kind: 'answered',
        failure: 'invalid-answer',
        answer: { outcome: 'error', raw: { payload: outcome.payload, description: outcome.description } },
      }
    case 'invalid-call':
      return {
        kind: 'answered',
        failure: 'invalid-call',
        answer: {
          outcome: 'error',
          status: outcome.code,
          raw: { description: outcome.description, details: outcome.details },
        },
      }
    case 'timed-out':
    case 'connection-lost':
      return { kind: outcome.kind }
  }
}

async function keepEnding(
  tx: Tx,
  { queue }: DispatchDeps,
  row: store.CommandRow,
  ended: Ended,
  at: Temporal.Instant,
): Promise<void> {
  if (ended.kind === 'answered') {
    const answer = masked(ended.answer) as CommandAnswer
    const { failure } = ended
    const ending =
      failure === undefined ? endingOf(row, answer, at) : ({ state: 'failed', failure, answer, at } as const)
    return queue.settle(tx, row, ending)
  }
  if (ended.kind === 'timed-out') return queue.settle(tx, row, { state: 'timed-out', failure: 'no-answer', at })
  const again = row.timesLost >= MOST_LOST ? undefined : dueAfterLoss(row.kind, row.createdAt, at)
  if (again !== undefined) return store.requeue(tx, row.id, again)
  return queue.settle(tx, row, { state: 'failed', failure: 'connection-lost', at })
}
