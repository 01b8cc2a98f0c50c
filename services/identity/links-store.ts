import { sql } from 'kysely'
import type { SchoolId } from '#contracts/common.ts'
import type { Role, UserId } from '#contracts/identity.ts'
import type { Tx } from '#platform/database/database.ts'

export interface InvitationRow {
  invitationId: string
  schoolId: SchoolId
  schoolName: string
  email: string
  roles: Role[]
  invitedBy: string
  createdAt: Date
  expiresAt: Date
}

const invitations = sql`
  select i.invitation_id as "invitationId", i.school_id as "schoolId", s.name as "schoolName", i.email, i.roles,
         u.name as "invitedBy", i.created_at as "createdAt", i.expires_at as "expiresAt"
  from identity.invitations i join identity.schools s on s.school_id = i.school_id
    join identity.users u on u.id = i.invited_by
  where i.accepted_at is null`

/** Takes the place of an open invitation of the same school to the same address. */
export async function insertInvitation(
  tx: Tx,
  invitation: {
    invitationId: string
    schoolId: SchoolId
    email: string
    roles: readonly Role[]
    tokenHash: string
    invitedBy: UserId
    expiresAt: Date
  },
): Promise<void> {
  const { invitationId, schoolId, email, roles, tokenHash, invitedBy, expiresAt } = invitation
  await sql`
    insert into identity.invitations (invitation_id, school_id, email, roles, token_hash, invited_by, expires_at)
    values (${invitationId}, ${schoolId}, ${email}, ${roles}, ${tokenHash}, ${invitedBy}, ${expiresAt})
    on conflict (school_id, email) where accepted_at is null do update set
      invitation_id = excluded.invitation_id, roles = excluded.roles, token_hash = excluded.token_hash,
      invited_by = excluded.invited_by, created_at = now(), expires_at = excluded.expires_at`.execute(tx)
}

/** Those not accepted, expired ones too, by id, which is the order in which they were made. */
export async function listInvitations(
  tx: Tx,
  options: { schoolId: SchoolId; after: string | null; limit: number },
): Promise<InvitationRow[]> {
  const { rows } = await sql<InvitationRow>`
    ${invitations} and i.school_id = ${options.schoolId}
      and (${options.after}::uuid is null or i.invitation_id > ${options.after}::uuid)
    order by i.invitation_id limit ${options.limit}`.execute(tx)
  return rows
}

/** False when the school has no such open invitation. */
export async function deleteInvitation(tx: Tx, schoolId: SchoolId, invitationId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from identity.invitations
    where school_id = ${schoolId} and invitation_id = ${invitationId} and accepted_at is null`.execute(tx)
  return numAffectedRows === 1n
}

/** The invitation whose link is good at this moment. */
export async function findInvitation(tx: Tx, tokenHash: string): Promise<InvitationRow | null> {
  const { rows } = await sql<InvitationRow>`
    ${invitations} and i.token_hash = ${tokenHash} and i.expires_at > now()`.execute(tx)
  return rows[0] ?? null
}

/** The same by school and address: for who signs in through the school. */
export async function findInvitationOf(
  tx: Tx,
  schoolId: SchoolId,
  email: string,
): Promise<InvitationRow | null> {
  const { rows } = await sql<InvitationRow>`
    ${invitations} and i.school_id = ${schoolId} and i.email = ${email} and i.expires_at > now()`.execute(tx)
  return rows[0] ?? null
}

/** True for the one who accepts it first. */
export async function markAccepted(tx: Tx, invitationId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update identity.invitations set accepted_at = now()
    where invitation_id = ${invitationId} and accepted_at is null and expires_at > now()`.execute(tx)
  return numAffectedRows === 1n
}

/** A person has one link at a time: a new one ends the one before. */
export async function upsertReset(tx: Tx, userId: UserId, tokenHash: string, expiresAt: Date): Promise<void> {
  await sql`
    insert into identity.password_resets (token_hash, user_id, expires_at)
    values (${tokenHash}, ${userId}, ${expiresAt})
    on conflict (user_id) do update set token_hash = excluded.token_hash, created_at = now(),
      expires_at = excluded.expires_at`.execute(tx)
}

export async function findReset(tx: Tx, tokenHash: string): Promise<UserId | null> {
  const { rows } = await sql<{ userId: UserId }>`
    select r.user_id as "userId" from identity.password_resets r join identity.users u on u.id = r.user_id
    where token_hash = ${tokenHash} and expires_at > now() and u.disabled_at is null`.execute(tx)
  return rows[0]?.userId ?? null
}

/** True for the one who uses the link first. */
export async function deleteReset(tx: Tx, tokenHash: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from identity.password_resets where token_hash = ${tokenHash} and expires_at > now()`.execute(tx)
  return numAffectedRows === 1n
}

/** Everything whose time is over: links, sessions, attempts, sign-ins that were not finished, keys. */
export async function deleteExpired(tx: Tx, keyGraceSeconds: number): Promise<void> {
  await sql`delete from identity.password_resets where expires_at < now()`.execute(tx)
  await sql`
    delete from identity.invitations
    where accepted_at is null and expires_at < now() - interval '30 days'`.execute(tx)
  await sql`delete from identity.sessions where expires_at < now()`.execute(tx)
  await sql`delete from identity.verifications where expires_at < now()`.execute(tx)
  await sql`delete from identity.throttles where window_ends < now()`.execute(tx)
  await sql`
    delete from identity.jwks where expires_at < now() - ${keyGraceSeconds} * interval '1 second'`.execute(tx)
}
