import cors from '@fastify/cors'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '#platform/errors.ts'
import { rightsOf, type AccessRow, type AccessTable, type Whose } from './access.ts'
import type { Authenticate, Principal } from './http.ts'
import { endSlowBodies, laptopLimits, Spending, type Limits } from './limits.ts'
import { isFromThisComputer } from './loopback.ts'
import { isAllowedOrigin, isOwnHost, type Addresses } from './origins.ts'

/** What a request's parameters name, as far as anything with an owner is named. */
export type Named = Readonly<Record<string, string>>

/**
 * Whether what the parameters name is there for this person: it exists in the person's school and, unless `whose`
 * is `school`, belongs to the person or is shared with them. What is not there is 404, whatever the reason; what
 * is there and only shared is 403 where `whose` is `made`.
 */
export type MayReach = (asked: {
  principal: Principal
  whose: Whose
  named: Named
  /** The route is about removed things too. */
  removedToo: boolean
}) => Promise<{ reached: true } | { reached: false; what: string; onlyShared: boolean }>

export interface Doors {
  addresses: Addresses
  access: AccessTable
  authenticate: Authenticate
  mayReach: MayReach
  /** Without it only what is open is limited. */
  limits?: Limits | undefined
}

/** A route as the server has it. */
export interface Route {
  method: string
  /** As it is registered, with the names of its parameters. */
  path: string
  takes: 'application/json' | 'multipart/form-data'
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route that is registered, HEAD and OPTIONS aside. */
    listRoutes(): readonly Route[]
  }
  interface FastifyContextConfig {
    /** The row of the authorisation matrix; taken from the table. */
    access?: AccessRow
    /** What a body must be; taken from the route's schema. */
    takes?: Route['takes']
    /** The route finds removed batches too: it restores them. */
    removedToo?: boolean
  }
}

/** The documentation's own pages are open: what they show anyone who reaches the server may read. */
export const documentation = '/api/docs'
const requestHeaders = [
  'content-type',
  'authorization',
  'idempotency-key',
  'x-correlation-id',
  'traceparent',
  'if-none-match',
]
const answerHeaders = ['etag', 'x-correlation-id', 'retry-after', 'content-disposition']
/** Whoever holds several roles has the widest of their rights. */
const widest: Whose[] = ['school', 'own', 'made']
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/**
 * Where every request is let in or turned away, in this order: the `Host`, the page it comes from, the kind of
 * its body, how much was asked lately, who asks, whether the role may, and whether the thing is there for that person.
 */
export async function addDoors(app: FastifyInstance, doors: Doors): Promise<void> {
  const { addresses, limits = laptopLimits } = doors
  const spending = new Spending(limits)
  const routes: Route[] = []
  app.decorate('listRoutes', () => routes)
  app.addHook('onRoute', (route) => {
    const row = rowOf(doors.access, [route.method].flat(), route.url)
    const { consumes } = (route.schema ?? {}) as { consumes?: string[] }
    const takes = consumes?.includes('multipart/form-data') ? 'multipart/form-data' : 'application/json'
    route.config = { ...route.config, access: row, takes }
    for (const method of [route.method].flat())
      if (method !== 'HEAD' && method !== 'OPTIONS') routes.push({ method, path: route.url, takes })
    if (row === 'open') route.bodyLimit ??= limits.openBodyBytes
  })
  app.addHook('onRequest', async (request) => refuseForeignHost(request, addresses))
  await app.register(cors, {
    // A page that may not speak to us gets no CORS header at all, and is refused below.
    origin: (origin, done) => done(null, origin !== undefined && isAllowedOrigin(addresses, origin)),
    credentials: true,
    methods,
    allowedHeaders: requestHeaders,
    exposedHeaders: answerHeaders,
    maxAge: 600,
    strictPreflight: false,
  })
  endSlowBodies(app, limits.jsonBodySeconds)
  app.addHook('onRequest', async (request, reply) => {
    refuseForeignPage(request, addresses)
    const { access: row, takes } = request.routeOptions.config
    if (request.is404 || row === undefined) return
    refuseForeignBody(request, takes ?? 'application/json')
    if (row === 'operator' && isFromThisComputer(request.raw)) return
    if (row === 'open') return spending.spendOpen(request, reply)
    await spending.spendAddress(request, reply)
    request.principal = await doors.authenticate(request.headers)
    if (!request.principal) throw notSignedIn()
    const { roles, credential } = request.principal
    if (credential === 'session') refuseForgedRequest(request)
    await spending.spendIdentity(request, reply)
    if (row === 'signed-in') return
    const whose = roles.flatMap((role) => rightsOf(row)[role] ?? [])
    if (whose.length === 0) throw new AppError('not-allowed', 'Your role may not do this.')
    request.whose = widest.find((each) => whose.includes(each)) ?? 'made'
  })
  app.addHook('preHandler', async (request) => {
    const { access: row, removedToo = false } = request.routeOptions.config
    if (typeof row !== 'object' || !request.principal) return
    const { principal, whose } = request
    const named = request.params as Named
    const answer = await doors.mayReach({ principal, whose, named, removedToo })
    if (answer.reached) return
    if (answer.onlyShared)
      throw new AppError(
        'not-allowed',
        `This ${answer.what} is shared with you. Only its owner or an administrator may do this.`,
      )
    throw new AppError('not-found', `There is no such ${answer.what}.`)
  })
}

export const notSignedIn = (): AppError =>
  new AppError(
    'not-authenticated',
    'This request does not say who asks. Sign in, or on a laptop send "Authorization: Bearer" with the token in the file owner-token of the data folder.',
  )

/** A HEAD is a GET without its body; a preflight says nothing of anyone. A route without a row does not start. */
function rowOf(access: AccessTable, given: readonly string[], url: string): AccessRow {
  if (url.startsWith(documentation) || given.every((method) => method === 'OPTIONS')) return 'open'
  const rows = given.map((method) => access[`${method === 'HEAD' ? 'GET' : method} ${url}`])
  const row = rows[0]
  if (row === undefined || rows.some((each) => JSON.stringify(each) !== JSON.stringify(row)))
    throw new Error(`the route ${given.join(', ')} ${url} has no row in the authorisation matrix`)
  return row
}

function refuseForeignHost(request: FastifyRequest, addresses: Addresses): void {
  const { host } = request.headers
  if (host === undefined || !isOwnHost(addresses, host))
    throw new AppError(
      'foreign-host',
      `This server answers only as ${addresses.mode === 'server' && addresses.publicUrl ? addresses.publicUrl : `localhost:${addresses.port()}`}. Open it under that address.`,
    )
}

const isUnsafe = (request: FastifyRequest): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(request.method)

/** Also before anyone has signed in: a page elsewhere must not sign its visitor in as somebody else. */
function refuseForeignPage(request: FastifyRequest, addresses: Addresses): void {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  const foreign =
    origin === undefined
      ? isUnsafe(request) && site !== undefined && site !== 'same-origin' && site !== 'none'
      : !isAllowedOrigin(addresses, origin)
  if (foreign) throw new AppError('not-allowed', 'Pages from elsewhere may not speak to this server.')
}

/** A form of another page can send a text or a form, but no JSON without being asked for its origin first. */
function refuseForeignBody(request: FastifyRequest, takes: string): void {
  const given = request.headers['content-type']
  if (given === undefined || !isUnsafe(request)) return
  if (given.split(';')[0]?.trim().toLowerCase() !== takes)
    throw new AppError(
      'unsupported-media-type',
      takes === 'application/json'
        ? 'This route takes application/json only.'
        : 'Files are sent as multipart/form-data in parts named "file".',
    )
}

/** A browser adds its cookie to whatever a page sends: the page must be one of ours (an allowed one came this far). */
function refuseForgedRequest(request: FastifyRequest): void {
  if (!isUnsafe(request) || request.headers.origin !== undefined) return
  if (request.headers['sec-fetch-site'] !== 'same-origin')
    throw new AppError(
      'not-allowed',
      'A cookie alone does not show which page asks. Send the Origin header, or a token as "Authorization: Bearer".',
    )
}
