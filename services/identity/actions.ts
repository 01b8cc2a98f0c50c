import { hashPassword, verifyPassword } from 'better-auth/crypto'
import type { SchoolId } from '#contracts/common.ts'
import { Role, sessionsRevoked, type SessionsRevoked, type UserId } from '#contracts/identity.ts'
import { newEvent, type Bus, type Cause } from '#platform/bus/bus.ts'
import { setSchool, type Database, type Tx } from '#platform/database/database.ts'
import { AppError, isUniqueViolation, notFound } from '#platform/errors.ts'
import { mint } from '#platform/ids.ts'
import * as people from './people-store.ts'
import * as store from './store.ts'
import { throttled } from './throttle.ts'

/** What every action of identity stands on: its own connections, and the log. */
export interface Desk {
  desk: Database
  bus: Pick<Bus, 'publish'>
  /** Called when sessions or rights have changed and that is committed. */
  forget: () => void
}

/** Says in the same transaction that sessions have ended or rights have changed. */
export async function publishRevoked(
  { bus }: Desk,
  tx: Tx,
  schoolId: SchoolId,
  cause: Cause,
  data: SessionsRevoked,
): Promise<void> {
  // The log lets a transaction write events of its own school only.
  await setSchool(tx, schoolId)
  await bus.publish(tx, [newEvent({ event: sessionsRevoked, schoolId, key: data.userId, cause, data })])
}

/** Ends one session, by the token of its cookie or by its id; false when there is none of this person. */
export async function endSession(
  deps: Desk,
  which: store.SessionKey,
  cause: Cause | ((userId: UserId) => Cause),
  of?: UserId,
): Promise<boolean> {
  const ended = await deps.desk.transaction(null, async (tx) => {
    const [session] = await store.deleteSessions(tx, which, { of })
    if (!session) return false
    const { userId, sessionId, schoolId } = session
    await publishRevoked(deps, tx, schoolId, typeof cause === 'function' ? cause(userId) : cause, {
      userId,
      sessionId,
      reason: 'signed-out',
    })
    return true
  })
  deps.forget()
  return ended
}

export async function addSchool({ desk }: Desk, name: string): Promise<SchoolId> {
  const schoolId = mint<SchoolId>()
  await desk.transaction(null, (tx) => store.insertSchool(tx, schoolId, name))
  return schoolId
}

export interface NewPerson {
  email: string
  name: string
  schoolId: SchoolId
  roles: readonly Role[]
  password: string
}

/** Makes an account with a password. Throws `not-found` for the school, `email-taken`. */
export async function addPerson({ desk }: Desk, person: NewPerson): Promise<UserId> {
  const userId = mint<UserId>()
  // Before the transaction: scrypt takes longer than a transaction may last.
  const hash = await hashPassword(person.password)
  try {
    await desk.transaction(null, async (tx) => {
      if (!(await store.findSchool(tx, person.schoolId))) throw notFound('school')
      await people.insertPerson(tx, { ...person, userId, email: person.email.toLowerCase() })
      await people.upsertPassword(tx, userId, mint(), hash)
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw new AppError('email-taken', 'There is an account with this email address already.')
  }
  return userId
}

/** What an administrator may change of a person; what is absent stays. */
export interface PersonChange {
  roles?: readonly Role[] | undefined
  disabled?: boolean | undefined
}

/**
 * Changes roles, disables or lets in again. A disabled person's sessions end in the same transaction. Throws
 * `not-found` for whoever is not of the school, `last-admin` when nobody would be left who may do this, unless the command line says `lastAdminToo`.
 */
export async function changePerson(
  deps: Desk,
  schoolId: SchoolId,
  userId: UserId,
  change: PersonChange,
  cause: Cause,
  options: { lastAdminToo?: boolean } = {},
): Promise<people.PersonRow> {
  const changed = await deps.desk.transaction(null, async (tx) => {
    // Two administrators who take the right from one another do so one after the other.
    await store.lockSchool(tx, schoolId)
    const person = await people.findPerson(tx, userId, schoolId)
    if (!person) throw notFound('person')
    const roles = change.roles ? Role.options.filter((role) => change.roles?.includes(role)) : person.roles
    const disabled = change.disabled ?? person.disabled
    await people.updatePerson(tx, userId, { roles, disabled })
    const left = options.lastAdminToo || (await people.countAdmins(tx, schoolId)) > 0
    if (!left || (person.localOwner && disabled))
      throw new AppError(
        'last-admin',
        `${person.name} is the last who can manage people here. Make somebody else an administrator first.`,
      )
    const say = (reason: SessionsRevoked['reason']): Promise<void> =>
      publishRevoked(deps, tx, schoolId, cause, { userId, sessionId: null, reason })
    if (disabled && !person.disabled) {
      await store.deleteSessions(tx, { userId })
      await say('disabled')
    } else if (String(roles) !== String(person.roles)) await say('roles-changed')
    return { ...person, roles, disabled }
  })
  deps.forget()
  return changed
}

/**
 * Sets a password within a transaction and ends the person's sessions, but for `keep`. Whoever calls it says
 * `forget` when the transaction has committed.
 */
export async function setPasswordIn(
  deps: Desk,
  tx: Tx,
  userId: UserId,
  hash: string,
  cause: Cause,
  keep: string | null = null,
): Promise<void> {
  const person = await people.findPerson(tx, userId)
  if (!person) throw notFound('person')
  await people.upsertPassword(tx, userId, mint(), hash)
  const reason = 'password-changed'
  const ended = await store.deleteSessions(tx, { userId }, { keep })
  const said = keep === null ? [null] : ended.map((session) => session.sessionId)
  for (const sessionId of said)
    await publishRevoked(deps, tx, person.schoolId, cause, { userId, sessionId, reason })
}

/** Sets a password and ends every session of the person. */
export async function setPassword(deps: Desk, userId: UserId, password: string, cause: Cause): Promise<void> {
  // Before the transaction: scrypt takes longer than a transaction may last.
  const hash = await hashPassword(password)
  await deps.desk.transaction(null, (tx) => setPasswordIn(deps, tx, userId, hash, cause))
  deps.forget()
}

/**
 * Changes one's own password; other sessions end. Throws `too-many-requests`, or `validation-failed` at
 * `currentPassword` when that is not it.
 */
export async function changePassword(
  deps: Desk,
  who: { userId: UserId; sessionId: string | null; address: string },
  given: { currentPassword: string; password: string },
  cause: Cause,
): Promise<void> {
  const { userId, sessionId, address } = who
  const { right } = await throttled(deps.desk, { account: userId, address }, async () => {
    const present = await deps.desk.transaction(null, (tx) => people.findPasswordHash(tx, userId))
    const same =
      present !== null && (await verifyPassword({ hash: present, password: given.currentPassword }))
    return { right: same }
  })
  if (!right)
    throw new AppError('validation-failed', 'This is not your present password.', {
      errors: [{ path: 'body.currentPassword', message: 'is not your present password' }],
    })
  const hash = await hashPassword(given.password)
  await deps.desk.transaction(null, (tx) => setPasswordIn(deps, tx, userId, hash, cause, sessionId ?? ''))
  deps.forget()
}

/** Ends every session of a person, the one that asks included. */
export async function endAllSessions(
  deps: Desk,
  who: { userId: UserId; schoolId: SchoolId },
  cause: Cause,
): Promise<void> {
  const { userId, schoolId } = who
  await deps.desk.transaction(null, async (tx) => {
    await store.deleteSessions(tx, { userId })
    await publishRevoked(deps, tx, schoolId, cause, { userId, sessionId: null, reason: 'signed-out' })
  })
  deps.forget()
}

/** The owner of a laptop sets the password that is asked for from then on; other sessions end. */
export async function setOwnerPassword(
  deps: Desk,
  owner: { userId: UserId; sessionId: string | null },
  given: { email: string; password: string },
  cause: Cause,
): Promise<void> {
  const hash = await hashPassword(given.password)
  try {
    await deps.desk.transaction(null, async (tx) => {
      await people.setEmail(tx, owner.userId, given.email.toLowerCase())
      await setPasswordIn(deps, tx, owner.userId, hash, cause, owner.sessionId ?? '')
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw new AppError('email-taken', 'There is an account with this email address already.')
  }
  deps.forget()
}

/** From then on the owner of a laptop continues without a password. */
export async function removeOwnerPassword({ desk }: Desk, userId: UserId): Promise<void> {
  await desk.transaction(null, async (tx) => {
    await people.deletePassword(tx, userId)
    await people.setEmail(tx, userId, null)
  })
}
