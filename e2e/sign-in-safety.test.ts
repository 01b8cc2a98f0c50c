import { createHmac } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bearer, createClient } from './client.ts'
import {
  asBrowser,
  claimsOf,
  cookieOf,
  getToken,
  password,
  startPeople,
  type People,
  type Person,
} from './people.ts'

let server: People
beforeAll(async () => {
  server = await startPeople()
}, 300_000)
afterAll(() => server?.stop())

const statusOf = async (jwt: string): Promise<number> =>
  (await createClient(() => server.server.url, bearer(jwt)).request('GET', 'me')).status
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const rebuilt = (jwt: string, header: object, claims: object = {}): string => {
  const [head, body, signature] = jwt.split('.') as [string, string, string]
  const read = (text: string): object => JSON.parse(Buffer.from(text, 'base64url').toString()) as object
  return `${part({ ...read(head), ...header })}.${part({ ...read(body), ...claims })}.${signature}`
}
const headerOf = (jwt: string): { kid: string } =>
  JSON.parse(Buffer.from(jwt.split('.')[0]!, 'base64url').toString()) as { kid: string }

test('a JWT that is forged in any of the known ways is refused, and the real one still is not', async () => {
  const { jwt, userId } = server.people.teacher
  const { kid } = headerOf(jwt)
  const claims = claimsOf(jwt)
  const { keys } = (await (await server.anonymous.request('GET', '/api/auth/jwks')).json()) as {
    keys: JWK[]
  }
  const [own] = keys
  expect(own).toMatchObject({ kid, kty: 'OKP', crv: 'Ed25519' })
  expect(own).not.toHaveProperty('d')

  const now = Math.floor(Date.now() / 1000)
  const foreign = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  const signedElsewhere = (header: object = {}, alg = 'EdDSA') =>
    new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(foreign.privateKey)
  const hmac = (key: string): string => {
    const signed = `${part({ alg: 'HS256', typ: 'JWT', kid })}.${part(claims)}`
    return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
  }
  const { exp: _, ...withoutEnd } = claims
  const { sid: __, ...withoutSession } = claims
  const publicJwk = await exportJWK(foreign.publicKey)
  const forged: Record<string, string> = {
    'no algorithm': `${part({ alg: 'none', kid })}.${part(claims)}.`,
    'no algorithm, in capitals': `${part({ alg: 'NONE', kid })}.${part(claims)}.`,
    'no algorithm with the old signature': rebuilt(jwt, { alg: 'none' }),
    'the public key as a secret': hmac(JSON.stringify(own)),
    'the public key’s bytes as a secret': hmac(own!.x!),
    'the program’s own secret': hmac(server.secret),
    'another algorithm in the header': rebuilt(jwt, { alg: 'RS256' }),
    'claims changed': rebuilt(jwt, {}, { sub: server.people.admin.userId }),
    'session changed': rebuilt(jwt, {}, { sid: server.people.admin.sessionId }),
    'another key under our id': await signedElsewhere(),
    'a key that it brings along': await signedElsewhere({ jwk: publicJwk }),
    'a key at its own address': await signedElsewhere({ jku: 'http://127.0.0.1:9/jwks' }),
    'an unknown key id': await signedElsewhere({ kid: crypto.randomUUID() }),
    'a path as key id': await signedElsewhere({ kid: '../../../../dev/null' }),
    'SQL as key id': await signedElsewhere({ kid: `' or '1'='1` }),
    'SQL behind our key id': await signedElsewhere({ kid: `${kid}' --` }),
    'no key id': await signedElsewhere({ kid: undefined }),
    'a number as key id': await signedElsewhere({ kid: 1 as unknown as string }),
    'a critical extension': rebuilt(jwt, { crit: ['b64'], b64: false }),
    'the real key, another issuer': await server.forge({ ...claims, iss: 'https://evil.example' }),
    'the real key, another audience': await server.forge({ ...claims, aud: 'other' }),
    'the real key, no issuer': await server.forge({ ...claims, iss: undefined } as JWTPayload),
    'the real key, expired': await server.forge({ ...claims, iat: now - 700, exp: now - 100 }),
    'the real key, not yet good': await server.forge({ ...claims, nbf: now + 600 }),
    'the real key, without an end': await server.forge(withoutEnd),
    'the real key, without a session': await server.forge(withoutSession),
    'the real key, a session of somebody else': await server.forge({
      ...claims,
      sid: server.people.admin.sessionId,
    }),
    'the real key, a session that is none': await server.forge({ ...claims, sid: crypto.randomUUID() }),
    'the real key, SQL as session': await server.forge({ ...claims, sid: `' or true --` }),
    'cut short': jwt.slice(0, -4),
    'two parts': jwt.slice(0, jwt.lastIndexOf('.')),
    'no JWT at all': 'eyJhbGciOiJub25lIn0',
    'the session cookie’s value': server.people.teacher.cookie.split('=')[1]!,
  }
  for (const [how, token] of Object.entries(forged)) expect([how, await statusOf(token)]).toEqual([how, 401])
  expect(await statusOf(await server.forge(claims))).toBe(200)
  expect(await statusOf(jwt)).toBe(200)
  expect(claims).toMatchObject({ sub: userId, aud: 'assay' })
  expect(claims.exp! - claims.iat!).toBe(600)
})

test('a cookie with another signature, another token or none is refused', async () => {
  const { cookie } = server.people.teacher
  const [name, value] = cookie.split('=') as [string, string]
  const decoded = decodeURIComponent(value)
  const token = decoded.slice(0, decoded.lastIndexOf('.'))
  for (const wrong of [
    token,
    `${token}.`,
    `${token}.${'A'.repeat(43)}=`,
    `x${decoded}`,
    `${token}x.${decoded.slice(decoded.lastIndexOf('.') + 1)}`,
    '%',
    '',
  ]) {
    const client = asBrowser(() => server.server.url, `${name}=${encodeURIComponent(wrong)}`)
    expect([wrong, (await client.request('GET', 'me')).status]).toEqual([wrong, 401])
  }
})

test('keys rotate: what the old one signed is good while it is remembered, and no longer', async () => {
  const person = await server.addPerson('rotator', server.schools.ours, ['teacher'])
  const { ownerPool } = server.testDatabase
  const old = headerOf(person.jwt).kid
  // Its month is over, and it was made longer ago than that.
  await ownerPool.query(`update identity.jwks set expires_at = now() - interval '10 seconds' where id = $1`, [
    old,
  ])
  const fresh = (await (await person.byCookie.request('GET', '/api/auth/token')).json()) as { token: string }
  expect(headerOf(fresh.token).kid).not.toBe(old)
  expect([await statusOf(fresh.token), await statusOf(person.jwt)]).toEqual([200, 200])
  const { keys } = (await (await server.anonymous.request('GET', '/api/auth/jwks')).json()) as { keys: JWK[] }
  expect(keys.map((key) => key.kid)).toContain(old)
  const { rows } = await ownerPool.query<{ private_key: string }>('select private_key from identity.jwks')
  for (const row of rows) expect(row.private_key).not.toMatch(/"d"|OKP|Ed25519/)

  await ownerPool.query(`update identity.jwks set expires_at = now() - interval '2 hours' where id = $1`, [
    old,
  ])
  await server.restart()
  expect([await statusOf(fresh.token), await statusOf(person.jwt)]).toEqual([200, 401])
}, 300_000)

test('keys that were made with another secret are replaced, and people go on signing in', async () => {
  const { ownerPool } = server.testDatabase
  await ownerPool.query(`update identity.jwks set private_key = '"of another secret"'`)
  await server.restart()
  const jwt = await getToken(server.server.url, server.people.judge.cookie)
  expect(await statusOf(jwt)).toBe(200)
  const { rows } = await ownerPool.query<{ id: string }>(
    'select id from identity.jwks where expires_at > now()',
  )
  expect(rows).toEqual([{ id: headerOf(jwt).kid }])
}, 300_000)

test('ten wrong passwords lock the account for a quarter of an hour, also across a restart and for the right one', async () => {
  const victim = await server.addPerson('victim', server.schools.ours, ['teacher'])
  const statuses = await Promise.all(
    Array.from({ length: 12 }, async () => (await server.signIn(victim.email, 'a wrong password')).status),
  )
  expect(statuses.filter((status) => status === 401)).toHaveLength(10)
  expect(statuses.filter((status) => status === 429)).toHaveLength(2)
  await server.restart()
  const refused = await server.signIn(victim.email.toUpperCase(), password)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(600)
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(900)
  expect(await refused.json()).toMatchObject({ code: 'too-many-requests', detail: /Try again in 15 minutes/ })
  // Who was signed in stays so, and others are not held back.
  expect((await victim.byCookie.request('GET', 'me')).status).toBe(200)
  expect((await server.signIn(server.people.teacher.email, password)).status).toBe(200)

  await server.testDatabase.ownerPool.query(
    `update identity.throttles set window_ends = now() - interval '1 second'`,
  )
  expect((await server.signIn(victim.email, 'a wrong password')).status).toBe(401)
  // As if eight more had gone before: the right one is let in, and counts none.
  await server.testDatabase.ownerPool.query('update identity.throttles set attempts = attempts + 8')
  for (let i = 0; i < 2; i++) expect((await server.signIn(victim.email, password)).status).toBe(200)
}, 300_000)

test('fifty wrong attempts from one address lock it, whatever accounts they were for', async () => {
  await server.testDatabase.ownerPool.query('delete from identity.throttles')
  const wrong = async (name: string): Promise<number> =>
    (await server.signIn(`${name}@school.example`, 'a wrong password')).status
  expect(await wrong('nobody')).toBe(401)
  // As if 45 more had gone before.
  await server.testDatabase.ownerPool.query('update identity.throttles set attempts = attempts + 45')
  const statuses = await Promise.all(Array.from({ length: 8 }, (_, i) => wrong(`nobody-${i}`)))
  expect(statuses.filter((status) => status === 401)).toHaveLength(4)
  expect(statuses.filter((status) => status === 429)).toHaveLength(4)
  expect((await server.signIn(server.people.teacher.email, password)).status).toBe(429)
  await server.testDatabase.ownerPool.query('delete from identity.throttles')
}, 300_000)

test('an address without an account is answered to the letter as one with, after the same work, and counts the same', async () => {
  const { teacher } = server.people
  const answerOf = async (email: string) => {
    const response = await fetch(`${server.server.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-correlation-id': 'same' },
      body: JSON.stringify({ email, password: 'a wrong password' }),
    })
    const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'date'))
    return { status: response.status, headers, body: await response.text() }
  }
  const known = await answerOf(teacher.email)
  expect(known.status).toBe(401)
  expect(await answerOf('nobody@school.example')).toEqual(known)
  expect(await answerOf(server.people.disabled.email)).toEqual(known)

  // scrypt is what takes the work: both kinds run it. Processor time, which a busy computer does not change.
  const workOf = async (work: () => Promise<unknown>): Promise<number> => {
    const times: number[] = []
    for (let i = 0; i < 3; i++) {
      const from = process.cpuUsage()
      await work()
      const { user, system } = process.cpuUsage(from)
      times.push(user + system)
    }
    return Math.min(...times)
  }
  const hashing = await workOf(() => hashPassword(password))
  for (const email of ['someone-else@school.example', server.people.judge.email])
    expect(await workOf(() => answerOf(email))).toBeGreaterThan(hashing / 3)

  const asked = await Promise.all(
    [teacher.email, 'nobody@school.example'].map(async (email) => {
      const response = await server.anonymous.request('POST', 'password-resets/request', {
        body: { email },
        headers: { 'x-correlation-id': 'same' },
      })
      return [response.status, await response.text()]
    }),
  )
  expect(asked[0]).toEqual([202, expect.any(String)])
  expect(asked[1]).toEqual(asked[0])
}, 300_000)

test('signing out everywhere ends every session and every JWT of the person, this one included, and nobody else’s', async () => {
  const person = await server.addPerson('wanderer', server.schools.ours, ['teacher'])
  const elsewhere = asBrowser(() => server.server.url, cookieOf(await server.signIn(person.email, password)))
  const { items } = await elsewhere.json<{ items: { sessionId: string; current: boolean }[] }>(
    'GET',
    'user-sessions',
  )
  expect(items.map((item) => item.current)).toEqual([true, false])
  const strangers = await server.people.admin.byCookie.request(
    'DELETE',
    `user-sessions/${items[0]!.sessionId}`,
  )
  expect(strangers.status).toBe(404)

  const answer = await elsewhere.request('DELETE', 'user-sessions')
  expect(answer.status).toBe(204)
  expect(answer.headers.getSetCookie()[0]).toMatch(/session_token=; Max-Age=0/)
  for (const client of [elsewhere, person, person.byCookie])
    expect((await client.request('GET', 'me')).status).toBe(401)
  expect((await server.people.teacher.byCookie.request('GET', 'me')).status).toBe(200)
  expect(await revocations(person)).toEqual([
    { userId: person.userId, sessionId: null, reason: 'signed-out' },
  ])
})

test('one changes one’s own password by the present one, which is guessed no oftener than at the door; other sessions end', async () => {
  const person = await server.addPerson('changer', server.schools.ours, ['student'])
  const elsewhere = asBrowser(() => server.server.url, cookieOf(await server.signIn(person.email, password)))
  const change = (currentPassword: string, fresh = 'a longer password') =>
    person.byCookie.request('POST', 'me/password', { body: { currentPassword, password: fresh } })
  expect((await change(password, 'short')).status).toBe(422)
  expect(await (await change('a wrong one')).json()).toMatchObject({
    errors: [{ path: 'body.currentPassword' }],
  })
  expect((await elsewhere.request('GET', 'me')).status).toBe(200)
  expect((await change(password)).status).toBe(204)
  expect((await elsewhere.request('GET', 'me')).status).toBe(401)
  for (const client of [person, person.byCookie]) expect((await client.request('GET', 'me')).status).toBe(200)
  expect((await server.signIn(person.email, password)).status).toBe(401)
  expect((await server.signIn(person.email, 'a longer password')).status).toBe(200)
  const guesses = await Promise.all(
    Array.from({ length: 11 }, async () => (await change('a wrong one')).status),
  )
  expect(guesses.sort()).toEqual([...Array<number>(10).fill(422), 429])
}, 300_000)

test('one session can be ended from another', async () => {
  const person = await server.addPerson('traveller', server.schools.ours, ['teacher'])
  const elsewhere = asBrowser(() => server.server.url, cookieOf(await server.signIn(person.email, password)))
  expect((await elsewhere.request('DELETE', `user-sessions/${person.sessionId}`)).status).toBe(204)
  expect((await person.request('GET', 'me')).status).toBe(401)
  expect((await elsewhere.request('GET', 'me')).status).toBe(200)
  expect(await revocations(person)).toEqual([
    { userId: person.userId, sessionId: person.sessionId, reason: 'signed-out' },
  ])
})

const revocations = async (person: Person): Promise<unknown[]> => {
  const { rows } = await server.testDatabase.ownerPool.query<{ data: unknown }>(
    `select payload -> 'data' as data from bus.events
     where type = 'identity.sessions-revoked' and key = $1 order by seq`,
    [person.userId],
  )
  return rows.map((row) => row.data)
}
