import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import multipart from '@fastify/multipart'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
} from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { Span } from '@opentelemetry/api'
import { v7 } from 'uuid'
import type { SchoolId } from '#contracts/common.ts'
import type { Role, UserId } from '#contracts/identity.ts'
import type { Cause } from '#platform/bus/bus.ts'
import { AppError } from '#platform/errors.ts'
import { sha256 } from '#platform/ids.ts'
import type { Log } from '#platform/observability/log.ts'
import { startRequestSpan, traceparentOf } from '#platform/observability/tracing.ts'
import type { AccessTable, Whose } from './access.ts'
import { addDoors, documentation, notSignedIn, type MayReach } from './doors.ts'
import { addSecurityHeaders, documentationPolicy } from './headers.ts'
import { laptopLimits, type Limits } from './limits.ts'
import type { Addresses } from './origins.ts'
import { answerBadAddress, answerProblems } from './problems.ts'

/** Who is asking, and by which credential. */
export interface Principal {
  userId: UserId
  schoolId: SchoolId
  roles: readonly Role[]
  credential: 'owner-token' | 'session' | 'jwt'
  /** The session behind the credential, which revokes it; null for the owner token. */
  sessionId: string | null
  /** When the credential stops being good, in milliseconds since 1970; null for the owner token. */
  expiresAt: number | null
}

/** Reads the identity of a request: null when it shows none; `not-authenticated` when what it shows is not good. */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Principal | null>

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null
    /** Of whose things this request may see, by the matrix. */
    whose: Whose
    correlationId: string
    /** SHA-256 of the bytes of a JSON body; of no bytes when there is none. */
    bodyHash: string
    span: Span | null
  }
}

export interface HttpOptions {
  log: Log
  /** Under which addresses it answers, and whose pages may speak to it. */
  addresses: Addresses
  /** The authorisation matrix: a route that is not in it does not start. */
  access: AccessTable
  authenticate: Authenticate
  /** Proxies whose X-Forwarded-For is believed: addresses and networks, separated by commas. */
  trustProxy?: string | undefined
  mayReach: MayReach
  /** Without it only what is open is limited. */
  limits?: Limits
  /** Given each answer, for the metrics. */
  onAnswer?: (route: string, method: string, status: number, seconds: number) => void
}

/** The HTTP server with what every route needs: identity, problems, correlation, OpenAPI, the access matrix. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const limits = options.limits ?? laptopLimits
  const app = fastify({
    // Below `info` the libraries show headers, and with them the token.
    loggerInstance: options.log.child(
      {},
      { level: options.log.isLevelEnabled('debug') ? 'info' : options.log.level },
    ) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.jsonBodyBytes,
    http: { headersTimeout: limits.headerSeconds * 1000, connectionsCheckingInterval: 1000 },
    connectionTimeout: limits.silenceSeconds * 1000,
    trustProxy: options.trustProxy ?? false,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: answerBadAddress,
    forceCloseConnections: true,
    // A large class over a slow line takes its time; a line on which nothing moves is ended.
    requestTimeout: 0,
  })
  // What a form of another page could send is no body of ours.
  app.removeContentTypeParser('text/plain')
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.decorateRequest('principal', null)
  app.decorateRequest('whose', 'own')
  app.decorateRequest('correlationId', '')
  app.decorateRequest('bodyHash', sha256(''))
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    request.bodyHash = sha256(body)
    // No bytes at all are no body, whatever the header says: a POST without one is a request like any other.
    if (body === '') done(null, undefined)
    else void parseJson(request, body as string, done)
  })
  app.decorateRequest('span', null)

  // First: a route knows the error handler of the moment in which it was registered.
  answerProblems(app)
  app.addHook('onRequest', async (request, reply) => {
    const given = request.headers['x-correlation-id']
    request.correlationId = typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : v7()
    reply.header('x-correlation-id', request.correlationId)
    const route = `${request.method} ${request.routeOptions.url ?? 'unknown'}`
    request.span = startRequestSpan(route, clientTrace(request))
  })
  addSecurityHeaders(app, options.addresses)
  await addDoors(app, options)
  app.addHook('preValidation', async (request) => {
    const { body, query, params } = request
    const path = findUnstorable({ body, querystring: query, params }, '')
    if (path)
      throw new AppError('validation-failed', 'A value holds something that is not a character.', {
        errors: [{ path, message: 'holds NUL or half of a character, which no text can' }],
      })
  })
  app.addHook('onResponse', async (request, reply) => {
    request.span?.setAttribute('http.response.status_code', reply.statusCode)
    request.span?.end()
    options.onAnswer?.(
      request.routeOptions.url ?? 'unknown',
      request.method,
      reply.statusCode,
      reply.elapsedTime / 1000,
    )
  })

  await app.register(multipart, {
    limits: { fileSize: Number.MAX_SAFE_INTEGER, files: 20_000, fields: 10, parts: 20_010, headerPairs: 20 },
    preservePath: true,
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Assay',
        version: '1',
        description:
          'Follows every file of a class from the drop to the report. Errors are RFC 9457 problems.',
      },
      components: { securitySchemes: { ownerToken: { type: 'http', scheme: 'bearer' } } },
      security: [{ ownerToken: [] }],
    },
    transform: jsonSchemaTransform,
  })
  await app.register(swaggerUi, { routePrefix: documentation, staticCSP: documentationPolicy })
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger())
  return app
}

/** Where a text is that PostgreSQL cannot hold: one with NUL, or with half of a surrogate pair. */
function findUnstorable(value: unknown, path: string): string | null {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? path : null
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return null
  for (const [name, part] of Object.entries(value)) {
    const found = findUnstorable(part, path ? `${path}.${name}` : name)
    if (found) return found
  }
  return null
}

/** The principal of a request that the access matrix has let through. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw notSignedIn()
  return request.principal
}

/** The cause of what a request sets off. A W3C trace context from the client is continued. */
export function causeOf(request: FastifyRequest, userId = principalOf(request).userId): Cause {
  const recorded = request.span && traceparentOf(request.span)
  return {
    correlationId: request.correlationId,
    causationId: null,
    actor: { kind: 'user', id: userId },
    traceparent: recorded ?? clientTrace(request) ?? newTraceparent(),
  }
}

/** The client's own trace context, where it sent a valid one. */
function clientTrace(request: FastifyRequest): string | undefined {
  const given = request.headers.traceparent
  return typeof given === 'string' && isTraceparent(given) ? given : undefined
}

const isTraceparent = (text: string): boolean =>
  /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/.test(text)

/** A new W3C trace context: version 00, random ids, not sampled. */
export const newTraceparent = (): string => {
  const hex = randomUUID().replaceAll('-', '') + randomUUID().replaceAll('-', '')
  return `00-${hex.slice(0, 32)}-${hex.slice(32, 48)}-00`
}

/** The cause of what the program does by itself: a schedule, a deadline. */
export const programCause = (): Cause => ({
  correlationId: v7(),
  causationId: null,
  actor: { kind: 'program' },
  traceparent: newTraceparent(),
})
