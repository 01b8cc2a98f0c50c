import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  AcceptInvitation,
  InvitationView,
  Invitations,
  Invite,
  Invited,
  Me,
  OneTimeLink,
  RequestReset,
  ResetPassword,
  Role,
  UserId,
} from '#contracts/identity.ts'
import { notFound } from '#platform/errors.ts'
import { causeOf, principalOf } from '#platform/http/http.ts'
import type { Identity } from './identity.ts'
import * as actions from './links.ts'
import * as links from './links-store.ts'
import { describeMe } from './own-routes.ts'
import { idOf, pageOf, pageQuery } from './routes.ts'
import { signIn } from './session-cookie.ts'

const viewOf = (row: links.InvitationRow): InvitationView => ({
  invitationId: row.invitationId,
  email: row.email,
  roles: row.roles,
  invitedBy: row.invitedBy,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
})

const Token = AcceptInvitation.pick({ token: true })
const Invitee = z.object({ email: z.string(), schoolName: z.string(), roles: z.array(Role) })

/** Invitations and new passwords: links that work once. */
export const linkRoutes =
  (identity: Identity) =>
  (instance: FastifyInstance): void => {
    const app = instance.withTypeProvider<ZodTypeProvider>()

    app.get(
      '/invitations',
      {
        schema: {
          summary: 'Invitations that nobody has accepted yet',
          tags: ['people'],
          querystring: pageQuery,
          response: { 200: Invitations },
        },
      },
      async (request) => {
        const { cursor, limit } = request.query
        const rows = await identity.actions.desk.transaction(null, (tx) =>
          links.listInvitations(tx, {
            schoolId: principalOf(request).schoolId,
            after: idOf(cursor, 'invitations'),
            limit: limit + 1,
          }),
        )
        return pageOf(rows, limit, 'invitations', (row) => row.invitationId, viewOf)
      },
    )

    app.post(
      '/invitations',
      {
        schema: {
          summary: 'Invite somebody; the link is shown once, and mailed where mail is configured',
          tags: ['people'],
          body: Invite,
          response: { 201: Invited },
        },
      },
      async (request, reply) => {
        const me = await describeMe(identity, principalOf(request))
        const { email, roles } = request.body
        const { schoolId, schoolName, userId } = me
        const made = await actions.invite(identity.links(), {
          schoolId,
          schoolName,
          email,
          roles: Role.options.filter((role) => roles.includes(role)),
          invitedBy: userId,
        })
        return reply.status(201).send({
          invitationId: made.invitationId,
          email: email.toLowerCase(),
          roles: Role.options.filter((role) => roles.includes(role)),
          invitedBy: me.name,
          createdAt: new Date().toISOString(),
          expiresAt: made.expiresAt.toISOString(),
          link: made.link,
          mailed: made.mailed,
        })
      },
    )

    app.delete(
      '/invitations/:invitationId',
      {
        schema: {
          summary: 'Withdraw an invitation; its link is good no more',
          tags: ['people'],
          params: z.object({ invitationId: z.uuid() }),
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { schoolId } = principalOf(request)
        const { invitationId } = request.params
        const there = await identity.actions.desk.transaction(null, (tx) =>
          links.deleteInvitation(tx, schoolId, invitationId),
        )
        if (!there) throw notFound('invitation')
        return reply.status(204).send(null)
      },
    )

    app.post(
      '/invitations/look-up',
      {
        schema: {
          summary: 'Whom a link invites, and to what',
          tags: ['sign-in'],
          body: Token,
          response: { 200: Invitee },
        },
      },
      async (request) => {
        const { email, schoolName, roles } = await actions.lookUpInvitation(
          identity.actions,
          request.body.token,
        )
        return { email, schoolName, roles }
      },
    )

    app.post(
      '/invitations/accept',
      {
        schema: {
          summary: 'Make the account that a link invites to, and sign in with it',
          tags: ['sign-in'],
          body: AcceptInvitation,
          response: { 201: Me },
        },
      },
      async (request, reply) => {
        const person = await actions.acceptInvitation(identity.actions, request.body)
        await signIn(identity, person.userId, request, reply)
        return reply.status(201).send(await describeMe(identity, person))
      },
    )

    app.post(
      '/people/:userId/password-reset',
      {
        schema: {
          summary: 'A link with which a person chooses a new password, once and within an hour',
          tags: ['people'],
          params: z.object({ userId: UserId }),
          response: { 201: OneTimeLink },
        },
      },
      async (request, reply) => {
        const { schoolId } = principalOf(request)
        const made = await actions.makeResetFor(identity.links(), schoolId, request.params.userId)
        return reply.status(201).send({ ...made, expiresAt: made.expiresAt.toISOString() })
      },
    )

    app.post(
      '/password-resets/request',
      {
        schema: {
          summary:
            'Mails a link for a new password where there is such an account; answers the same in any case',
          tags: ['sign-in'],
          body: RequestReset,
          response: { 202: z.null() },
        },
      },
      async (request, reply) => {
        // After the answer, so that neither it nor its time tells whether there is such an account.
        identity.later(() => actions.requestReset(identity.links(), request.body.email))
        return reply.status(202).send(null)
      },
    )

    app.post(
      '/password-resets',
      {
        schema: {
          summary: 'Choose a new password with a link; ends every session of the person',
          tags: ['sign-in'],
          body: ResetPassword,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        await actions.resetPassword(identity.actions, request.body, (userId) => causeOf(request, userId))
        return reply.status(204).send(null)
      },
    )
  }
