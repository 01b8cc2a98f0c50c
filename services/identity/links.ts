import { hashPassword } from 'better-auth/crypto'
import { randomBytes } from 'node:crypto'
import type { SchoolId } from '#contracts/common.ts'
import type { Role, UserId } from '#contracts/identity.ts'
import type { Cause } from '#platform/bus/bus.ts'
import { AppError, isUniqueViolation, notFound } from '#platform/errors.ts'
import { mint, sha256 } from '#platform/ids.ts'
import { setPasswordIn, type Desk } from './actions.ts'
import * as links from './links-store.ts'
import type { Mail } from './mail.ts'
import * as people from './people-store.ts'
import { mayMail } from './throttle.ts'

/** Milliseconds a link is good. */
const invitationLives = 7 * 24 * 3_600_000
const resetLives = 3_600_000

export interface LinkDeps extends Desk {
  baseUrl: () => string
  mail: Mail | null
}

interface Link {
  link: string
  mailed: boolean
  expiresAt: Date
}

/** 256 random bits; what is kept is their SHA-256. The token stands behind the #, so no server logs it. */
function newLink(deps: Pick<LinkDeps, 'baseUrl'>, page: 'invitation' | 'reset', lives: number) {
  const token = randomBytes(32).toString('base64url')
  return {
    link: `${deps.baseUrl()}/${page}#token=${token}`,
    tokenHash: sha256(token),
    expiresAt: new Date(Date.now() + lives),
  }
}

const notGood = (): AppError =>
  new AppError(
    'link-not-good',
    'This link is not good, or not any more: it works once and for a limited time. Ask for a new one.',
  )

/** Invites an address to a school. Throws `email-taken` when a person of the school has it already. */
export async function invite(
  deps: LinkDeps,
  invitation: {
    schoolId: SchoolId
    schoolName: string
    email: string
    roles: readonly Role[]
    invitedBy: UserId
  },
): Promise<Link & { invitationId: string }> {
  const email = invitation.email.toLowerCase()
  const invitationId = mint<string>()
  const { link, tokenHash, expiresAt } = newLink(deps, 'invitation', invitationLives)
  await deps.desk.transaction(null, async (tx) => {
    const person = await people.findPersonByEmail(tx, email)
    if (person?.schoolId === invitation.schoolId)
      throw new AppError('email-taken', 'Somebody of your school has this email address already.')
    await links.insertInvitation(tx, { ...invitation, email, invitationId, tokenHash, expiresAt })
  })
  const mailed =
    (await deps.mail?.send({
      to: email,
      subject: `${invitation.schoolName}: your account in Assay`,
      text: `${invitation.schoolName} invites you to Assay. Open this link to choose your name and a password; it works once and for 7 days:\n\n${link}\n\nIf you did not expect this, ignore it: nothing happens.\n`,
    })) ?? false
  return { invitationId, link, mailed, expiresAt }
}

/** Whom a good link invites. Throws `link-not-good`. */
export async function lookUpInvitation({ desk }: Desk, token: string): Promise<links.InvitationRow> {
  const found = await desk.transaction(null, (tx) => links.findInvitation(tx, sha256(token)))
  if (!found) throw notGood()
  return found
}

/** Makes the account that a good link invites to, once. Throws `link-not-good`, `email-taken`. */
export async function acceptInvitation(
  deps: Desk,
  given: { token: string; name: string; password: string },
): Promise<{ userId: UserId; schoolId: SchoolId }> {
  const invitation = await lookUpInvitation(deps, given.token)
  const hash = await hashPassword(given.password)
  const userId = mint<UserId>()
  const { schoolId, email, roles, invitationId } = invitation
  await deps.desk
    .transaction(null, async (tx) => {
      if (!(await links.markAccepted(tx, invitationId))) throw notGood()
      await people.insertPerson(tx, { userId, schoolId, name: given.name, email, roles })
      await people.upsertPassword(tx, userId, mint(), hash)
    })
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error
      throw new AppError(
        'email-taken',
        'There is an account with this email address already. Sign in with it.',
      )
    })
  return { userId, schoolId }
}

/** A link with which a person chooses a new password. */
export async function makeReset(deps: LinkDeps, person: people.PersonRow): Promise<Link> {
  const { link, tokenHash, expiresAt } = newLink(deps, 'reset', resetLives)
  await deps.desk.transaction(null, (tx) => links.upsertReset(tx, person.userId, tokenHash, expiresAt))
  const mailed =
    (person.email !== null &&
      (await deps.mail?.send({
        to: person.email,
        subject: 'A new password for Assay',
        text: `Open this link to choose a new password for Assay; it works once and for one hour:\n\n${link}\n\nIf you did not ask for it, ignore it: your password stays as it is.\n`,
      }))) ||
    false
  return { link, mailed, expiresAt }
}

/** The same for a person of a school, by whoever may. Throws `not-found`. */
export async function makeResetFor(deps: LinkDeps, schoolId: SchoolId, userId: UserId): Promise<Link> {
  const person = await deps.desk.transaction(null, (tx) => people.findPerson(tx, userId, schoolId))
  if (!person || person.email === null) throw notFound('person')
  return makeReset(deps, person)
}

/** Somebody has forgotten a password: mails a link where there is an account, mail, and not too much of it. */
export async function requestReset(deps: LinkDeps, email: string): Promise<void> {
  if (!deps.mail || !(await mayMail(deps.desk, email))) return
  const person = await deps.desk.transaction(null, (tx) => people.findPersonByEmail(tx, email.toLowerCase()))
  if (person && !person.disabled) await makeReset(deps, person)
}

/** Sets the password that a good link lets one choose, once, and ends every session. Throws `link-not-good`. */
export async function resetPassword(
  deps: Desk,
  given: { token: string; password: string },
  causeOf: (userId: UserId) => Cause,
): Promise<void> {
  const tokenHash = sha256(given.token)
  const userId = await deps.desk.transaction(null, (tx) => links.findReset(tx, tokenHash))
  if (!userId) throw notGood()
  const hash = await hashPassword(given.password)
  await deps.desk.transaction(null, async (tx) => {
    if (!(await links.deleteReset(tx, tokenHash))) throw notGood()
    await setPasswordIn(deps, tx, userId, hash, causeOf(userId))
  })
  deps.forget()
}
