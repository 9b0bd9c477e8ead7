import { textFromInstant } from '../../../units/index.ts'
import type { Tx } from '../platform/index.ts'
import type { SessionsDeps } from './deps.ts'
import type { HeldSession } from './held.ts'
import { energyOfSession, type Session } from './rules/index.ts'
import { powerOf } from './store.ts'

/** Tells live pages what changed, once it is saved. These are hints: they may be lost. */
export function tellChanges(
  tx: Tx,
  { bus, touchStation }: Pick<SessionsDeps, 'bus' | 'touchStation'>,
  sessions: readonly HeldSession[],
  at: Temporal.Instant,
): void {
  if (sessions.length === 0) return
  tx.afterCommit(() => {
    for (const session of sessions) {
      const { row, before } = session
      if (!bus.isHeard(row.tenantId)) continue
      if (isChange(before, row.machine)) {
        bus.publish(row.tenantId, sessionChanged(session, at))
        touchStation(row.tenantId, row.stationId)
      }
      const reading = meterRead(session)
      if (reading !== undefined) bus.publish(row.tenantId, reading)
    }
  })
}

function isChange(before: Session | undefined, now: Session): boolean {
  return before === undefined || before.state !== now.state || before.flags.length !== now.flags.length
}

function sessionChanged({ row }: HeldSession, at: Temporal.Instant) {
  const { machine } = row
  return {
    type: 'session.changed',
    version: 1,
    at: textFromInstant(at),
    stationId: row.stationId,
    evseId: row.evseId,
    session: {
      id: row.id,
      number: Number(row.number),
      stationId: row.stationId,
      evseId: row.evseId,
      state: machine.state,
      flags: machine.flags,
      startedAt: textFromInstant(machine.startedAt),
      ...(machine.endedAt === undefined ? {} : { endedAt: textFromInstant(machine.endedAt) }),
      energyWh: energyOfSession(machine),
      powerW: powerOf(machine) ?? undefined,
    },
  }
}

function meterRead({ row, before }: HeldSession) {
  const { machine } = row
  const { last, power } = machine.meter
  if (last === before?.meter.last && power === before?.meter.power) return undefined
  const at = power?.at ?? last?.at
  return {
    type: 'meter.read',
    version: 1,
    at: at === undefined ? undefined : textFromInstant(at),
    sessionId: row.id,
    stationId: row.stationId,
    evseId: row.evseId,
    powerW: powerOf(machine) ?? undefined,
    registerWh: last?.registerWh,
    energyWh: energyOfSession(machine),
  }
}
