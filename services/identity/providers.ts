import type { SSOUserResolution, SSOUserResolutionInput } from '@better-auth/sso'
import type { SchoolId } from '#contracts/common.ts'
import type { UserId } from '#contracts/identity.ts'
import type { Database } from '#platform/database/database.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { mint } from '#platform/ids.ts'
import * as links from './links-store.ts'
import * as people from './people-store.ts'
import * as providers from './providers-store.ts'
import * as store from './store.ts'

/**
 * Whom a school's OIDC provider signs in: a person of that school, known by the account or by the address, or
 * somebody whom the school has invited. Only addresses of the provider's domain; never a person of another school,
 * whatever the provider says.
 */
export async function resolvePerson(
  desk: Database,
  given: SSOUserResolutionInput,
): Promise<SSOUserResolution> {
  const { providerId, accountKey, providerUser } = given
  const email = providerUser.email.toLowerCase()
  const name = providerUser.name.trim() || email.slice(0, email.indexOf('@'))
  if (given.protocol !== 'oidc') return refused
  const { providerClaims, verifiedIdTokenClaims } = given
  if (
    [providerClaims, verifiedIdTokenClaims].some((claims) => /^false$/i.test(String(claims.email_verified)))
  )
    return refused
  return desk.transaction(null, async (tx) => {
    const provider = await providers.findProvider(tx, providerId)
    if (!provider || !email.endsWith(`@${provider.domain}`)) return refused
    const known = await providers.findAccountOwner(tx, providerId, accountKey.accountId)
    const person = known ? await people.findPerson(tx, known) : await people.findPersonByEmail(tx, email)
    if (person)
      return person.schoolId === provider.schoolId && !person.disabled ? link(person.userId) : refused
    const invitation = await links.findInvitationOf(tx, provider.schoolId, email)
    if (!invitation || !(await links.markAccepted(tx, invitation.invitationId))) return refused
    const userId = mint<UserId>()
    await people.insertPerson(tx, {
      userId,
      schoolId: provider.schoolId,
      name,
      email,
      roles: invitation.roles,
    })
    return link(userId)
  })
}

/** The same word for everyone who may not, so that it tells nobody who has an account. */
const refused: SSOUserResolution = { action: 'reject', code: 'not-invited' }
const link = (userId: UserId): SSOUserResolution => ({ action: 'link', userId, profile: 'preserve' })

export interface NewProvider {
  providerId: string
  schoolId: SchoolId
  name: string
  issuer: string
  domain: string
  clientId: string
  clientSecret: string
}

/** Registers where a school's people sign in, or changes it. Throws `not-found` for the school. */
export async function addProvider(desk: Database, provider: NewProvider): Promise<void> {
  const { clientId, clientSecret, issuer, domain } = provider
  const config = {
    issuer,
    clientId,
    clientSecret,
    pkce: true,
    discoveryEndpoint: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    scopes: ['openid', 'email', 'profile'],
  }
  await desk.transaction(null, async (tx) => {
    if (!(await store.findSchool(tx, provider.schoolId))) throw notFound('school')
    const row = { ...provider, domain: domain.toLowerCase() }
    if (!(await providers.upsertProvider(tx, mint(), row, JSON.stringify(config))))
      throw new AppError(
        'validation-failed',
        `Another school has a provider with the id ${provider.providerId}. Choose another id.`,
      )
  })
}
