import { sql, type Tx } from '../platform/index.ts'

/** Which tenant a key belongs to. The key's own row in the tenant says whether it is good. */
export async function insertKeyPlace(tx: Tx, keyId: string, tenantId: string): Promise<void> {
  await tx.run(
    sql`insert into directory.api_keys (id, tenant_id) values (${keyId}, ${tenantId}) on conflict (id) do nothing`,
  )
}

export async function tenantOfKey(tx: Tx, keyId: string): Promise<string | undefined> {
  const row = await tx.row<{ tenantId: string }>(
    sql`select tenant_id as "tenantId" from directory.api_keys where id = ${keyId}`,
  )
  return row?.tenantId
}

export interface MailPlace {
  readonly tenantId: string
  readonly staffId: string
}

export async function putMailPlace(tx: Tx, mailHash: Buffer, { tenantId, staffId }: MailPlace): Promise<void> {
  await tx.run(sql`
    insert into directory.mails (mail_hash, tenant_id, staff_id) values (${mailHash}, ${tenantId}, ${staffId})
    on conflict (mail_hash, tenant_id) do update set staff_id = excluded.staff_id`)
}

/** The accounts of a mail address, a bounded number of them. */
export async function placesOfMail(tx: Tx, mailHash: Buffer): Promise<MailPlace[]> {
  return tx.rows(sql`
    select tenant_id as "tenantId", staff_id as "staffId" from directory.mails
    where mail_hash = ${mailHash} order by tenant_id limit 20`)
}

export type SignInKind = 'link' | 'session'

export interface SignInPlace {
  /** Null: the installation's own, by which the first network is made. */
  readonly tenantId: string | null
  readonly id: string
}

/** Keeps a link or session findable; what has expired goes at the same time. */
export async function putSignInPlace(
  tx: Tx,
  place: SignInPlace & { readonly tokenHash: Buffer; readonly kind: SignInKind; readonly expiresAt: Temporal.Instant },
  at: Temporal.Instant,
): Promise<void> {
  await tx.run(sql`delete from directory.sign_ins where expires_at <= ${at}`)
  await tx.run(sql`
    insert into directory.sign_ins (token_hash, tenant_id, id, kind, expires_at)
    values (${place.tokenHash}, ${place.tenantId}, ${place.id}, ${place.kind}, ${place.expiresAt})`)
}

export async function findSignInPlace(
  tx: Tx,
  tokenHash: Buffer,
  kind: SignInKind,
  at: Temporal.Instant,
): Promise<SignInPlace | undefined> {
  return tx.row(sql`
    select tenant_id as "tenantId", id from directory.sign_ins
    where token_hash = ${tokenHash} and kind = ${kind} and expires_at > ${at}`)
}

/** True for the one caller that removed it: what is used once is used by removing it. */
export async function removeSignInPlace(tx: Tx, tokenHash: Buffer): Promise<boolean> {
  return (await tx.run(sql`delete from directory.sign_ins where token_hash = ${tokenHash}`)) === 1
}

/** Removes every link and session of the installation itself; true when the given one was still among them. */
export async function removeInstallers(tx: Tx, tokenHash: Buffer): Promise<boolean> {
  const removed = await tx.rows<{ tokenHash: Buffer }>(
    sql`delete from directory.sign_ins where tenant_id is null returning token_hash as "tokenHash"`,
  )
  return removed.some((row) => row.tokenHash.equals(tokenHash))
}
