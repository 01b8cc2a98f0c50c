import { isIPv6 } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { AppError } from '#platform/errors.ts'

/** How much a server lets itself be asked. Points are spent in a window of a minute, each route at its cost. */
export interface Limits {
  /** `METHOD /path` → points; a route that is not named costs what its kind costs. */
  costs: Readonly<Record<string, number>>
  /** Points a minute of one address, one person and one school; null for no limit. */
  perAddress: number | null
  perUser: number | null
  perSchool: number | null
  /** Points a minute that one address has for what is asked without an identity, such as signing in. */
  openPerAddress: number
  /** The largest body of a request that shows no identity, in bytes; and of any other JSON. */
  openBodyBytes: number
  jsonBodyBytes: number
  /** How long a client may take over its headers, over a JSON body, and to send or take anything at all. */
  headerSeconds: number
  jsonBodySeconds: number
  silenceSeconds: number
}

const mebibyte = 1024 * 1024
/** The owner of a laptop asks as much as they like; only what is open is limited. */
export const laptopLimits: Limits = {
  costs: {},
  perAddress: null,
  perUser: null,
  perSchool: null,
  // 200 attempts to sign in: more than a school behind one address makes in a minute.
  openPerAddress: 600,
  openBodyBytes: 16 * 1024,
  jsonBodyBytes: mebibyte,
  headerSeconds: 20,
  jsonBodySeconds: 30,
  // A zip is opened for at most 60 s before anything is answered.
  silenceSeconds: 120,
}

const minute = 60
const names = { open: 'this address', address: 'this address', user: 'this account', school: 'this school' }

/** Spends points before the work is done; who has none left is told when to come back (429). */
export class Spending {
  readonly #costs: Limits['costs']
  readonly #purses: Record<'open' | 'address' | 'user' | 'school', RateLimiterMemory | null>

  constructor(limits: Limits) {
    this.#costs = limits.costs
    const purse = (points: number | null) =>
      points === null ? null : new RateLimiterMemory({ points, duration: minute })
    this.#purses = {
      open: purse(limits.openPerAddress),
      address: purse(limits.perAddress),
      user: purse(limits.perUser),
      school: purse(limits.perSchool),
    }
  }

  /** Of a route that anyone may ask. What only reads there is free unless the table says otherwise. */
  async spendOpen(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.#spend('open', networkOf(request.ip), this.#costOf(request, 0, 3), reply)
  }

  /** Before it is known who asks. */
  async spendAddress(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.#spend('address', networkOf(request.ip), this.#costOf(request, 1, 2), reply)
  }

  async spendIdentity(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (!request.principal) return
    const cost = this.#costOf(request, 1, 2)
    await this.#spend('user', request.principal.userId, cost, reply)
    await this.#spend('school', request.principal.schoolId, cost, reply)
  }

  #costOf(request: FastifyRequest, read: number, write: number): number {
    const method = request.method === 'HEAD' ? 'GET' : request.method
    return this.#costs[`${method} ${request.routeOptions.url}`] ?? (method === 'GET' ? read : write)
  }

  async #spend(purse: keyof typeof names, key: string, cost: number, reply: FastifyReply): Promise<void> {
    const limiter = this.#purses[purse]
    if (!limiter || cost === 0) return
    try {
      await limiter.consume(key, cost)
    } catch (left) {
      if (!(left instanceof RateLimiterRes)) throw left
      const seconds = Math.max(1, Math.ceil(left.msBeforeNext / 1000))
      reply.header('retry-after', String(seconds))
      throw new AppError(
        'too-many-requests',
        `Too much was asked in the last minute from ${names[purse]}. Try again in ${seconds} seconds.`,
        { details: { retryAfterSeconds: seconds } },
      )
    }
  }
}

/** One customer of a provider has a whole IPv6 network of 64 bits, so that is what is counted. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const behind = tail ? tail.split(':') : []
  if (tail !== undefined)
    groups.push(...Array<string>(8 - groups.length - behind.length).fill('0'), ...behind)
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

/** A JSON body that does not arrive in its time ends the connection: it would be held for nothing. */
export function endSlowBodies(app: FastifyInstance, seconds: number): void {
  const clocks = new WeakMap<FastifyRequest, NodeJS.Timeout>()
  const stop = async (request: FastifyRequest): Promise<void> => clearTimeout(clocks.get(request))
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.takes !== 'application/json' || request.raw.complete) return
    if (request.headers['content-length'] === undefined && !request.headers['transfer-encoding']) return
    clocks.set(
      request,
      setTimeout(() => request.raw.socket.destroy(), seconds * 1000),
    )
  })
  app.addHook('preValidation', stop)
  app.addHook('onResponse', stop)
  app.addHook('onRequestAbort', stop)
}
