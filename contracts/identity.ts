import { z } from 'zod'
import { SchoolId, Timestamp } from './common.ts'
import { defineEvent } from './event.ts'

/** UUID text of a person; the owner of a laptop is one too. */
export const UserId = z.uuid().brand<'UserId'>()
export type UserId = z.infer<typeof UserId>

/** A person may hold several. On a laptop its owner holds them all. */
export const Role = z.enum(['admin', 'teacher', 'judge', 'student'])
export type Role = z.infer<typeof Role>

/** How the server is entered: what a sign-in page needs to know before anyone has signed in. */
export const SignInMethods = z.object({
  mode: z.enum(['laptop', 'server']),
  /** "Continue as owner of this computer" works: a laptop whose owner has set no password. */
  ownerMayContinue: z.boolean(),
  /** A password is asked for. */
  password: z.boolean(),
  /** OIDC providers of schools. */
  providers: z.array(z.object({ providerId: z.string(), name: z.string() })),
})
export type SignInMethods = z.infer<typeof SignInMethods>

/** Who is signed in. */
export const Me = z.object({
  userId: UserId,
  schoolId: SchoolId,
  schoolName: z.string(),
  name: z.string(),
  /** Null for the owner of a laptop who has set no password. */
  email: z.string().nullable(),
  roles: z.array(Role),
  mode: z.enum(['laptop', 'server']),
  hasPassword: z.boolean(),
})
export type Me = z.infer<typeof Me>

export const Email = z.email('An email address looks like name@school.org.').max(254)
export const Password = z
  .string()
  .min(10, 'A password has at least 10 characters.')
  .max(128, 'A password has at most 128 characters.')

export const PersonView = z.object({
  userId: UserId,
  name: z.string(),
  email: z.string(),
  roles: z.array(Role),
  disabled: z.boolean(),
  createdAt: Timestamp,
  lastSeenAt: Timestamp.nullable(),
})
export type PersonView = z.infer<typeof PersonView>
export const People = z.object({ items: z.array(PersonView), nextCursor: z.string().nullable() })

export const ChangePerson = z.object({
  roles: z.array(Role).min(1, 'A person has at least one role.').optional(),
  disabled: z.boolean().optional(),
})
export type ChangePerson = z.infer<typeof ChangePerson>

export const InvitationView = z.object({
  invitationId: z.uuid(),
  email: z.string(),
  roles: z.array(Role),
  invitedBy: z.string(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
})
export type InvitationView = z.infer<typeof InvitationView>
export const Invitations = z.object({ items: z.array(InvitationView), nextCursor: z.string().nullable() })

export const Invite = z.object({ email: Email, roles: z.array(Role).min(1, 'Choose at least one role.') })
/** The link is shown once, to be copied; it is mailed too where SMTP is configured. */
export const OneTimeLink = z.object({ link: z.string(), mailed: z.boolean(), expiresAt: Timestamp })
export type OneTimeLink = z.infer<typeof OneTimeLink>
export const Invited = InvitationView.extend(OneTimeLink.shape)

export const AcceptInvitation = z.object({
  token: z.string().min(1).max(200),
  name: z.string().trim().min(1, 'Say your name.').max(200),
  password: Password,
})
export const ResetPassword = z.object({ token: z.string().min(1).max(200), password: Password })
/** One's own password, by whoever knows the present one. */
export const ChangePassword = z.object({
  currentPassword: z.string().min(1, 'Say your present password.').max(1000),
  password: Password,
})
export const RequestReset = z.object({ email: Email })
/** A laptop's owner sets the password that is asked for from then on. */
export const SetOwnerPassword = z.object({ email: Email, password: Password })

export const SessionView = z.object({
  sessionId: z.string(),
  current: z.boolean(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  userAgent: z.string().nullable(),
  address: z.string().nullable(),
})
export type SessionView = z.infer<typeof SessionView>
export const Sessions = z.object({ items: z.array(SessionView), nextCursor: z.string().nullable() })

export const SchoolView = z.object({
  schoolId: SchoolId,
  name: z.string(),
  /** Where the school's data lie: a folder of this computer, or the name of the database's host. */
  dataLocation: z.string(),
  /** What leaves this computer, one sentence each; empty when nothing does. */
  networkUse: z.array(z.string()),
  /** Days after which a batch is erased; null keeps it until somebody erases it. */
  keepDays: z.number().int().positive().nullable(),
})
export type SchoolView = z.infer<typeof SchoolView>
export const ChangeSchool = z.object({
  name: z.string().trim().min(1, 'A school has a name.').max(200).optional(),
  keepDays: z.number().int().min(1).max(3650).nullable().optional(),
})

/**
 * Sessions of a person have ended, or their rights have changed: sockets are closed and nothing they hold is good
 * any more. `sessionId` null means all of them. The key is the user id.
 */
export const sessionsRevoked = defineEvent(
  'identity.sessions-revoked',
  1,
  z.object({
    userId: UserId,
    sessionId: z.string().nullable(),
    reason: z.enum(['signed-out', 'disabled', 'password-changed', 'roles-changed']),
  }),
)
export type SessionsRevoked = z.infer<typeof sessionsRevoked.data>

/** What other services may ask of `identity`. */
export interface PeopleApi {
  /** A person of this school; null for another school's or an absent one. */
  findPerson(
    schoolId: SchoolId,
    userId: UserId,
  ): Promise<Pick<PersonView, 'userId' | 'name' | 'roles' | 'disabled'> | null>
}
