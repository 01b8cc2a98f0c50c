import { sso } from '@better-auth/sso'
import { betterAuth } from 'better-auth'
import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { symmetricDecrypt } from 'better-auth/crypto'
import { jwt } from 'better-auth/plugins'
import { z } from 'zod'
import { UserId } from '#contracts/identity.ts'
import type { Database } from '#platform/database/database.ts'
import { mint } from '#platform/ids.ts'
import type { Log } from '#platform/observability/log.ts'
import { authDatabase } from './auth-store.ts'
import { addressHeader, audience, keyGrace, keyRotation, sessionLifetime } from './fixed.ts'
import { findPerson } from './people-store.ts'
import { listProviders } from './providers-store.ts'
import { resolvePerson } from './providers.ts'
import { deleteKey, listSigningKeys } from './store.ts'

export interface AuthOptions {
  desk: Database
  log: Log
  secret: string
  /** Where people open the program. */
  baseUrl: string
  /** Origins of pages that may speak to it, its own included. */
  trustedOrigins: readonly string[]
  /** Of the JWTs. */
  issuer: string
}

/**
 * Forgets keys that were encrypted with another secret: nothing can be signed with them any more, and a new one
 * takes their place. Happens when a database comes back without its secret.
 */
export async function dropForeignKeys(desk: Database, secret: string): Promise<void> {
  const key = { keys: new Map([[secretVersion, secret]]), currentVersion: secretVersion }
  for (const { id, privateKey } of await desk.transaction(null, listSigningKeys)) {
    const readable = await symmetricDecrypt({ key, data: JSON.parse(privateKey) as string }).then(
      () => true,
      () => false,
    )
    if (!readable) await desk.transaction(null, (tx) => deleteKey(tx, id))
  }
}

const secretVersion = 1

/** Columns of the tables in our own spelling. */
const dates = { createdAt: 'created_at', updatedAt: 'updated_at' }

/** better-auth on our tables: passwords, sessions, JWTs and the sign-in of schools. */
export const createAuth = (options: AuthOptions) =>
  betterAuth({
    appName: 'Assay',
    baseURL: options.baseUrl,
    basePath: '/api/auth',
    secret: options.secret,
    // Said here so that no variable of the environment can replace it.
    secrets: [{ version: secretVersion, value: options.secret }],
    // Where a school's people sign in may be a computer of its own network, which an operator has registered.
    trustedOrigins: async () => [
      ...options.trustedOrigins,
      ...(await options.desk.transaction(null, listProviders)).map(({ issuer }) => new URL(issuer).origin),
    ],
    database: authDatabase(options.desk),
    telemetry: { enabled: false },
    // Our own throttle counts failures, also across restarts.
    rateLimit: { enabled: false },
    onAPIError: { errorURL: `${options.baseUrl}/sign-in` },
    logger: {
      level: 'warn',
      // Its messages can carry addresses and names: only that something was said is logged.
      log: (level) => options.log.debug({ part: 'better-auth', level }, 'better-auth reported something'),
    },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10, maxPasswordLength: 128 },
    user: { modelName: 'users', fields: { ...dates, emailVerified: 'email_verified' } },
    session: {
      modelName: 'sessions',
      fields: {
        ...dates,
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
      },
      expiresIn: sessionLifetime,
      disableSessionRefresh: true,
    },
    account: {
      modelName: 'accounts',
      fields: {
        ...dates,
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
      },
      encryptOAuthTokens: true,
    },
    verification: { modelName: 'verifications', fields: { ...dates, expiresAt: 'expires_at' } },
    databaseHooks: {
      session: {
        create: {
          // However somebody signs in: a disabled person, or one of no school, gets no session.
          before: async (session) => {
            const userId = UserId.parse(session.userId)
            const person = await options.desk.transaction(null, (tx) => findPerson(tx, userId))
            return person !== null && !person.disabled
          },
        },
      },
    },
    advanced: {
      cookiePrefix: 'assay',
      useSecureCookies: options.baseUrl.startsWith('https:'),
      disableOriginCheck: false,
      disableCSRFCheck: false,
      database: { generateId: () => mint() },
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    plugins: [
      jwt({
        disableSettingJwtHeader: true,
        jwks: {
          keyPairConfig: { alg: 'EdDSA', crv: 'Ed25519' },
          rotationInterval: keyRotation,
          gracePeriod: keyGrace,
        },
        jwt: {
          issuer: options.issuer,
          audience,
          expirationTime: '10m',
          definePayload: ({ session }) => ({ sid: session.id }),
        },
        schema: {
          jwks: {
            modelName: 'jwks',
            fields: {
              publicKey: 'public_key',
              privateKey: 'private_key',
              createdAt: 'created_at',
              expiresAt: 'expires_at',
            },
          },
        },
      }),
      sso({
        modelName: 'sso_providers',
        fields: {
          providerId: 'provider_id',
          organizationId: 'organization_id',
          oidcConfig: 'oidc_config',
          samlConfig: 'saml_config',
          userId: 'user_id',
        },
        disableImplicitSignUp: true,
        resolveUser: (given) => resolvePerson(options.desk, given),
      }),
      openSession,
    ],
  })

/** Signs a person in who has shown in another way who they are: as the owner of a laptop, or by a one-time link. */
const openSession = {
  id: 'open-session',
  endpoints: {
    openSession: createAuthEndpoint.serverOnly(
      { method: 'POST', body: z.object({ userId: UserId }), requireHeaders: true },
      async (ctx) => {
        const { internalAdapter } = ctx.context
        const user = await internalAdapter.findUserById(ctx.body.userId)
        const session = user && (await internalAdapter.createSession(user.id))
        if (!session) throw ctx.error('UNAUTHORIZED')
        await setSessionCookie(ctx, { session, user })
        return ctx.json({ sessionId: session.id })
      },
    ),
  },
} as const

export type Auth = ReturnType<typeof createAuth>
