import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { newTraceparent } from '#platform/http/http.ts'
import { AppError, type ErrorCode } from '#platform/errors.ts'
import { endSession } from './actions.ts'
import { addressHeader } from './auth.ts'
import { sessionTokenOf } from './authenticate.ts'
import type { Identity } from './identity.ts'

/** The routes of better-auth that are let through; whatever else it could do is not there. */
const routes = [
  ['POST', '/api/auth/sign-in/email'],
  ['GET', '/api/auth/get-session'],
  ['GET', '/api/auth/token'],
  ['GET', '/api/auth/jwks'],
] as const

/** better-auth behind the same door as everything else: our hosts, our problems, our limits. */
export const authRoutes =
  (identity: () => Identity) =>
  (app: FastifyInstance): void => {
    for (const [method, url] of routes)
      app.route({
        method,
        url,
        schema: { tags: ['sign-in'], summary: summaries[url] },
        handler: async (request, reply) => answer(reply, await ask(identity(), request)),
      })
    app.post(
      '/api/auth/sign-out',
      { schema: { tags: ['sign-in'], summary: 'Ends the session of the cookie' } },
      async (request, reply) => {
        const own = identity()
        const token = sessionTokenOf(request.headers, own.credentials)
        // Ours first: it says so on the log in the same transaction. better-auth then takes the cookies away.
        if (token)
          await endSession(own.actions, { token }, (userId) => ({
            correlationId: request.correlationId,
            causationId: null,
            actor: { kind: 'user', id: userId },
            traceparent: newTraceparent(),
          }))
        return answer(reply, await ask(own, request))
      },
    )
  }

const summaries: Record<(typeof routes)[number][1], string> = {
  '/api/auth/sign-in/email': 'Signs in with email and password; answers with the session cookie',
  '/api/auth/get-session': 'The session of the cookie, or null',
  '/api/auth/token': 'A JWT of ten minutes for the session of the cookie',
  '/api/auth/jwks': 'The public keys that JWTs are verified with',
}

/** Headers of the client that better-auth is told. */
const passedOn = [
  'cookie',
  'origin',
  'referer',
  'user-agent',
  'accept',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
]

async function ask({ auth, baseUrl }: Identity, request: FastifyRequest): Promise<Response> {
  const headers = headersFor(request)
  // A browser names the page's origin with every POST; who names none is none, and then cookies are its own doing.
  if (!headers.has('origin') && !headers.has('sec-fetch-site')) headers.set('origin', baseUrl())
  const body = request.method === 'POST' ? JSON.stringify(request.body ?? {}) : null
  if (body !== null) headers.set('content-type', 'application/json')
  return auth().handler(
    new Request(new URL(request.url, baseUrl()), { method: request.method, headers, body }),
  )
}

/** What better-auth may know of a request; the address is the connection's. */
export function headersFor(request: FastifyRequest): Headers {
  const headers = new Headers()
  for (const name of passedOn) {
    const value = request.headers[name]
    if (typeof value === 'string') headers.set(name, value)
  }
  headers.set(addressHeader, request.ip)
  return headers
}

const codes: Record<number, [ErrorCode, string]> = {
  401: ['not-authenticated', 'The email address or the password is wrong, or you are not signed in.'],
  403: ['not-allowed', 'Pages from elsewhere may not sign in here.'],
  429: ['too-many-requests', 'Too many attempts. Wait a few minutes and try again.'],
}

async function answer(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
  if (response.status >= 400) {
    if (response.status >= 500) throw new Error(`better-auth answered ${response.status}`)
    const [code, message] = codes[response.status] ?? [
      'bad-request',
      'The email address or a value is not as this route needs it.',
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
