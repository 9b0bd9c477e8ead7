import { type Forget, FORGET_AT_ONCE, rowsIn, sql, type Tx } from '../platform/index.ts'

/** Stations that ever were connected: their caches may hold any token. */
export async function stationsToTell(
  tx: Tx,
): Promise<readonly { readonly id: string; readonly isConnected: boolean }[]> {
  return tx.rows(sql`
    select id, connected_at is not null as "isConnected" from stations
    where tenant_id = ${tx.tenantId} and removed_at is null and (connected_at is not null or last_seen_at is not null)
    order by id`)
}

/** News of a token for these stations; what they were told of it before counts no more. */
export async function insertNews(
  tx: Tx,
  news: { readonly tokenId: string; readonly stationIds: readonly string[]; readonly at: Temporal.Instant },
): Promise<void> {
  await tx.run(sql`
    insert into token_news (tenant_id, token_id, station_id, at)
    select ${tx.tenantId}, ${news.tokenId}, v.id, ${news.at} from ${rowsIn({
      id: ['uuid', news.stationIds],
    })} v order by v.id
    on conflict (tenant_id, token_id, station_id) do update set command_id = null, tries = 0, at = excluded.at`)
}

/** A clearing of ours that has not gone out yet. */
export async function waitingClearing(tx: Tx, stationId: string): Promise<string | undefined> {
  const row = await tx.row<{ id: string }>(sql`
    select id from commands where tenant_id = ${tx.tenantId} and station_id = ${stationId} and state = 'queued'
      and kind = 'clear-cache' and by_kind = 'system' and failure is null limit 1`)
  return row?.id
}

export async function noteClearing(
  tx: Tx,
  { tokenId, stationId, commandId }: { tokenId: string; stationId: string; commandId: string },
): Promise<void> {
  await tx.run(sql`
    update token_news set command_id = ${commandId}
    where tenant_id = ${tx.tenantId} and token_id = ${tokenId} and station_id = ${stationId}`)
}

export async function hasNewsToRetry(tx: Tx, commandId: string, mostTries: number): Promise<boolean> {
  const row = await tx.row(sql`
    select 1 from token_news
    where tenant_id = ${tx.tenantId} and command_id = ${commandId} and tries < ${mostTries} limit 1`)
  return row !== undefined
}

/** Tokens whose news this clearing was to bring. */
export async function tokensOfClearing(tx: Tx, commandId: string): Promise<readonly string[]> {
  const rows = await tx.rows<{ tokenId: string }>(sql`
    select token_id as "tokenId" from token_news where tenant_id = ${tx.tenantId} and command_id = ${commandId}`)
  return rows.map(({ tokenId }) => tokenId)
}

export async function moveNews(
  tx: Tx,
  { before, commandId, mostTries }: { before: string; commandId: string; mostTries: number },
): Promise<void> {
  await tx.run(sql`
    update token_news set command_id = ${commandId}, tries = tries + 1
    where tenant_id = ${tx.tenantId} and command_id = ${before} and tries < ${mostTries}`)
}

/** `told`: the clearing went out, whatever came of it. `answered`: the station's cache and list let the card start no more. */
export interface Reach {
  readonly tokenId: string
  readonly stations: number
  readonly told: number
  readonly answered: number
  readonly failed: number
}

/**
 * How far the news of these tokens has come. A station that refuses to clear a cache has none (1.6, 2.0.1 C11), so that is
 * an answer; one whose local list still takes the card has not answered.
 */
export async function reachOf(tx: Tx, tokenIds: readonly string[]): Promise<readonly Reach[]> {
  if (tokenIds.length === 0) return []
  const rows = await tx.rows<{ tokenId: string; stations: bigint; told: bigint; answered: bigint; failed: bigint }>(sql`
    select token_id as "tokenId", count(*) as stations, count(*) filter (where told) as told,
      count(*) filter (where answered and not listed) as answered, count(*) filter (where told and failed) as failed
    from (
      select n.token_id,
        n.command_id is not null and coalesce(c.state <> 'queued', true) as told,
        coalesce(c.state in ('answered', 'effect-seen') or c.failure in ('rejected', 'not-supported'), false) as answered,
        coalesce(c.state in ('failed', 'timed-out') and c.failure not in ('rejected', 'not-supported'), false) as failed,
        coalesce(l.held->>encode(k.uid_hash, 'base64') like 'accepted%', false) as listed
      from token_news n
      join id_tokens k on k.tenant_id = n.tenant_id and k.id = n.token_id
      join stations s on s.tenant_id = n.tenant_id and s.id = n.station_id and s.removed_at is null
      left join commands c on c.tenant_id = n.tenant_id and c.id = n.command_id
      left join local_lists l on l.tenant_id = n.tenant_id and l.id = n.station_id
      where n.tenant_id = ${tx.tenantId} and n.token_id = any(${tokenIds}::uuid[])
    ) as news group by token_id`)
  return rows.map((row) => ({
    tokenId: row.tokenId,
    stations: Number(row.stations),
    told: Number(row.told),
    answered: Number(row.answered),
    failed: Number(row.failed),
  }))
}

const NEWS_KEPT = Temporal.Duration.from({ hours: 30 * 24 })

/** Which stations heard of a card, 30 days after it was removed: nobody is shown it any more. */
export const forgetNewsOfRemoved: Forget = (tx, at) =>
  tx.run(sql`
    delete from token_news where (tenant_id, token_id, station_id) in (
      select n.tenant_id, n.token_id, n.station_id
      from id_tokens k join token_news n on n.tenant_id = k.tenant_id and n.token_id = k.id
      where k.tenant_id = ${tx.tenantId} and k.removed_at < ${at.subtract(NEWS_KEPT)} limit ${FORGET_AT_ONCE})`)
