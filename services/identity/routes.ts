import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  ChangePerson,
  ChangeSchool,
  People,
  PersonView,
  SchoolView,
  Sessions,
  UserId,
} from '#contracts/identity.ts'
import { notFound } from '#platform/errors.ts'
import { decodeCursor, encodeCursor } from '#platform/http/cursor.ts'
import { causeOf, principalOf } from '#platform/http/http.ts'
import * as actions from './actions.ts'
import type { Identity } from './identity.ts'
import * as people from './people-store.ts'
import { clearedCookies } from './session-cookie.ts'
import * as store from './store.ts'

export const pageQuery = z.object({
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** The id that a page begins after; null for the first page. */
export const idOf = (cursor: string | undefined, order: string): string | null =>
  cursor === undefined ? null : decodeCursor(cursor, order).id

/** A page of at most `limit` of rows that were read one more than that. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  order: string,
  idOfRow: (row: Row) => string,
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const more = rows.length > limit && last !== undefined
  return {
    items: page.map(toItem),
    nextCursor: more ? encodeCursor({ value: '', id: idOfRow(last) }, order) : null,
  }
}

const viewOf = (person: people.PersonRow): PersonView => ({
  userId: person.userId,
  name: person.name,
  email: person.email ?? '',
  roles: person.roles,
  disabled: person.disabled,
  createdAt: person.createdAt.toISOString(),
  lastSeenAt: person.lastSeenAt?.toISOString() ?? null,
})

/** People, one's own sessions and the school. */
export const identityRoutes =
  (identity: Identity) =>
  (instance: FastifyInstance): void => {
    const app = instance.withTypeProvider<ZodTypeProvider>()
    // Read when a request comes: what is listed of the services is listed without an identity.
    const deps = (): actions.Desk => identity.actions

    app.get(
      '/people',
      {
        schema: {
          summary: 'The people of the school, in the order in which they came',
          tags: ['people'],
          querystring: pageQuery,
          response: { 200: People },
        },
      },
      async (request) => {
        const { cursor, limit } = request.query
        const rows = await deps().desk.transaction(null, (tx) =>
          people.listPersons(tx, {
            schoolId: principalOf(request).schoolId,
            after: idOf(cursor, 'people') as UserId | null,
            limit: limit + 1,
          }),
        )
        return pageOf(rows, limit, 'people', (row) => row.userId, viewOf)
      },
    )

    app.patch(
      '/people/:userId',
      {
        schema: {
          summary: 'Change the roles of a person, disable them, or let them in again',
          tags: ['people'],
          params: z.object({ userId: UserId }),
          body: ChangePerson,
          response: { 200: PersonView },
        },
      },
      async (request) =>
        viewOf(
          await actions.changePerson(
            deps(),
            principalOf(request).schoolId,
            request.params.userId,
            request.body,
            causeOf(request),
          ),
        ),
    )

    app.get(
      '/user-sessions',
      {
        schema: {
          summary: 'Where one is signed in, newest first',
          tags: ['people'],
          querystring: pageQuery,
          response: { 200: Sessions },
        },
      },
      async (request) => {
        const { cursor, limit } = request.query
        const { userId, sessionId } = principalOf(request)
        const rows = await deps().desk.transaction(null, (tx) =>
          store.listSessions(tx, { userId, before: idOf(cursor, 'sessions'), limit: limit + 1 }),
        )
        return pageOf(
          rows,
          limit,
          'sessions',
          (row) => row.id,
          (row) => ({
            sessionId: row.id,
            current: row.id === sessionId,
            createdAt: row.createdAt.toISOString(),
            expiresAt: row.expiresAt.toISOString(),
            userAgent: row.userAgent,
            address: row.address,
          }),
        )
      },
    )

    app.delete(
      '/user-sessions/:sessionId',
      {
        schema: {
          summary: 'Sign out elsewhere: one session',
          tags: ['people'],
          params: z.object({ sessionId: z.uuid() }),
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { userId, sessionId } = principalOf(request)
        const { sessionId: id } = request.params
        if (!(await actions.endSession(deps(), { id }, causeOf(request), userId))) throw notFound('session')
        if (id === sessionId) clearedCookies(identity.credentials, reply)
        return reply.status(204).send(null)
      },
    )

    app.delete(
      '/user-sessions',
      {
        schema: {
          summary: 'Sign out everywhere, here too',
          tags: ['people'],
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        await actions.endAllSessions(deps(), principalOf(request), causeOf(request))
        clearedCookies(identity.credentials, reply)
        return reply.status(204).send(null)
      },
    )

    app.get(
      '/school',
      {
        schema: {
          summary: 'The school, where its data lie and what leaves this computer',
          tags: ['school'],
          response: { 200: SchoolView },
        },
      },
      (request) => schoolView(identity, request),
    )

    app.patch(
      '/school',
      {
        schema: {
          summary: 'Rename the school, or say how long batches are kept',
          tags: ['school'],
          body: ChangeSchool,
          response: { 200: SchoolView },
        },
      },
      async (request) => {
        const { schoolId } = principalOf(request)
        await deps().desk.transaction(null, (tx) => store.updateSchool(tx, schoolId, request.body))
        return schoolView(identity, request)
      },
    )
  }

async function schoolView(
  identity: Identity,
  request: Parameters<typeof principalOf>[0],
): Promise<SchoolView> {
  const { schoolId } = principalOf(request)
  const school = await identity.actions.desk.transaction(null, (tx) => store.findSchool(tx, schoolId))
  if (!school) throw notFound('school')
  const { dataLocation, networkUse } = identity.place
  return { ...school, dataLocation, networkUse: [...networkUse] }
}
