import { type Forget, FORGET_AT_ONCE, sql, type Tx } from '../platform/index.ts'
import type { SiteScope } from '../rights/index.ts'
import type { SignInKind } from './store-directory.ts'

export type Begun = 'link' | 'password'

export async function insertSignIn(
  tx: Tx,
  signIn: {
    readonly id: string
    readonly staffId: string
    readonly kind: SignInKind
    readonly begunBy: Begun | null
    readonly tokenHash: Buffer
    readonly at: Temporal.Instant
    readonly expiresAt: Temporal.Instant
  },
): Promise<void> {
  await tx.run(sql`
    insert into sign_ins (tenant_id, id, staff_id, kind, begun_by, token_hash, created_at, expires_at)
    values (${tx.tenantId}, ${signIn.id}, ${signIn.staffId}, ${signIn.kind}, ${signIn.begunBy}, ${signIn.tokenHash},
      ${signIn.at}, ${signIn.expiresAt})`)
}

/** Whoever changes the person of a link, or signs them out, waits, and was waited for. */
export async function lockStaffOfLink(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`
    select 1 from staff
    where tenant_id = ${tx.tenantId}
      and id = (select staff_id from sign_ins where tenant_id = ${tx.tenantId} and id = ${id} and kind = 'link')
    for no key update`)
}

/** Uses a link up: the person it is for, once only however many ask at the same time. */
export async function useLink(
  tx: Tx,
  id: string,
  tokenHash: Buffer,
  at: Temporal.Instant,
): Promise<string | undefined> {
  const row = await tx.row<{ staffId: string }>(sql`
    update sign_ins set used_at = ${at}
    where tenant_id = ${tx.tenantId} and id = ${id} and kind = 'link' and token_hash = ${tokenHash}
      and used_at is null and ended_at is null and expires_at > ${at}
    returning staff_id as "staffId"`)
  return row?.staffId
}

export interface SessionRow {
  readonly staffId: string
  readonly name: string
  readonly role: string
  readonly sites: SiteScope
  readonly language: string | null
  readonly begunBy: Begun | null
}

/** An open session of somebody who may (still) sign in. */
export async function readSession(
  tx: Tx,
  id: string,
  tokenHash: Buffer,
  at: Temporal.Instant,
): Promise<SessionRow | undefined> {
  const [row] = await tx.named<Omit<SessionRow, 'sites'> & { sites: string[] | null }>(
    'identity-session',
    `select s.id as "staffId", s.name, s.role, s.sites, s.language, i.begun_by as "begunBy"
     from sign_ins i join staff s on s.tenant_id = i.tenant_id and s.id = i.staff_id
     where i.tenant_id = $1 and i.id = $2 and i.kind = 'session' and i.token_hash = $3
       and i.ended_at is null and i.expires_at > $4 and s.status = 'active'`,
    [tx.tenantId, id, tokenHash, at],
  )
  return row === undefined ? undefined : { ...row, sites: row.sites ?? 'all' }
}

export async function endSignIn(tx: Tx, id: string, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    update sign_ins set ended_at = ${at} where tenant_id = ${tx.tenantId} and id = ${id} and ended_at is null`)
}

/** Ends links and sessions of a person: of one kind or of both, all but one perhaps. */
export async function endSignInsOf(
  tx: Tx,
  staffId: string,
  which: { readonly kind?: SignInKind; readonly butId?: string; readonly at: Temporal.Instant },
): Promise<void> {
  await tx.run(sql`
    update sign_ins set ended_at = ${which.at}
    where tenant_id = ${tx.tenantId} and staff_id = ${staffId} and ended_at is null
      and (${which.kind ?? null}::text is null or kind = ${which.kind ?? null})
      and (${which.butId ?? null}::uuid is null or id <> ${which.butId ?? null}::uuid)`)
}

/** Who signed in stands in the trail; a link or session is good for nothing once it is over. */
const SIGN_INS_KEPT = Temporal.Duration.from({ hours: 30 * 24 })

/** Links and sessions, 30 days after they were over. */
export const forgetSignIns: Forget = (tx, at) =>
  tx.run(sql`
    delete from sign_ins where (tenant_id, id) in (
      select tenant_id, id from sign_ins
      where tenant_id = ${tx.tenantId} and expires_at < ${at.subtract(SIGN_INS_KEPT)} limit ${FORGET_AT_ONCE})`)
