import { sql, type Tx } from '../platform/index.ts'
import { IS_OPEN } from './store-lists.ts'

/** What a network is doing, in a few numbers. */
export interface Figures {
  readonly openSessions: number
  /** Watts, of the sessions that deliver at stations that are connected: of one that is away nothing is known. What cars give back counts against it. */
  readonly powerW: number
  readonly sessionsOfLastDay: number
}

export async function readFigures(tx: Tx, sites: 'all' | readonly string[], at: Temporal.Instant): Promise<Figures> {
  const there = sites === 'all' ? sql`true` : sql`st.site_id = any(${sites}::uuid[])`
  const row = await tx.row<{ openSessions: bigint; powerW: bigint; sessionsOfLastDay: bigint }>(sql`
    select count(*) as "openSessions", 
      coalesce(sum(s.power_w) filter (where s.state = 'delivering' and st.connected_at is not null), 0)::bigint as "powerW", (
        select count(*) from sessions s join stations st on st.tenant_id = s.tenant_id and st.id = s.station_id
        where s.tenant_id = ${tx.tenantId} and s.started_at > ${at.subtract({ hours: 24 })} and ${there}
      ) as "sessionsOfLastDay"
    from sessions s join stations st on st.tenant_id = s.tenant_id and st.id = s.station_id
    where s.tenant_id = ${tx.tenantId} and ${IS_OPEN} and ${there}`)
  return {
    openSessions: Number(row?.openSessions ?? 0),
    powerW: Number(row?.powerW ?? 0),
    sessionsOfLastDay: Number(row?.sessionsOfLastDay ?? 0),
  }
}
