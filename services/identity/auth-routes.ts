import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError, type ErrorCode } from '#platform/errors.ts'
import { causeOf } from '#platform/http/http.ts'
import { endSession } from './actions.ts'
import { headersFor } from './auth-headers.ts'
import { sessionTokenOf } from './authenticate.ts'
import type { Identity } from './identity.ts'
import { throttled } from './throttle.ts'

const Credentials = z.object({
  email: z.email('An email address looks like name@school.org.').max(254),
  password: z.string().min(1, 'Say your password.').max(1000),
  /** False: the browser forgets the session when it is closed, and the server after a day. */
  rememberMe: z.boolean().optional(),
})

/** A path of this program: never another site, where somebody could be led after signing in. */
const OwnPath = z
  .string()
  .max(2000)
  .regex(/^\/(?![/\\])/, 'A path of this program is wanted, such as /batches.')
const AtProvider = z.object({
  providerId: z.string().min(1).max(100),
  email: z.email().max(254).optional(),
  callbackURL: OwnPath.default('/'),
  /** Where one comes back to when it did not work, with `?error=` and a code. */
  errorCallbackURL: OwnPath.default('/sign-in'),
})

/** The few routes of better-auth that are let through; whatever else it could do is not there. */
export const authRoutes =
  (identity: Identity) =>
  (instance: FastifyInstance): void => {
    const app = instance.withTypeProvider<ZodTypeProvider>()
    const pass = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
      answer(reply, await ask(identity, request))

    app.post(
      '/api/auth/sign-in/email',
      {
        schema: {
          tags: ['sign-in'],
          summary: 'Signs in with email and password; answers with the session cookie',
          body: Credentials,
        },
      },
      async (request, reply) => {
        const who = { account: request.body.email, address: request.ip }
        const { response } = await throttled(identity.actions.desk, who, async () => {
          const asked = await ask(identity, request)
          return { right: asked.ok, response: asked }
        })
        return answer(reply, response)
      },
    )
    app.post(
      '/api/auth/sign-out',
      { schema: { tags: ['sign-in'], summary: 'Ends the session of the cookie' } },
      async (request, reply) => {
        const token = sessionTokenOf(request.headers, identity.credentials)
        // Ours first: it says so on the log in the same transaction. better-auth then takes the cookies away.
        if (token) await endSession(identity.actions, { token }, (userId) => causeOf(request, userId))
        return pass(request, reply)
      },
    )
    app.get(
      '/api/auth/get-session',
      { schema: { tags: ['sign-in'], summary: 'The session of the cookie, or null' } },
      pass,
    )
    app.get(
      '/api/auth/token',
      { schema: { tags: ['sign-in'], summary: 'A JWT of ten minutes for the session of the cookie' } },
      pass,
    )
    app.get(
      '/api/auth/jwks',
      { schema: { tags: ['sign-in'], summary: 'The public keys that JWTs are verified with' } },
      pass,
    )

    app.post(
      '/api/auth/sign-in/sso',
      {
        schema: {
          tags: ['sign-in'],
          summary: 'Begins a sign-in with the provider of a school; answers with the address to go to',
          body: AtProvider,
        },
      },
      pass,
    )
    app.get(
      '/api/auth/sso/callback/:providerId',
      { schema: { tags: ['sign-in'], summary: 'Where a provider sends the browser back to' } },
      async (request, reply) => {
        const response = await ask(identity, request)
        // A browser shows what comes back here: a page, not a problem document.
        return response.status >= 400
          ? reply.redirect('/sign-in?error=sign-in-failed')
          : answer(reply, response)
      },
    )
  }

async function ask({ auth, baseUrl }: Identity, request: FastifyRequest): Promise<Response> {
  const headers = headersFor(request)
  // A browser names the page's origin with every POST; who names none is none, and then cookies are its own doing.
  if (!headers.has('origin') && !headers.has('sec-fetch-site')) headers.set('origin', baseUrl())
  const body = request.method === 'POST' ? JSON.stringify(request.body ?? {}) : null
  if (body !== null) headers.set('content-type', 'application/json')
  return (await auth()).handler(
    new Request(new URL(request.url, baseUrl()), { method: request.method, headers, body }),
  )
}

const codes: Record<number, [ErrorCode, string]> = {
  401: ['not-authenticated', 'The email address or the password is wrong, or you are not signed in.'],
  403: ['not-allowed', 'Pages from elsewhere may not sign in here.'],
  404: ['not-found', 'There is no such provider to sign in with.'],
}

/** better-auth's answer; an error of it as one of ours. */
async function answer(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  if (response.status >= 500) throw new Error(`better-auth answered ${response.status}`)
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
  if (response.status >= 400) {
    const [code, message] = codes[response.status] ?? [
      'bad-request',
      'A value is not as this route needs it. See /api/docs.',
    ]
    throw new AppError(code, message)
  }
  const location = response.headers.get('location')
  if (location) reply.header('location', location)
  return reply
    .status(response.status)
    .type(response.headers.get('content-type') ?? 'application/json')
    .serializer((text: unknown) => text as string)
    .send(await response.text())
}
