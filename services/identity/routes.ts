import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { Me } from '#contracts/identity.ts'
import { notFound } from '#platform/errors.ts'
import { principalOf } from '#platform/http/http.ts'
import type { Identity } from './identity.ts'
import * as people from './people-store.ts'
import * as store from './store.ts'

export const identityRoutes =
  (identity: Identity) =>
  (instance: FastifyInstance): void => {
    const app = instance.withTypeProvider<ZodTypeProvider>()
    app.get(
      '/me',
      { schema: { summary: 'Who is signed in', tags: ['people'], response: { 200: Me } } },
      async (request): Promise<Me> => {
        const { userId, schoolId, roles } = principalOf(request)
        const [person, school] = await identity.actions.desk.transaction(
          null,
          async (tx) => [await people.findPerson(tx, userId), await store.findSchool(tx, schoolId)] as const,
        )
        if (!person || !school) throw notFound('person')
        return {
          userId,
          schoolId,
          schoolName: school.name,
          name: person.name,
          email: person.email,
          roles: [...roles],
          mode: identity.mode,
          hasPassword: person.hasPassword,
        }
      },
    )
  }
