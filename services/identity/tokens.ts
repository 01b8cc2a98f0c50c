import { createLocalJWKSet, jwtVerify, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import { UserId } from '#contracts/identity.ts'
import { audience } from './fixed.ts'

/** What a JWT of ours says; everything else about the person is looked up. */
export interface Claims {
  userId: UserId
  sessionId: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

const Payload = z.object({ sub: UserId, sid: z.uuid(), exp: z.number() })
const Header = z.object({ kid: z.uuid() })

/** A key that nobody knows is looked for at most this often, so that made-up ones cost nothing. */
const lookAgainAfter = 500
const remembered = 2000

/**
 * Verifies JWTs against the keys of this installation, which `readKeys` reads. Only EdDSA and ES256: neither "none"
 * nor a secret made of the public key gets in. `kid` is a UUID that is looked up in what was read, never in a path
 * or a query. Returns null for whatever is not good.
 */
export function createTokenVerifier(options: {
  issuer: string
  readKeys: () => Promise<JSONWebKeySet>
}): (token: string) => Promise<Claims | null> {
  let kids = new Set<string>()
  let keyOf: JWTVerifyGetKey = createLocalJWKSet({ keys: [] })
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | null = null
  const verified = new Map<string, Claims>()

  const read = async (): Promise<void> => {
    const wait = readAt + lookAgainAfter - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    const set = await options.readKeys()
    kids = new Set(set.keys.flatMap((key) => key.kid ?? []))
    keyOf = createLocalJWKSet(set)
    readAt = performance.now()
  }
  const knows = async (kid: string): Promise<boolean> => {
    if (kids.has(kid)) return true
    reading ??= read().finally(() => (reading = null))
    await reading
    return kids.has(kid)
  }

  return async (token) => {
    const before = verified.get(token)
    if (before) {
      if (before.expiresAt > Date.now()) return before
      verified.delete(token)
      return null
    }
    const header = Header.safeParse(headerOf(token))
    if (!header.success || !(await knows(header.data.kid))) return null
    const claims = await jwtVerify(token, keyOf, {
      issuer: options.issuer,
      audience,
      algorithms: ['EdDSA', 'ES256'],
      requiredClaims: ['exp', 'sub', 'sid', 'iat'],
    }).then(
      ({ payload }) => Payload.safeParse(payload).data,
      () => undefined,
    )
    if (!claims) return null
    const good = { userId: claims.sub, sessionId: claims.sid, expiresAt: claims.exp * 1000 }
    if (verified.size >= remembered) verified.clear()
    verified.set(token, good)
    return good
  }
}

function headerOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString())
  } catch {
    return null
  }
}
