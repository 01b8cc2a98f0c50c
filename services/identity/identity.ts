import { resolve } from 'node:path'
import type { SchoolId } from '#contracts/common.ts'
import { Role, type PeopleApi, type UserId } from '#contracts/identity.ts'
import type { Bus } from '#platform/bus/bus.ts'
import type { Config } from '#platform/config/config.ts'
import { ConfigError } from '#platform/config/config.ts'
import type { Database } from '#platform/database/database.ts'
import type { Authenticate, Principal } from '#platform/http/http.ts'
import { mint } from '#platform/ids.ts'
import type { Log } from '#platform/observability/log.ts'
import type { Desk } from './actions.ts'
import type { Auth } from './auth.ts'
import { openDesk } from './auth-store.ts'
import {
  createAuthenticate,
  SessionCache,
  tokenAuthenticator,
  type AuthenticateOptions,
} from './authenticate.ts'
import { findSecretFault } from './rules.ts'
import { keyGrace } from './fixed.ts'
import type { LinkDeps } from './links.ts'
import { deleteExpired } from './links-store.ts'
import { createMail } from './mail.ts'
import * as people from './people-store.ts'
import * as store from './store.ts'
import { createTokenVerifier } from './tokens.ts'

export interface IdentityOptions {
  database: Database
  bus: Pick<Bus, 'publish'>
  config: Config
  log: Log
  secret: string
  /** Accepted on a laptop only. */
  ownerToken: string
  /** The port on this computer, once the server listens. */
  port: () => number
}

/** Who is who: what the composition root, the socket and identity's own routes ask. */
export interface Identity extends PeopleApi {
  mode: Config['mode']
  database: Database
  actions: Desk
  /** better-auth, loaded when it is first asked for: it takes half a second, and no command needs it. */
  auth: () => Promise<Auth>
  /** Where people open the program. */
  baseUrl: () => string
  /** Under which a browser on this computer finds the program. */
  localOrigins: () => string[]
  credentials: Pick<AuthenticateOptions, 'cookieName' | 'secret'>
  links: () => LinkDeps
  /** Where the data lie, and what leaves this computer: one sentence each. */
  place: { dataLocation: string; networkUse: readonly string[] }
  /** Work that nobody waits for; what goes wrong in it is logged, and the end of the program waits for it. */
  later(work: () => Promise<void>): void
  /** The person who owns this laptop; null on a server. */
  owner: () => { userId: UserId; schoolId: SchoolId } | null
  /** Deletes what is over: sessions, links, attempts, keys. */
  sweep(): Promise<void>
  /** Who sends these headers: by the `Authorization` header or else the session cookie. */
  authenticate: Authenticate
  /** Who holds this bearer token; throws `not-authenticated`. */
  authenticateToken: (token: string) => Promise<Principal>
  /** For how many days a school keeps its batches; null for ever. */
  keepDaysOf(schoolId: SchoolId): Promise<number | null>
  listSchools(): Promise<SchoolId[]>
  /** The school of a laptop and the person who owns it, made at the first start. From then on its owner token is good. */
  ensureLocalOwner(): Promise<{ schoolId: SchoolId; userId: UserId }>
  close(): Promise<void>
}

export function createIdentity(options: IdentityOptions): Identity {
  const { config, secret, log } = options
  const fault = findSecretFault(secret)
  if (fault)
    throw new ConfigError(
      `The secret that signs cookies cannot be used: ${fault}. Set ASSAY_SECRET to 32 random characters or more, or leave it unset and remove the file auth-secret from the data folder; a new one is made then.`,
    )
  const desk = openDesk(options.database.connectionString)
  const sessions = new SessionCache(desk)
  const issuer = config.publicUrl ? new URL(config.publicUrl).origin : 'urn:assay'
  const baseUrl = (): string =>
    config.publicUrl ? new URL(config.publicUrl).origin : `http://localhost:${options.port()}`
  const localOrigins = (): string[] =>
    ['localhost', '127.0.0.1', '[::1]'].map((host) => `http://${host}:${options.port()}`)
  const { smtpUrl, smtpFrom } = config
  if (smtpUrl && !smtpFrom)
    throw new ConfigError('ASSAY_SMTP_URL is set and ASSAY_SMTP_FROM is not: say who sends the mails.')
  const mail = smtpUrl && smtpFrom ? createMail({ smtpUrl, smtpFrom, log }) : null
  const underWay = new Set<Promise<void>>()

  let made: Promise<Auth> | null = null
  const makeAuth = async (): Promise<Auth> => {
    const { createAuth, dropForeignKeys } = await import('./auth.ts')
    await dropForeignKeys(desk, secret)
    return createAuth({
      desk,
      log,
      secret,
      issuer,
      baseUrl: baseUrl(),
      trustedOrigins: [baseUrl(), ...localOrigins(), ...config.origins],
    })
  }
  const auth = (): Promise<Auth> =>
    (made ??= makeAuth().catch((error: unknown) => ((made = null), Promise.reject(error))))
  const verifyToken = createTokenVerifier({
    issuer,
    readKeys: async () => {
      const rows = await desk.transaction(null, (tx) => store.listPublicKeys(tx, keyGrace))
      return {
        keys: rows.map((row) => ({
          ...(JSON.parse(row.publicKey) as object),
          kty: (JSON.parse(row.publicKey) as { kty: string }).kty,
          kid: row.id,
          alg: row.alg ?? 'EdDSA',
        })),
      }
    },
  })
  let owner: { schoolId: SchoolId; userId: UserId } | null = null
  const secure = config.publicUrl?.startsWith('https:') ?? false
  const credentials: AuthenticateOptions = {
    sessions,
    verifyToken,
    cookieName: `${secure ? '__Secure-' : ''}assay.session_token`,
    secret,
    ownerToken: config.mode === 'laptop' ? options.ownerToken : null,
    owner: () => owner,
  }
  const actions: Desk = { desk, bus: options.bus, forget: () => sessions.forget() }
  return {
    mode: config.mode,
    database: options.database,
    actions,
    localOrigins,
    links: () => ({ ...actions, baseUrl, mail }),
    place: {
      dataLocation: config.databaseUrl ? new URL(config.databaseUrl).hostname : resolve(config.data),
      networkUse: [
        ...(mail ? [`Invitations and links for new passwords are mailed through ${mail.host}.`] : []),
        ...(config.tracesTo ? [`Traces of the program’s work go to ${new URL(config.tracesTo).host}.`] : []),
        ...(config.databaseUrl ? [`The database is on ${new URL(config.databaseUrl).hostname}.`] : []),
      ],
    },
    later(work) {
      const done = work()
        .catch((error: unknown) =>
          log.error({ err: error, part: 'identity' }, 'work in the background failed'),
        )
        .finally(() => underWay.delete(done))
      underWay.add(done)
    },
    owner: () => owner,
    sweep: () => desk.transaction(null, (tx) => deleteExpired(tx, keyGrace)),
    auth,
    baseUrl,
    credentials,
    authenticate: createAuthenticate(credentials),
    authenticateToken: tokenAuthenticator(credentials),
    async findPerson(schoolId, userId) {
      const row = await desk.transaction(null, (tx) => people.findPerson(tx, userId, schoolId))
      return row && { userId: row.userId, name: row.name, roles: row.roles, disabled: row.disabled }
    },
    keepDaysOf: async (schoolId) =>
      (await desk.transaction(null, (tx) => store.findSchool(tx, schoolId)))?.keepDays ?? null,
    listSchools: () => desk.transaction(null, store.listSchoolIds),
    async ensureLocalOwner() {
      owner = await desk.transaction(null, (tx) => store.ensureLocalOwner(tx, mint<UserId>(), Role.options))
      return owner
    },
    async close() {
      await Promise.all(underWay)
      mail?.close()
      await desk.close()
    },
  }
}
