import { sql } from 'kysely'
import type { SchoolId } from '#contracts/common.ts'
import type { Role, UserId } from '#contracts/identity.ts'
import type { Tx } from '#platform/database/database.ts'

/** Session lookup by the cookie's token or, for a JWT, by its id. */
export type SessionKey = { token: string } | { id: string }

export interface SessionRow {
  id: string
  userId: UserId
  schoolId: SchoolId
  roles: Role[]
  disabled: boolean
  expiresAt: Date
}

/** The session with its person as they are now; notes that they were seen when that is `seenEvery` ms old. */
export async function findSession(tx: Tx, by: SessionKey, seenEvery: number): Promise<SessionRow | null> {
  const { rows } = await sql<SessionRow & { seen: boolean }>`
    select s.id, s.user_id as "userId", m.school_id as "schoolId", m.roles, u.disabled_at is not null as disabled,
           s.expires_at as "expiresAt",
           coalesce(u.last_seen_at > now() - ${seenEvery} * interval '1 millisecond', false) as seen
    from identity.sessions s join identity.users u on u.id = s.user_id join identity.members m on m.user_id = u.id
    where ${'token' in by ? sql`s.token = ${by.token}` : sql`s.id = ${by.id}`}`.execute(tx)
  const found = rows[0]
  if (!found) return null
  const { seen, ...row } = found
  if (!seen) await sql`update identity.users set last_seen_at = now() where id = ${row.userId}`.execute(tx)
  return row
}

export interface EndedSession {
  sessionId: string
  userId: UserId
  schoolId: SchoolId
}

/**
 * Ends sessions: one by its token or id, or all of a person; only if `of` that person, and never the one to `keep`.
 * Returns those there were.
 */
export async function deleteSessions(
  tx: Tx,
  which: SessionKey | { userId: UserId },
  only: { of?: UserId | undefined; keep?: string | null } = {},
): Promise<EndedSession[]> {
  const match =
    'userId' in which
      ? sql`s.user_id = ${which.userId}`
      : 'token' in which
        ? sql`s.token = ${which.token}`
        : sql`s.id = ${which.id}`
  const { rows } = await sql<EndedSession>`
    delete from identity.sessions s using identity.members m
    where m.user_id = s.user_id and ${match}
      and (${only.of ?? null}::uuid is null or s.user_id = ${only.of ?? null}::uuid)
      and s.id::text is distinct from ${only.keep ?? null}::text
    returning s.id as "sessionId", s.user_id as "userId", m.school_id as "schoolId"`.execute(tx)
  return rows
}

export interface PublicKeyRow {
  id: string
  publicKey: string
  alg: string | null
}

/** Keys whose signatures are good: those that are or were in use until `graceSeconds` ago. */
export async function listPublicKeys(tx: Tx, graceSeconds: number): Promise<PublicKeyRow[]> {
  const { rows } = await sql<PublicKeyRow>`
    select id, public_key as "publicKey", alg from identity.jwks
    where expires_at is null or expires_at > now() - ${graceSeconds} * interval '1 second'`.execute(tx)
  return rows
}

/** Keys that sign now, with their encrypted private halves. */
export async function listSigningKeys(tx: Tx): Promise<{ id: string; privateKey: string }[]> {
  const { rows } = await sql<{ id: string; privateKey: string }>`
    select id, private_key as "privateKey" from identity.jwks
    where expires_at is null or expires_at > now()`.execute(tx)
  return rows
}

export async function deleteKey(tx: Tx, id: string): Promise<void> {
  await sql`delete from identity.jwks where id = ${id}`.execute(tx)
}

export async function listSchoolIds(tx: Tx): Promise<SchoolId[]> {
  const { rows } = await sql<{ id: SchoolId }>`select id from identity.list_school_ids() id`.execute(tx)
  return rows.map((row) => row.id)
}

/** The school of this computer and its owner, who holds every role; made when they are missing. */
export async function ensureLocalOwner(
  tx: Tx,
  newUserId: UserId,
  roles: readonly Role[],
): Promise<{ schoolId: SchoolId; userId: UserId }> {
  await sql`
    insert into identity.users (id, name, local_owner) values (${newUserId}, 'Owner of this computer', true)
    on conflict do nothing`.execute(tx)
  const { rows } = await sql<{ schoolId: SchoolId; userId: UserId }>`
    select identity.ensure_local_school() as "schoolId", id as "userId" from identity.users where local_owner`.execute(
    tx,
  )
  const owner = rows[0]
  if (!owner) throw new Error('the owner of this computer was not made')
  await sql`
    insert into identity.members (school_id, user_id, roles) values (${owner.schoolId}, ${owner.userId}, ${roles})
    on conflict do nothing`.execute(tx)
  return owner
}

export async function insertSchool(tx: Tx, schoolId: SchoolId, name: string): Promise<void> {
  await sql`insert into identity.schools (school_id, name) values (${schoolId}, ${name})`.execute(tx)
}

/** Holds back others who change the people of the school, until the transaction ends. */
export async function lockSchool(tx: Tx, schoolId: SchoolId): Promise<void> {
  await sql`select from identity.schools where school_id = ${schoolId} for update`.execute(tx)
}

export interface SchoolRow {
  schoolId: SchoolId
  name: string
  keepDays: number | null
}

const schools = sql`select school_id as "schoolId", name, keep_days as "keepDays" from identity.schools`

export async function findSchool(tx: Tx, schoolId: SchoolId): Promise<SchoolRow | null> {
  const { rows } = await sql<SchoolRow>`${schools} where school_id = ${schoolId}`.execute(tx)
  return rows[0] ?? null
}

export async function listSchools(tx: Tx): Promise<SchoolRow[]> {
  const { rows } = await sql<SchoolRow>`${schools} order by name, school_id`.execute(tx)
  return rows
}

/** What is undefined stays; null for `keepDays` keeps batches until somebody erases them. */
export async function updateSchool(
  tx: Tx,
  schoolId: SchoolId,
  change: { name?: string | undefined; keepDays?: number | null | undefined },
): Promise<void> {
  await sql`
    update identity.schools set name = coalesce(${change.name ?? null}::text, name),
      keep_days = case when ${change.keepDays === undefined} then keep_days else ${change.keepDays ?? null}::int end
    where school_id = ${schoolId}`.execute(tx)
}

export interface OwnSessionRow {
  id: string
  createdAt: Date
  expiresAt: Date
  userAgent: string | null
  address: string | null
}

/** The sessions of a person that are good, newest first. */
export async function listSessions(
  tx: Tx,
  options: { userId: UserId; before: string | null; limit: number },
): Promise<OwnSessionRow[]> {
  const { rows } = await sql<OwnSessionRow>`
    select id, created_at as "createdAt", expires_at as "expiresAt", nullif(user_agent, '') as "userAgent",
           nullif(ip_address, '') as address
    from identity.sessions where user_id = ${options.userId} and expires_at > now()
      and (${options.before}::uuid is null or id < ${options.before}::uuid)
    order by id desc limit ${options.limit}`.execute(tx)
  return rows
}
