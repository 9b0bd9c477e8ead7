import type { HeldSession } from './held.ts'
import { decide, type Fact, type Session } from './rules/index.ts'

/** Lets a held session learn a fact: its new state, its history and what must be done are kept with it. */
export function learn(session: HeldSession, fact: Fact, at: Temporal.Instant): void {
  const decision = decide(session.row.machine, fact, at)
  // What must be done is saved with the session, also where it stays as it is.
  session.isTouched ||= decision.session !== session.row.machine || decision.effects.length > 0
  session.row = { ...session.row, machine: decision.session }
  session.changes.push(...decision.changes)
  for (const effect of decision.effects) {
    if (effect.kind === 'record') noteRecord(session, decision.session, effect.reason)
    else session.effects.push(effect)
  }
}

function noteRecord(session: HeldSession, machine: Session, reason: 'ended' | 'estimate' | 'truth'): void {
  const revision = machine.recorded?.revision ?? 1
  session.records.push({ reason, revision })
}
