import type { Bus, Clock, Database, Keys, Log } from '../../platform/index.ts'
import { type CredentialForm, offeredForms, SHORTEST_PASSWORD } from '../rules/credential.ts'
import { type Refusal, saveRefusals } from './store.ts'

export interface TurnedAway {
  readonly tenantId: string
  readonly path: string
  readonly identity: string | undefined
  readonly reason: string
  readonly offered: Buffer | undefined
  readonly address: string
  readonly protocol: string | undefined
}

export interface RefusalKeeper {
  /** Remembers who was turned away; written together within half a second, so that refusing stays cheap. */
  note(attempt: TurnedAway): void
  idle(): Promise<void>
}

const SOON_MS = 300
/** In memory between two writes; what comes beyond is only counted with its like. */
const MOST_WAITING = 1_000

export const CREDENTIAL_PURPOSE = 'station-credential'

export function openRefusals(deps: {
  readonly database: Database
  readonly keys: Keys
  readonly clock: Clock
  readonly log: Log
  readonly bus: Bus
}): RefusalKeeper {
  let waiting = new Map<string, TurnedAway & { firstAt: Temporal.Instant; lastAt: Temporal.Instant; count: number }>()
  let soon: NodeJS.Timeout | undefined
  let running = Promise.resolve()

  const write = async (): Promise<void> => {
    soon = undefined
    const attempts = [...waiting.values()]
    waiting = new Map()
    for (const [tenantId, group] of Map.groupBy(attempts, (attempt) => attempt.tenantId)) {
      try {
        const key = await deps.keys.tenant(tenantId)
        const refusals = group.map(({ offered, ...rest }): Refusal => {
          const forms = offered === undefined ? [] : offeredForms(offered, rest.protocol)
          const form = forms.find(({ password }) => password.length >= SHORTEST_PASSWORD)
          return { ...rest, offered: form === undefined ? undefined : hashed(key, form) }
        })
        const ids = await deps.database.inTenant(tenantId, (tx) => saveRefusals(tx, refusals))
        for (const id of ids) deps.bus.publish(tenantId, { type: 'refused-station', version: 1, id })
      } catch (error) {
        deps.log.warn('refused stations could not be listed', { tenantId, error })
      }
    }
  }

  return {
    note(attempt) {
      const at = deps.clock.now()
      const key = `${attempt.tenantId} ${attempt.identity ?? ''} ${attempt.reason} ${attempt.path}`
      const known = waiting.get(key)
      if (known === undefined && waiting.size >= MOST_WAITING) return
      waiting.set(key, { ...attempt, firstAt: known?.firstAt ?? at, lastAt: at, count: (known?.count ?? 0) + 1 })
      soon ??= setTimeout(() => (running = running.then(write)), SOON_MS)
    },
    async idle() {
      if (soon !== undefined) {
        clearTimeout(soon)
        running = running.then(write)
      }
      await running
    },
  }
}

function hashed(
  key: Awaited<ReturnType<Keys['tenant']>>,
  { form, password }: { readonly form: CredentialForm; readonly password: string },
): NonNullable<Refusal['offered']> {
  return { hash: key.hash(CREDENTIAL_PURPOSE, password), keyVersion: key.version, form }
}
