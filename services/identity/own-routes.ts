import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { SchoolId } from '#contracts/common.ts'
import { ChangePassword, Me, SetOwnerPassword, SignInMethods, type UserId } from '#contracts/identity.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { causeOf, principalOf, type Principal } from '#platform/http/http.ts'
import { isFromThisComputer } from '#platform/http/loopback.ts'
import * as actions from './actions.ts'
import type { Identity } from './identity.ts'
import * as people from './people-store.ts'
import { listProviders } from './providers-store.ts'
import { signIn } from './session-cookie.ts'
import * as store from './store.ts'

/** A person as they see themselves. Throws `not-found`. */
export async function describeMe(
  identity: Identity,
  { userId, schoolId }: { userId: UserId; schoolId: SchoolId },
): Promise<Me> {
  const [person, school] = await identity.actions.desk.transaction(
    null,
    async (tx) => [await people.findPerson(tx, userId), await store.findSchool(tx, schoolId)] as const,
  )
  if (!person || !school) throw notFound('person')
  const { name, email, roles, hasPassword } = person
  return { userId, schoolId, schoolName: school.name, name, email, roles, mode: identity.mode, hasPassword }
}

/** How one gets in, who one is, and what the owner of a laptop may do without an account. */
export const ownRoutes =
  (identity: Identity) =>
  (instance: FastifyInstance): void => {
    const app = instance.withTypeProvider<ZodTypeProvider>()
    const findOwner = async (): Promise<people.PersonRow | null> => {
      const owner = identity.owner()
      if (identity.mode !== 'laptop' || !owner) return null
      return identity.actions.desk.transaction(null, (tx) => people.findPerson(tx, owner.userId))
    }

    app.get(
      '/sign-in-methods',
      {
        schema: {
          summary: 'How this server is entered',
          tags: ['sign-in'],
          response: { 200: SignInMethods },
        },
      },
      async () => {
        const owner = await findOwner()
        const [providers, password] = await identity.actions.desk.transaction(
          null,
          async (tx) => [await listProviders(tx), await people.isPasswordUsed(tx)] as const,
        )
        return {
          mode: identity.mode,
          ownerMayContinue: owner !== null && !owner.hasPassword,
          password: identity.mode === 'server' || password,
          providers: providers.map(({ providerId, name }) => ({ providerId, name })),
        }
      },
    )

    app.get(
      '/me',
      { schema: { summary: 'Who is signed in', tags: ['sign-in'], response: { 200: Me } } },
      (request) => describeMe(identity, principalOf(request)),
    )

    app.post(
      '/me/password',
      {
        schema: {
          summary: 'Change one’s own password; ends every other session',
          tags: ['sign-in'],
          body: ChangePassword,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const who = { ...principalOf(request), address: request.ip }
        await actions.changePassword(identity.actions, who, request.body, causeOf(request))
        return reply.status(204).send(null)
      },
    )

    app.post(
      '/owner-session',
      {
        schema: {
          summary: 'Continue as the owner of this computer; only a page of this program on this computer may',
          tags: ['sign-in'],
          response: { 200: Me },
        },
      },
      async (request, reply) => {
        const owner = await findOwner()
        refuseUnlessOwnPage(identity, request)
        if (!owner)
          throw new AppError('not-allowed', 'This is a server: everybody signs in with their own account.')
        if (owner.hasPassword)
          throw new AppError('not-allowed', 'A password has been set for this computer. Sign in with it.')
        if (!(await signIn(identity, owner.userId, request, reply)))
          throw new Error('the owner could not be signed in')
        return describeMe(identity, owner)
      },
    )

    app.post(
      '/owner-password',
      {
        schema: {
          summary: 'Set the password that the owner of this computer is asked for from now on',
          tags: ['sign-in'],
          body: SetOwnerPassword,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const owner = ownerOf(identity, request)
        await actions.setOwnerPassword(identity.actions, owner, request.body, causeOf(request))
        return reply.status(204).send(null)
      },
    )

    app.delete(
      '/owner-password',
      {
        schema: {
          summary: 'From now on the owner of this computer continues without a password',
          tags: ['sign-in'],
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        await actions.removeOwnerPassword(identity.actions, ownerOf(identity, request).userId)
        return reply.status(204).send(null)
      },
    )
  }

/** Only a browser on this computer, showing a page of this program: no other page and no other computer. */
function refuseUnlessOwnPage(identity: Identity, request: FastifyRequest): void {
  const own = identity.localOrigins()
  const { origin, host } = request.headers
  if (
    !isFromThisComputer(request.raw) ||
    origin === undefined ||
    !own.includes(origin) ||
    !own.includes(`http://${host?.toLowerCase()}`)
  )
    throw new AppError(
      'not-allowed',
      'Only a page of this program, opened on the computer it runs on, continues as its owner.',
    )
}

function ownerOf(identity: Identity, request: FastifyRequest): Principal {
  const principal = principalOf(request)
  const owner = identity.owner()
  if (identity.mode !== 'laptop' || principal.userId !== owner?.userId)
    throw new AppError('not-allowed', 'Only the owner of a computer that is no server has such a password.')
  return principal
}
