import { sql, type Tx } from '../platform/index.ts'
import type { SiteScope } from '../rights/index.ts'

export type StaffStatus = 'invited' | 'active' | 'disabled'

export interface StaffRow {
  readonly id: string
  readonly name: string
  /** Encrypted under the tenant's key. */
  readonly mail: Buffer
  readonly passwordHash: string | null
  readonly role: string
  readonly sites: SiteScope
  /** Null: as their browser asks for. */
  readonly language: string | null
  readonly status: StaffStatus
  readonly createdAt: Temporal.Instant
}

type Row = Omit<StaffRow, 'sites'> & { readonly sites: string[] | null }

const COLUMNS = sql`
  id, name, mail, password_hash as "passwordHash", role, sites, language, status, created_at as "createdAt"`

function staffOf({ sites, ...row }: Row): StaffRow {
  return { ...row, sites: sites ?? 'all' }
}

/** False when somebody of this tenant has the mail address already. */
export async function insertStaff(tx: Tx, staff: StaffRow & { readonly mailHash: Buffer }): Promise<boolean> {
  const made = await tx.run(sql`
    insert into staff (tenant_id, id, name, mail, mail_hash, password_hash, role, sites, language, status, created_at)
    values (${tx.tenantId}, ${staff.id}, ${staff.name}, ${staff.mail}, ${staff.mailHash}, ${staff.passwordHash}, ${staff.role},
      ${staff.sites === 'all' ? null : staff.sites}::uuid[], ${staff.language}, ${staff.status}, ${staff.createdAt})
    on conflict (tenant_id, mail_hash) do nothing`)
  return made === 1
}

export async function readStaff(tx: Tx, id: string): Promise<StaffRow | undefined> {
  const row = await tx.row<Row>(sql`select ${COLUMNS} from staff where tenant_id = ${tx.tenantId} and id = ${id}`)
  return row === undefined ? undefined : staffOf(row)
}

/** The same, as it stays until this transaction ends: whoever changes this person waits, and whoever was changing them is waited for. */
export async function lockStaff(tx: Tx, id: string): Promise<StaffRow | undefined> {
  const row = await tx.row<Row>(
    sql`select ${COLUMNS} from staff where tenant_id = ${tx.tenantId} and id = ${id} for no key update`,
  )
  return row === undefined ? undefined : staffOf(row)
}

export async function readStaffList(tx: Tx, after: string | undefined, limit: number): Promise<StaffRow[]> {
  const rows = await tx.rows<Row>(sql`
    select ${COLUMNS} from staff
    where tenant_id = ${tx.tenantId} and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid)
    order by id limit ${limit}`)
  return rows.map(staffOf)
}

export async function countStaff(tx: Tx): Promise<number> {
  const row = await tx.row<{ n: number }>(sql`select count(*)::int as n from staff where tenant_id = ${tx.tenantId}`)
  return row?.n ?? 0
}

export async function updateStaff(
  tx: Tx,
  staff: Pick<StaffRow, 'id' | 'name' | 'role' | 'sites' | 'language' | 'status'>,
): Promise<void> {
  await tx.run(sql`
    update staff set name = ${staff.name}, role = ${staff.role}, sites = ${staff.sites === 'all' ? null : staff.sites}::uuid[],
      language = ${staff.language}, status = ${staff.status}
    where tenant_id = ${tx.tenantId} and id = ${staff.id}`)
}

/** Null: from now on as the browser asks for. */
export async function setLanguage(tx: Tx, id: string, language: string | null): Promise<void> {
  await tx.run(sql`update staff set language = ${language} where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** An invitation that was followed: the person is active from now on. False for people who are disabled or gone. */
export async function activateStaff(tx: Tx, id: string): Promise<boolean> {
  const touched = await tx.run(sql`
    update staff set status = 'active' where tenant_id = ${tx.tenantId} and id = ${id} and status in ('invited', 'active')`)
  return touched === 1
}

export async function setPasswordHash(tx: Tx, id: string, passwordHash: string): Promise<void> {
  await tx.run(sql`update staff set password_hash = ${passwordHash} where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** How many people could still administer the tenant, one aside. */
export async function otherAdministrators(tx: Tx, id: string): Promise<number> {
  const row = await tx.row<{ n: number }>(sql`
    select count(*)::int as n from staff
    where tenant_id = ${tx.tenantId} and id <> ${id} and status = 'active' and role = 'administrator' and sites is null`)
  return row?.n ?? 0
}

/** The first administrator, of those who came already if there are any; nobody who is disabled. */
export async function firstAdministrator(tx: Tx): Promise<string | undefined> {
  const row = await tx.row<{ id: string }>(sql`
    select id from staff where tenant_id = ${tx.tenantId} and status <> 'disabled' and role = 'administrator'
    order by status, id limit 1`)
  return row?.id
}

/** People by name, without case, or by their mail address; nobody who is disabled. */
export async function peopleCalled(tx: Tx, name: string, mailHash: Buffer): Promise<readonly string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select id from staff
    where tenant_id = ${tx.tenantId} and status <> 'disabled' and (lower(name) = lower(${name}) or mail_hash = ${mailHash})
    order by id limit 2`)
  return rows.map(({ id }) => id)
}

/** Some names of those who can sign in, for whoever asked for one that is none. */
export async function someNames(tx: Tx, most: number): Promise<readonly string[]> {
  const rows = await tx.rows<{ name: string }>(sql`
    select distinct name from staff where tenant_id = ${tx.tenantId} and status <> 'disabled' order by name limit ${most}`)
  return rows.map(({ name }) => name)
}
