import {
  type DeadlineTable,
  type Effect,
  type EffectHandler,
  type Keys,
  leaveInOutbox,
  newId,
  type Texts,
  type Tx,
} from '../../platform/index.ts'
import {
  type CommandBy,
  type CommandFailure,
  type SettledCommand,
  type StationCommand,
  type StationReport,
  tokenLengthOf,
} from '../../stations/index.ts'
import * as rules from '../rules/local-list.ts'
import { type Cards, entriesFor, openCards } from './entries.ts'
import * as store from './store.ts'

export interface ListAlert {
  readonly tenantId: string
  readonly kind: string
  readonly severity: 'critical' | 'major' | 'minor'
  readonly subject: string
  readonly stationId: string
  readonly evidence: Readonly<Record<string, unknown>>
  readonly at: Temporal.Instant
}

export interface ListDeps {
  readonly keys: Keys
  readonly texts: Texts
  sendToStation(
    tx: Tx,
    wanted: { readonly stationId: string; readonly command: StationCommand; readonly by: CommandBy },
  ): Promise<string | undefined>
  raiseAlert(tx: Tx, alert: ListAlert): Promise<void>
  clearAlert(tx: Tx, cleared: Pick<ListAlert, 'tenantId' | 'kind' | 'subject' | 'at'>): Promise<void>
}

/** Keeps the local lists of stations in step with the cards. */
export interface LocalLists {
  readonly deadlines: DeadlineTable
  /** Cards changed: the worker looks at every list that follows them. */
  readonly effects: Readonly<Record<string, EffectHandler>>
  /** Boots of a batch, in its transaction; costs nothing where nobody booted. */
  takeReports(tx: Tx, reports: readonly StationReport[]): Promise<void>
  commandSettled(tx: Tx, ended: SettledCommand): Promise<void>
}

const CARDS_CHANGED = 'local-lists.follow'
const LIST_FAILED = 'local-list-failed'

export function openLocalLists(deps: ListDeps): LocalLists {
  return {
    deadlines: { table: 'local_lists', take: (tx, ids, at) => takeDue(tx, deps, ids, at) },
    effects: {
      [CARDS_CHANGED]: {
        many: (tx, effects) => store.wakeLists(tx, rules.MOST_ATTEMPTS, latestOf(effects)),
      },
    },
    async takeReports(tx, reports) {
      const booted = reports
        .filter(({ body }) => body.kind === 'booted')
        .map(({ tenantId, stationId, receivedAt: at }) => ({ tenantId, stationId, at }))
      if (booted.length > 0) await store.stationsBooted(tx, booted)
    },
    async commandSettled(tx, ended) {
      const { kind } = ended.command
      if (kind !== 'read-list' && kind !== 'send-list') return
      const list = await store.lockListOfCommand(tx, ended.id)
      if (list !== undefined) await takeEnding(tx, deps, list, ended)
    },
  }
}

/** The lists of stations follow; one effect, however many lists there are. */
export async function followCards(tx: Tx, at: Temporal.Instant): Promise<void> {
  if (!(await store.hasLists(tx))) return
  await leaveInOutbox(tx, [{ type: CARDS_CHANGED, version: 1, key: newId(), payload: { at: at.toString() } }], at)
}

function latestOf(effects: readonly Pick<Effect, 'payload'>[]): Temporal.Instant {
  const times = effects.map(({ payload }) => Temporal.Instant.from((payload as { readonly at: string }).at))
  return times.reduce((left, right) => (Temporal.Instant.compare(left, right) < 0 ? right : left))
}

async function takeDue(tx: Tx, deps: ListDeps, ids: readonly string[], at: Temporal.Instant): Promise<number> {
  const lists = await store.lockDueLists(tx, ids, at)
  if (lists.length === 0) return 0
  const cardsFor = openCards(tx, await deps.keys.tenant(tx.tenantId), at)
  for (const list of lists) {
    // Who was never let in, or is gone, is asked nothing; its next boot wakes the list.
    if (!list.isAccepted) await store.saveList(tx, list.stationId, { dueAt: null })
    else await goOn(tx, deps, list, await cardsFor(list.mode, tokenLengthOf(list.protocol)), at)
  }
  return lists.length
}

async function goOn(tx: Tx, deps: ListDeps, list: store.ListRow, cards: Cards, at: Temporal.Instant): Promise<void> {
  const wantedEntries = Math.min(cards.wanted.length, rules.boundOf(list))
  const counts = { wantedEntries, leftOut: cards.total - wantedEntries }
  const step = rules.nextStep({ ...list, mustRead: list.mustRead || isStale(list, at) }, cards.wanted)
  if (step.kind === 'read') return ask(tx, deps, list, { command: { kind: 'read-list' }, changes: counts }, at)
  if (step.kind === 'rest') return rest(tx, deps, list, { state: step.state, counts }, at)
  const { version, full, changes } = step
  const key = await deps.keys.tenant(tx.tenantId)
  const entries = await entriesFor(tx, key, changes, cards)
  if (entries === undefined) {
    // What is to go out cannot be named any more: the whole list replaces it.
    return store.saveList(tx, list.stationId, { heldVersion: null, dueAt: at })
  }
  const command = { kind: 'send-list', version, full, entries } as const
  const sent = { pending: { version, full, changes }, lastVersion: version, wantedVersion: step.lastVersion }
  return ask(tx, deps, list, { command, changes: { ...counts, ...sent } }, at)
}

/** Once a day the station is asked whether it still holds what it held. */
function isStale({ checkedAt }: store.ListRow, at: Temporal.Instant): boolean {
  const until = checkedAt?.add({ seconds: rules.CHECK_SECONDS })
  return until === undefined || Temporal.Instant.compare(until, at) <= 0
}

async function ask(
  tx: Tx,
  deps: ListDeps,
  { stationId, state }: store.ListRow,
  { command, changes }: { readonly command: StationCommand; readonly changes: store.ListChanges },
  at: Temporal.Instant,
): Promise<void> {
  const commandId = await deps.sendToStation(tx, { stationId, command, by: { kind: 'system' } })
  const next = state === 'failed' || state === 'in-step' ? state : 'behind'
  const isSending = command.kind === 'send-list'
  await store.saveList(tx, stationId, {
    ...changes,
    state: isSending ? 'behind' : next,
    commandId: commandId ?? null,
    ...(isSending ? { sentAt: at } : {}),
    dueAt: null,
  })
}

async function rest(
  tx: Tx,
  deps: ListDeps,
  { stationId, heldVersion, attempts, failure }: store.ListRow,
  { state, counts }: { readonly state: rules.ListState; readonly counts: store.ListChanges },
  at: Temporal.Instant,
): Promise<void> {
  if (attempts > 0 || failure !== null) await clear(tx, deps, stationId, at)
  await store.saveList(tx, stationId, {
    ...counts,
    state,
    attempts: 0,
    failure: state === 'disabled' ? 'list-disabled' : state === 'not-supported' ? 'not-supported' : null,
    wantedVersion: state === 'in-step' ? heldVersion : null,
    dueAt: state === 'off' ? null : at.add({ seconds: rules.CHECK_SECONDS }),
  })
}

async function clear(tx: Tx, deps: ListDeps, stationId: string, at: Temporal.Instant): Promise<void> {
  await deps.clearAlert(tx, { tenantId: tx.tenantId, kind: LIST_FAILED, subject: stationId, at })
}

/** The answer to what the list asked, or that there was none. */
async function takeEnding(tx: Tx, deps: ListDeps, list: store.ListRow, ended: SettledCommand): Promise<void> {
  const { at, answer, command, state } = ended
  if (state !== 'answered') return takeFailure(tx, deps, list, ended)
  if (command.kind === 'read-list') {
    const { version, enabled = null, longest = null, part = null } = answer?.list ?? {}
    const held = version === undefined ? {} : rules.heldAsRead(list, list.pending, version)
    const lastVersion = Math.max(list.lastVersion, version ?? 0)
    const read = { enabled, longest, part, lastVersion, ...held }
    const done = { mustRead: false, checkedAt: at, commandId: null, pending: null, dueAt: at }
    return store.saveList(tx, list.stationId, { ...read, ...done })
  }
  const { pending } = list
  if (pending === null) return store.saveList(tx, list.stationId, { commandId: null, mustRead: true, dueAt: at })
  await store.saveList(tx, list.stationId, {
    heldVersion: pending.version,
    held: rules.heldAfter(list.held, pending.full, pending.changes),
    commandId: null,
    pending: null,
    // What failed before is over once the station takes a list; the alert goes when it is in step.
    attempts: Math.min(list.attempts, 1),
    dueAt: at,
  })
}

/** Nobody's fault: it waited until its time was over, or the station was asked often enough; later again. */
const later: ReadonlyMap<CommandFailure | undefined, number> = new Map([
  ['station-offline', 60],
  ['not-sent-in-time', 60],
  ['taken-back', 60],
  ['asked-too-often', 3_600],
])

async function takeFailure(tx: Tx, deps: ListDeps, list: store.ListRow, ended: SettledCommand): Promise<void> {
  const { stationId } = list
  const { at, failure, answer, command } = ended
  const over = { commandId: null, mustRead: true }
  if (failure === 'station-not-accepted') return store.saveList(tx, stationId, { ...over, dueAt: null })
  const seconds = later.get(failure)
  if (seconds !== undefined) {
    const said = failure === 'asked-too-often' ? { failure, failedAt: at } : {}
    return store.saveList(tx, stationId, { ...over, ...said, dueAt: at.add({ seconds }) })
  }
  if (failure === 'not-supported') {
    const dueAt = at.add({ seconds: rules.CHECK_SECONDS })
    return store.saveList(tx, stationId, { ...over, state: 'not-supported', failure, failedAt: at, dueAt })
  }
  const attempts = list.attempts + 1
  const isGivenUp = attempts >= rules.MOST_ATTEMPTS
  const why = failureOf(failure, answer?.status)
  await store.saveList(tx, stationId, {
    ...over,
    // Refused: nothing is known of what it holds. No answer: its version number will tell.
    ...(failure === 'rejected' ? { heldVersion: null, pending: null } : {}),
    attempts,
    failure: why,
    failedAt: at,
    state: isGivenUp ? 'failed' : 'behind',
    dueAt: at.add({ seconds: rules.waitAfterFailure(attempts) }),
  })
  if (!isGivenUp) return
  const evidence = { failure: why, attempts, command: command.kind }
  const { tenantId } = tx
  await deps.raiseAlert(tx, {
    tenantId,
    kind: LIST_FAILED,
    severity: 'minor',
    subject: stationId,
    stationId,
    evidence,
    at,
  })
}

function failureOf(failure: CommandFailure | undefined, status: string | undefined): string {
  if (failure === 'rejected') return status === 'VersionMismatch' ? 'version-mismatch' : 'list-refused'
  return failure ?? 'no-answer'
}
