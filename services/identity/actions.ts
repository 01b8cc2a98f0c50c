import { hashPassword } from 'better-auth/crypto'
import type { SchoolId } from '#contracts/common.ts'
import { sessionsRevoked, type Role, type SessionsRevoked, type UserId } from '#contracts/identity.ts'
import { newEvent, type Bus, type Cause } from '#platform/bus/bus.ts'
import { setSchool, type Database, type Tx } from '#platform/database/database.ts'
import { AppError, isUniqueViolation, notFound } from '#platform/errors.ts'
import { mint } from '#platform/ids.ts'
import * as people from './people-store.ts'
import * as store from './store.ts'

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
    const [session] = await store.deleteSessions(tx, which, of)
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

/** Disables a person and ends all their sessions, in one transaction. */
export async function disablePerson(deps: Desk, person: people.PersonRow, cause: Cause): Promise<void> {
  const { userId, schoolId } = person
  await deps.desk.transaction(null, async (tx) => {
    if (!(await people.disablePerson(tx, userId))) return
    await store.deleteSessions(tx, { userId })
    await publishRevoked(deps, tx, schoolId, cause, { userId, sessionId: null, reason: 'disabled' })
  })
  deps.forget()
}

/** Sets a password and ends all sessions, in one transaction. */
export async function setPassword(
  deps: Desk,
  person: people.PersonRow,
  password: string,
  cause: Cause,
): Promise<void> {
  const hash = await hashPassword(password)
  const { userId, schoolId } = person
  await deps.desk.transaction(null, async (tx) => {
    await people.upsertPassword(tx, userId, mint(), hash)
    await store.deleteSessions(tx, { userId })
    await publishRevoked(deps, tx, schoolId, cause, { userId, sessionId: null, reason: 'password-changed' })
  })
  deps.forget()
}
