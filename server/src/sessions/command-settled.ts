import type { Tx } from '../platform/index.ts'
import type { SettledCommand } from '../stations/index.ts'
import type { SessionsDeps } from './deps.ts'
import { type HeldSession, ofNobody } from './held.ts'
import { learn } from './learn.ts'
import { loadSessions } from './load-session.ts'
import type { Fact } from './rules/index.ts'
import { saveSessions } from './save-sessions.ts'

/** Tells a session how the command that was sent for it ended. */
export async function commandSettled(tx: Tx, deps: SessionsDeps, ended: SettledCommand): Promise<void> {
  const fact = factFrom(ended)
  const isLost = ended.command.kind === 'start-transaction' && lost.has(ended.failure)
  if (ended.sessionId === null || (fact === undefined && !isLost)) return
  const { sessions, stations } = await loadSessions(tx, [ended.sessionId])
  for (const session of sessions) {
    if (fact?.kind === 'wish-answered' && fact.outcome === 'refused') takeBack(session, ended)
    if (isLost) giveUp(session)
    if (fact !== undefined) learn(session, fact, ended.at)
  }
  await saveSessions(tx, deps, { sessions, stations }, ended.at)
}

/** Where the cable came first the session goes on without the wish, free for the next one; else it ends with it. */
function takeBack(session: HeldSession, { failure }: SettledCommand): void {
  const { row } = session
  if (row.machine.state !== 'waiting-for-token') {
    session.row = { ...row, closedWhy: failure ?? 'rejected' }
    return
  }
  session.row = ofNobody(row)
  session.isTouched = true
}

/** Why a start may still come, and is waited for no longer. */
const lost: ReadonlySet<SettledCommand['failure']> = new Set([
  'no-effect',
  'no-answer',
  'connection-lost',
  'invalid-answer',
])

/** Where the cable came first: should it begin all the same it is known, but somebody else may try, and its card is free. */
function giveUp(session: HeldSession): void {
  const { row } = session
  if (row.machine.state !== 'waiting-for-token' || row.remoteStartId === null) return
  const card = row.tokenLast4 === null ? {} : { idTokenId: null, tokenLast4: null }
  session.row = { ...row, ...card, wishUidHash: null }
  session.isTouched = true
}

function factFrom({ command, state, failure, answer }: SettledCommand): Fact | undefined {
  if (command.kind === 'transaction-status' && answer?.messagesInQueue !== undefined) {
    const { messagesInQueue, ongoing } = answer
    return { kind: 'queue-answered', messagesInQueue, ...(ongoing === undefined ? {} : { ongoing }) }
  }
  if (command.kind === 'stop-transaction') return failure === 'rejected' ? { kind: 'stop-refused' } : undefined
  if (command.kind !== 'start-transaction' || failure === 'no-effect') return undefined
  if (state === 'answered') return { kind: 'wish-answered', outcome: 'accepted' }
  // Sent, and nothing heard: it may have begun all the same.
  return { kind: 'wish-answered', outcome: lost.has(failure) ? 'unknown' : 'refused' }
}
