import { sql } from 'kysely'
import type { SchoolId } from '#contracts/common.ts'
import type { Role, UserId } from '#contracts/identity.ts'
import type { Tx } from '#platform/database/database.ts'

export interface PersonRow {
  userId: UserId
  schoolId: SchoolId
  name: string
  email: string | null
  roles: Role[]
  disabled: boolean
  hasPassword: boolean
  localOwner: boolean
  createdAt: Date
  lastSeenAt: Date | null
}

const columns = sql`
  u.id as "userId", m.school_id as "schoolId", u.name, u.email, m.roles, u.disabled_at is not null as disabled,
  exists (select from identity.accounts a where a.user_id = u.id and a.provider_id = 'credential') as "hasPassword",
  u.local_owner as "localOwner", u.created_at as "createdAt", u.last_seen_at as "lastSeenAt"`
const persons = sql`identity.users u join identity.members m on m.user_id = u.id`

/** A person by id; with `schoolId` only one of that school. */
export async function findPerson(
  tx: Tx,
  userId: UserId,
  schoolId: SchoolId | null = null,
): Promise<PersonRow | null> {
  const { rows } = await sql<PersonRow>`
    select ${columns} from ${persons} where u.id = ${userId}
      and (${schoolId}::uuid is null or m.school_id = ${schoolId}::uuid)`.execute(tx)
  return rows[0] ?? null
}

/** A person by address, in small letters, of any school. */
export async function findPersonByEmail(tx: Tx, email: string): Promise<PersonRow | null> {
  const { rows } = await sql<PersonRow>`select ${columns} from ${persons} where u.email = ${email}`.execute(
    tx,
  )
  return rows[0] ?? null
}

/** Persons of a school, or of all, by id, after `after`: the order in which they came. */
export async function listPersons(
  tx: Tx,
  options: { schoolId: SchoolId | null; after: UserId | null; limit: number },
): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    select ${columns} from ${persons}
    where (${options.schoolId}::uuid is null or m.school_id = ${options.schoolId}::uuid)
      and (${options.after}::uuid is null or u.id > ${options.after}::uuid)
    order by u.id limit ${options.limit}`.execute(tx)
  return rows
}

/** Throws a unique violation when the address is taken. */
export async function insertPerson(
  tx: Tx,
  person: { userId: UserId; schoolId: SchoolId; name: string; email: string; roles: readonly Role[] },
): Promise<void> {
  await sql`
    insert into identity.users (id, name, email, email_verified)
    values (${person.userId}, ${person.name}, ${person.email}, true)`.execute(tx)
  await sql`
    insert into identity.members (school_id, user_id, roles)
    values (${person.schoolId}, ${person.userId}, ${person.roles})`.execute(tx)
}

/** The person's password, made or replaced; `hash` is better-auth's. */
export async function upsertPassword(tx: Tx, userId: UserId, accountId: string, hash: string): Promise<void> {
  await sql`
    insert into identity.accounts (id, user_id, account_id, provider_id, password)
    values (${accountId}, ${userId}, ${userId}, 'credential', ${hash})
    on conflict (provider_id, account_id) do update set password = excluded.password, updated_at = now()`.execute(
    tx,
  )
}

/** better-auth's hash of the person's password; null for who has none. */
export async function findPasswordHash(tx: Tx, userId: UserId): Promise<string | null> {
  const { rows } = await sql<{ password: string | null }>`
    select password from identity.accounts where user_id = ${userId} and provider_id = 'credential'`.execute(
    tx,
  )
  return rows[0]?.password ?? null
}

export async function deletePassword(tx: Tx, userId: UserId): Promise<void> {
  await sql`
    delete from identity.accounts where user_id = ${userId} and provider_id = 'credential'`.execute(tx)
}

/** Throws a unique violation when the address is taken. */
export async function setEmail(tx: Tx, userId: UserId, email: string | null): Promise<void> {
  await sql`
    update identity.users set email = ${email}, email_verified = ${email !== null}, updated_at = now()
    where id = ${userId}`.execute(tx)
}

export async function updatePerson(
  tx: Tx,
  userId: UserId,
  person: { roles: readonly Role[]; disabled: boolean },
): Promise<void> {
  await sql`update identity.members set roles = ${person.roles} where user_id = ${userId}`.execute(tx)
  await sql`
    update identity.users set updated_at = now(),
      disabled_at = case when ${person.disabled} then coalesce(disabled_at, now()) end
    where id = ${userId}`.execute(tx)
}

/** How many may manage the people of a school. */
export async function countAdmins(tx: Tx, schoolId: SchoolId): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ${persons}
    where m.school_id = ${schoolId} and 'admin' = any (m.roles) and u.disabled_at is null`.execute(tx)
  return rows[0]?.n ?? 0
}

/** Whether anybody of this database signs in with a password. */
export async function isPasswordUsed(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ used: boolean }>`
    select exists (select from identity.accounts where provider_id = 'credential') as used`.execute(tx)
  return rows[0]?.used ?? false
}
