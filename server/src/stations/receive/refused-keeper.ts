import { setTimeout as pause } from 'node:timers/promises'
import { type Database, DatabaseAway, type Keys, type Log, monotonicMs, must, type Tx } from '../../platform/index.ts'
import type { RaiseAlert } from '../handed-in.ts'
import { MOST_KEPT, sameness, TOLD_EVERY_SECONDS, TOLD_FROM } from '../rules/refused.ts'
import * as store from './store-refused.ts'

export interface RefusedNote {
  readonly tenantId: string
  readonly stationId: string
  readonly at: Temporal.Instant
  readonly socketOpenedAt: Temporal.Instant
  /** Absent: as the station speaks now. */
  readonly protocol?: string
  readonly action: string | undefined
  readonly code: string
  readonly why: string
  readonly text: string
}

/** Keeps what was refused; nobody waits for it. While one write is under way, what comes meanwhile is the next. */
export interface RefusedKeeper {
  note(refused: RefusedNote): void
  idle(): Promise<void>
}

export interface RefusedKeeperDeps {
  readonly database: Database
  readonly keys: Keys
  readonly log: Log
  readonly raiseAlert: RaiseAlert
}

const MOST_CHARACTERS = 65_536
/** Different messages that may wait to be written; beyond, they are counted and logged only. */
const MOST_WAITING = 2_000

/** While the database is away: tried again so often, and so long after. */
const MOST_TRIES = 5
const RETRY_MS = 1_000

function keyOf(note: RefusedNote): string {
  return `${note.stationId} ${sameness(note)}`
}

export function openRefusedKeeper(deps: RefusedKeeperDeps): RefusedKeeper {
  let waiting = new Map<string, { note: RefusedNote; times: number }>()
  let dropped = 0
  let tries = 0
  let running: Promise<void> | undefined
  const toldAt = new Map<string, number>()

  const run = async (): Promise<void> => {
    while (waiting.size > 0) {
      const taken = [...waiting.values()]
      waiting = new Map()
      try {
        await keep(deps, taken, toldAt)
        tries = 0
      } catch (error) {
        if (error instanceof DatabaseAway && (tries += 1) < MOST_TRIES) {
          for (const one of taken)
            waiting.set(keyOf(one.note), { ...one, times: one.times + (waiting.get(keyOf(one.note))?.times ?? 0) })
          await pause(RETRY_MS)
        } else deps.log.error('refused messages could not be kept', { lost: taken.length, error })
      }
      if (dropped > 0) deps.log.warn('more messages were refused than could be kept', { dropped })
      dropped = 0
    }
    running = undefined
  }

  return {
    note(refused) {
      const key = keyOf(refused)
      const known = waiting.get(key)
      if (known !== undefined) waiting.set(key, { note: refused, times: known.times + 1 })
      else if (waiting.size < MOST_WAITING) waiting.set(key, { note: refused, times: 1 })
      else dropped += 1
      running ??= Promise.resolve().then(run)
    },
    async idle() {
      while (running !== undefined) await running
    },
  }
}

async function keep(
  { database, keys, raiseAlert }: RefusedKeeperDeps,
  taken: readonly { readonly note: RefusedNote; readonly times: number }[],
  toldAt: Map<string, number>,
): Promise<void> {
  const tenantIds = [...new Set(taken.map(({ note }) => note.tenantId))]
  const stationIds = [...new Set(taken.map(({ note }) => note.stationId))]
  const dataKeys = new Map(await Promise.all(tenantIds.map(async (id) => [id, await keys.tenant(id)] as const)))
  await database.inTenants(tenantIds, async (tx) => {
    const kept = await store.countRefused(tx, stationIds)
    const rows = new Map<string, store.RefusedMessage>()
    for (const { note, times } of taken) {
      const key = must(dataKeys.get(note.tenantId), 'key of a tenant')
      const same = sameness(note, (kept.get(note.stationId) ?? 0) >= MOST_KEPT)
      const before = rows.get(`${note.stationId} ${same}`)?.times ?? 0
      rows.set(`${note.stationId} ${same}`, {
        ...note,
        action: note.action?.replaceAll('\u0000', '').slice(0, 100),
        why: note.why.replaceAll('\u0000', ''),
        frame: key.encrypt(note.text.slice(0, MOST_CHARACTERS)),
        contentHash: key.hash('refused', same),
        times: before + times,
      })
    }
    await store.saveRefused(tx, [...rows.values()])
    const at = must(taken.at(-1), 'a refused message').note.at
    await tell(tx, { stationIds, at }, { raiseAlert, toldAt })
  })
}

/** A station that says the same wrong thing for ever is noticed, and told of once in a while. */
async function tell(
  tx: Tx,
  { stationIds, at }: { readonly stationIds: readonly string[]; readonly at: Temporal.Instant },
  { raiseAlert, toldAt }: { readonly raiseAlert: RaiseAlert; readonly toldAt: Map<string, number> },
): Promise<void> {
  const since = at.subtract({ hours: 1 })
  for (const often of await store.refusedOften(tx, { stationIds, since, from: TOLD_FROM })) {
    const { tenantId, stationId, action, code, why, times } = often
    const subject = `${stationId}/${action ?? ''}/${code}`
    const now = monotonicMs() / 1000
    if (now - (toldAt.get(subject) ?? -TOLD_EVERY_SECONDS) < TOLD_EVERY_SECONDS) continue
    tx.afterCommit(() => {
      if (toldAt.size > 10_000) toldAt.clear()
      toldAt.set(subject, now)
    })
    const evidence = { action: action ?? 'a frame', code, why, times }
    await raiseAlert(tx, { tenantId, kind: 'message-refused', severity: 'minor', subject, stationId, evidence, at })
  }
}
