import type { Message, Ms, OutboxEntry, StationState } from './state.ts'
import { change, chance, numberSetting, tell, type Turn } from './turn.ts'

/**
 * What may leave now; undefined: nothing, or not yet. Before the station is accepted only the boot and what was asked
 * for may leave. In the lane of transactions the head goes first, and while it waits to be tried again the others wait
 * with it, unless a fault says that the station delivers out of order.
 */
export function nextToSend(state: StationState, at: Ms): OutboxEntry | undefined {
  if (!state.isConnected) return undefined
  const mayLeave = state.registration === 'Accepted'
  const now = state.outbox.find((entry) => entry.lane === 'now' && (mayLeave || entry.mayLeaveEarly))
  const head = mayLeave ? headOfTransactions(state) : undefined
  const ready = head !== undefined && head.notBefore <= at ? head : undefined
  if (now === undefined || ready === undefined) return now ?? ready
  return now.message.kind === 'boot' || now.id < ready.id ? now : ready
}

/** When something that waits may leave; undefined: nothing waits for the clock. */
export function nextSendAt(state: StationState): Ms | undefined {
  if (!state.isConnected || state.registration !== 'Accepted') return undefined
  return headOfTransactions(state)?.notBefore
}

function headOfTransactions(state: StationState): OutboxEntry | undefined {
  const waiting = state.outbox.filter((entry) => entry.lane === 'transaction')
  switch (state.faults.delivery) {
    case 'in-order':
      return waiting[0]
    case 'reversed':
      return waiting.at(-1)
    case 'shuffled':
      return waiting[Math.abs(state.random) % Math.max(1, waiting.length)]
  }
}

export function remove(turn: Turn, id: number): OutboxEntry | undefined {
  const entry = turn.state.outbox.find((candidate) => candidate.id === id)
  if (entry !== undefined) change(turn, { outbox: turn.state.outbox.filter((candidate) => candidate !== entry) })
  // The next one is drawn anew.
  if (turn.state.faults.delivery === 'shuffled') chance(turn)
  return entry
}

/**
 * No answer, or an error: a message about a transaction is tried again after interval × transmissions so far, and
 * given up after the last attempt (OCPP 1.6 TransactionMessageAttempts, 2.x MessageAttempts). Returns whether it is
 * given up.
 */
export function postpone(turn: Turn, entry: OutboxEntry): boolean {
  const attempts = entry.attempts + 1
  if (attempts >= Math.max(1, numberSetting(turn.state, 'attempts'))) {
    remove(turn, entry.id)
    tell(turn, { kind: 'message-discarded', message: entry.message })
    return true
  }
  const notBefore = turn.at + attempts * numberSetting(turn.state, 'retryInterval') * 1000
  const later = { ...entry, attempts, notBefore }
  change(turn, { outbox: turn.state.outbox.map((candidate) => (candidate.id === entry.id ? later : candidate)) })
  return false
}

/** The connection is gone: what is not about transactions goes with it. Returns what was lost. */
export function dropPassing(turn: Turn): readonly Message[] {
  const lost = turn.state.outbox.filter((entry) => entry.lane === 'now').map((entry) => entry.message)
  change(turn, { outbox: turn.state.outbox.filter((entry) => entry.lane === 'transaction') })
  return lost
}

export function isQueued(state: StationState, transactionId: string | undefined): boolean {
  return state.outbox.some(
    ({ message }) =>
      (message.kind === 'transaction' || message.kind === 'meter') &&
      message.transactionId !== undefined &&
      (transactionId === undefined || message.transactionId === transactionId),
  )
}
