import { actionOf } from './actions.ts'
import { callText } from './frames.ts'
import { checkPayload } from './intake.ts'
import type { CallOutcome, PeerOptions } from './peer-types.ts'

/** A CALL of ours, from the queue to its end. */
interface OpenCall {
  readonly id: string
  readonly action: string
  readonly text: string
  readonly timeoutMs: number
  readonly onSent: (() => void) | undefined
  readonly settle: (outcome: CallOutcome) => void
  timer?: NodeJS.Timeout
}

/** Our CALLs: one is open at a time (OCPP-J 2.0.1 part 4, 4.1.1), the others wait in order. */
export interface Outgoing {
  call(action: string, payload: object, options: { timeoutMs?: number; onSent?(): void }): Promise<CallOutcome>
  /** The action of the open call with this id. */
  openAction(id: string): string | undefined
  settle(id: string, outcome: CallOutcome): void
  closed(): void
  readonly size: number
}

const TIMEOUT_MS = 30_000

type OutgoingOptions = Pick<PeerOptions, 'version' | 'role' | 'timeoutMs'> & {
  newId(): string
  send(text: string, call: { readonly id: string; readonly action: string; readonly onSent?: () => void }): void
}

export function openOutgoing(options: OutgoingOptions): Outgoing {
  const waiting: OpenCall[] = []
  let open: OpenCall | undefined
  let isClosed = false

  const next = (): void => {
    if (open !== undefined || isClosed) return
    open = waiting.shift()
    if (open === undefined) return
    const { id, action, text, timeoutMs, onSent } = open
    open.timer = setTimeout(() => finish(id, { kind: 'timed-out' }), timeoutMs)
    options.send(text, { id, action, ...(onSent === undefined ? {} : { onSent }) })
  }
  const finish = (id: string, outcome: CallOutcome): void => {
    if (open?.id !== id) return
    const ended = open
    clearTimeout(ended.timer)
    open = undefined
    ended.settle(outcome)
    next()
  }

  return {
    call(action, payload, { timeoutMs, onSent }) {
      const refused = refusalOf(options, action, payload)
      if (refused !== undefined) return Promise.resolve(refused)
      if (isClosed) return Promise.resolve({ kind: 'connection-lost' })
      const id = options.newId()
      return new Promise((settle) => {
        const text = callText(id, action, payload)
        waiting.push({ id, action, text, timeoutMs: timeoutMs ?? options.timeoutMs ?? TIMEOUT_MS, onSent, settle })
        next()
      })
    },
    openAction: (id) => (open?.id === id ? open.action : undefined),
    settle: finish,
    closed() {
      isClosed = true
      const left = open === undefined ? waiting.splice(0) : [open, ...waiting.splice(0)]
      open = undefined
      for (const call of left) {
        clearTimeout(call.timer)
        call.settle({ kind: 'connection-lost' })
      }
    },
    get size() {
      return waiting.length + (open === undefined ? 0 : 1)
    },
  }
}

/** A message that is not the version's, not ours to send, or does not fit its schema is never sent. */
export function refusalOf(
  { version, role }: Pick<PeerOptions, 'version' | 'role'>,
  action: string,
  payload: object,
  kind: 'call' | 'send' = 'call',
): (CallOutcome & { readonly kind: 'invalid-call' }) | undefined {
  const known = actionOf(version, action)
  if (known === undefined || known.kind !== kind || (known.from !== role && known.from !== 'both')) {
    const description = `${version} has no ${action} that a ${role} may ${kind}`
    return { kind: 'invalid-call', code: 'NotImplemented', description, details: {} }
  }
  const fault = checkPayload(version, action, 'request', payload)
  if (fault === undefined) return undefined
  return { kind: 'invalid-call', code: fault.code, description: fault.description, details: fault.details }
}
