import type { Tx } from '../../platform/index.ts'
import type { SessionRecordJson, UsageInterval } from '../rules/index.ts'
import { intervalsOf, readingsOf } from '../store-meter.ts'
import type { Surroundings } from './store.ts'

/** A record that is about to be handed on. */
export interface DueRecord {
  readonly sessionId: string
  readonly revision: number
  readonly record: SessionRecordJson
}

/** What a closer look needs beside the records themselves, by session. */
export interface Evidence {
  /** Where the session before it at the same EVSE left the register. */
  readonly previousWh: ReadonlyMap<string, number>
  /** What was told in intervals, of those without any register. */
  readonly intervals: ReadonlyMap<string, readonly UsageInterval[]>
}

export async function evidenceOf(
  tx: Tx,
  suspects: readonly DueRecord[],
  bySession: ReadonlyMap<string, Surroundings>,
): Promise<Evidence> {
  const bare = suspects.filter(hasNoRegister).map(({ sessionId }) => sessionId)
  return {
    previousWh: await previousRegisters(tx, suspects, bySession),
    intervals: Map.groupBy(await intervalsOf(tx, bare), ({ sessionId }) => sessionId),
  }
}

const hasNoRegister = ({ record }: DueRecord): boolean =>
  record.meterValues.every(({ registerWh }) => registerWh === undefined)

async function previousRegisters(
  tx: Tx,
  suspects: readonly DueRecord[],
  bySession: ReadonlyMap<string, Surroundings>,
): Promise<ReadonlyMap<string, number>> {
  const wanted = suspects.flatMap(({ sessionId }) => {
    const previousId = bySession.get(sessionId)?.previousId ?? undefined
    return previousId === undefined ? [] : [{ sessionId, previousId }]
  })
  const ids = [...new Set(wanted.map(({ previousId }) => previousId))]
  const readings = await readingsOf(
    tx,
    ids.map((id) => ({ tenantId: tx.tenantId, id })),
  )
  const last = new Map(
    readings.flatMap((one) => (one.registerWh === null ? [] : [[one.sessionId, one.registerWh] as const])),
  )
  return new Map(
    wanted.flatMap(({ sessionId, previousId }) => {
      const registerWh = last.get(previousId)
      return registerWh === undefined ? [] : [[sessionId, registerWh] as const]
    }),
  )
}
