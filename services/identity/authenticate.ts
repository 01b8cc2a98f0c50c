import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { SchoolId } from '#contracts/common.ts'
import { Role, type UserId } from '#contracts/identity.ts'
import type { Database } from '#platform/database/database.ts'
import { AppError } from '#platform/errors.ts'
import type { Authenticate, Principal } from '#platform/http/http.ts'
import * as store from './store.ts'
import type { Claims } from './tokens.ts'

/** How long a session that was read is believed, in milliseconds; in this process a revocation ends it at once. */
const believedFor = 1000
const remembered = 5000
/** How exactly "last seen" is kept, in milliseconds. */
const seenEvery = 5 * 60_000

type Found = store.SessionRow | null

/** The sessions read lately, so that a page that asks for twenty things asks the database once. */
export class SessionCache {
  readonly #desk: Database
  #rows = new Map<string, { row: Promise<Found>; at: number }>()

  constructor(desk: Database) {
    this.#desk = desk
  }

  find(by: store.SessionKey): Promise<Found> {
    const key = JSON.stringify(by)
    const known = this.#rows.get(key)
    if (known && performance.now() - known.at < believedFor) return known.row
    if (this.#rows.size >= remembered) this.#rows = new Map()
    const rows = this.#rows
    const row = this.#desk.transaction(null, (tx) => store.findSession(tx, by, seenEvery))
    rows.set(key, { row, at: performance.now() })
    row.catch(() => rows.delete(key))
    return row
  }

  /** Nothing read before is believed any more. */
  forget(): void {
    this.#rows = new Map()
  }
}

export interface AuthenticateOptions {
  sessions: SessionCache
  verifyToken: (token: string) => Promise<Claims | null>
  /** Name of the session cookie. */
  cookieName: string
  secret: string
  /** Null where it is off. */
  ownerToken: string | null
  owner: () => { userId: UserId; schoolId: SchoolId } | null
}

const notGood = (): AppError =>
  new AppError(
    'not-authenticated',
    'What this request shows of who asks is not good, or not any more. Sign in again.',
  )

/** Who asks, by a bearer token alone: for a first frame of a socket. Throws `not-authenticated`. */
export const tokenAuthenticator =
  (options: AuthenticateOptions) =>
  async (token: string): Promise<Principal> => {
    const owner = options.owner()
    if (owner && options.ownerToken !== null && isSame(token, options.ownerToken))
      return { ...owner, roles: Role.options, credential: 'owner-token', sessionId: null, expiresAt: null }
    const claims = await options.verifyToken(token)
    const session = claims && (await options.sessions.find({ id: claims.sessionId }))
    if (!claims || !session || session.userId !== claims.userId) throw notGood()
    return principalFrom(session, 'jwt', claims.expiresAt)
  }

/**
 * Who asks, by the `Authorization` header or else the session cookie; null when neither is there. What is there
 * and is not good throws `not-authenticated`.
 */
export function createAuthenticate(options: AuthenticateOptions): Authenticate {
  const authenticateToken = tokenAuthenticator(options)
  return async (headers) => {
    if (headers.authorization !== undefined) {
      const token = /^Bearer +(\S+) *$/i.exec(headers.authorization)?.[1]
      if (token === undefined) throw notGood()
      return authenticateToken(token)
    }
    const token = sessionTokenOf(headers, options)
    if (token === undefined) return null
    const session = token && (await options.sessions.find({ token }))
    if (!session) throw notGood()
    return principalFrom(session, 'session', session.expiresAt.getTime())
  }
}

/** The session's token from the cookie: undefined without a cookie, null when its signature is not ours. */
export function sessionTokenOf(
  headers: IncomingHttpHeaders,
  { cookieName, secret }: Pick<AuthenticateOptions, 'cookieName' | 'secret'>,
): string | null | undefined {
  const cookie = headers.cookie?.split(';').find((part) => part.trim().startsWith(`${cookieName}=`))
  if (cookie === undefined) return undefined
  const value = decode(cookie.slice(cookie.indexOf('=') + 1).trim())
  const dot = value.lastIndexOf('.')
  const token = value.slice(0, Math.max(dot, 0))
  const signature = createHmac('sha256', secret).update(token).digest('base64')
  return token !== '' && isSame(value.slice(dot + 1), signature) ? token : null
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

function isSame(offered: string, expected: string): boolean {
  const [a, b] = [Buffer.from(offered), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function principalFrom(
  session: store.SessionRow,
  credential: 'session' | 'jwt',
  expiresAt: number,
): Principal {
  const ends = session.expiresAt.getTime()
  if (session.disabled || ends <= Date.now()) throw notGood()
  const { userId, schoolId, roles, id: sessionId } = session
  return { userId, schoolId, roles, credential, sessionId, expiresAt: Math.min(expiresAt, ends) }
}
