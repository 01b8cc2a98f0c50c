import { request as send, type IncomingHttpHeaders } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { SchoolId } from '#contracts/common.ts'
import type { UserId } from '#contracts/identity.ts'
import { mint } from '#platform/ids.ts'
import { createLog } from '#platform/observability/log.ts'
import { createHttp, type Principal } from './http.ts'
import type { Limits } from './limits.ts'
import type { Addresses } from './origins.ts'

const generous: Limits = {
  costs: { 'DELETE /api/v1/things/:thingId': 50 },
  perAddress: null,
  perUser: null,
  perSchool: null,
  openPerAddress: 1_000_000,
  openBodyBytes: 1000,
  jsonBodyBytes: 10_000,
  headerSeconds: 60,
  jsonBodySeconds: 60,
  silenceSeconds: 120,
}

const person = { userId: mint<UserId>(), schoolId: mint<SchoolId>(), roles: ['teacher'] as const }
const until = { expiresAt: null, sessionId: 'a-session' }

/** A server with one route of each kind. A cookie `who=me` is a session, `Bearer me` a token. */
async function serve(
  addresses: Partial<Addresses> = {},
  limits: Partial<Limits> = {},
  trustProxy?: string,
): Promise<{ app: FastifyInstance; ask: Ask; port: number }> {
  let port = 0
  const app = await createHttp({
    log: createLog({ level: 'silent' }),
    addresses: { port: () => port, mode: 'laptop', origins: [], ...addresses },
    limits: { ...generous, ...limits },
    trustProxy,
    access: {
      'GET /api/openapi.json': 'open',
      'GET /': 'open',
      'POST /api/auth/sign-in/email': 'open',
      'GET /api/v1/things': { teacher: 'school' },
      'POST /api/v1/things': { teacher: 'school' },
      'POST /api/v1/things/:thingId/files': { teacher: 'own' },
      'DELETE /api/v1/things/:thingId': { teacher: 'own' },
    },
    authenticate: async (headers): Promise<Principal | null> => {
      if (headers.cookie?.includes('who=me')) return { ...person, ...until, credential: 'session' }
      if (headers.authorization === 'Bearer colleague')
        return { ...person, ...until, userId: mint<UserId>(), credential: 'jwt' }
      return headers.authorization === 'Bearer me' ? { ...person, ...until, credential: 'jwt' } : null
    },
    mayReach: async ({ named, whose }) =>
      named.thingId === 'mine' || whose === 'school'
        ? { reached: true }
        : { reached: false, what: 'thing', onlyShared: named.thingId === 'shared' },
  })
  app.get('/', async (_request, reply) => reply.type('text/html').send(reply.cspNonce))
  app.post('/api/auth/sign-in/email', async () => ({ signedIn: true }))
  app.get('/api/v1/things', async () => ['a thing'])
  app.post('/api/v1/things', { schema: { body: z.object({ title: z.string() }) } }, async () => ({}))
  app.post(
    '/api/v1/things/:thingId/files',
    { schema: { consumes: ['multipart/form-data'] } },
    async (request) => {
      for await (const part of request.parts()) if (part.type === 'file') part.file.resume()
      return {}
    },
  )
  app.delete('/api/v1/things/:thingId', async (_request, reply) => reply.status(204).send())
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as AddressInfo).port
  return { app, port, ask: askAt(port) }
}

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}
type Ask = (method: string, path: string, headers?: Record<string, string>, body?: string) => Promise<Answer>

/** `fetch` sets Host, Origin and Sec-Fetch-Site itself; here they are what a test says. */
const askAt =
  (port: number): Ask =>
  (method, path, headers = {}, body = '') =>
    new Promise((resolve, reject) => {
      const sent = send({ port, host: '127.0.0.1', method, path, headers, agent: false }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        )
      })
      sent.on('error', reject).end(body)
    })

const app1 = 'https://app.school.org'
const app2 = 'http://localhost:5173'
const json = { 'content-type': 'application/json' }
const token = { authorization: 'Bearer me' }
const cookie = { cookie: 'who=me' }

let laptop: Awaited<ReturnType<typeof serve>>
let server: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  laptop = await serve({ origins: [app1, app2] })
  server = await serve({ mode: 'server', publicUrl: 'https://assay.school.org', origins: [app1] })
})
afterAll(() => Promise.all([laptop?.app.close(), server?.app.close()]))

const own = (): string => `http://localhost:${laptop.port}`
/** Origins that only look like allowed ones: another scheme, port, suffix, prefix, case, or none at all. */
const strangers = (): string[] => [
  'http://app.school.org',
  'https://app.school.org:8443',
  'https://app.school.org.evil.example',
  'https://evil-app.school.org',
  'https://app.school.organic',
  'https://APP.school.org',
  'https://app.school.org/',
  'https://app.school.org, https://evil.example',
  'http://localhost:5174',
  `https://localhost:${laptop.port}`,
  `http://localhost.evil.example:${laptop.port}`,
  'http://[::1]',
  'null',
  'file://',
]

test('a preflight from an allowed page names that page, what it may send and read, and that it varies', async () => {
  for (const origin of [app1, app2, own(), `http://127.0.0.1:${laptop.port}`])
    for (const path of ['/api/v1/things', '/api/auth/sign-in/email', '/api/v1/absent']) {
      const { status, headers } = await laptop.ask('OPTIONS', path, {
        origin,
        'access-control-request-method': 'DELETE',
        'access-control-request-headers': 'content-type, x-evil',
      })
      expect([status, headers['access-control-allow-origin']], path).toEqual([204, origin])
      expect(headers['access-control-allow-credentials']).toBe('true')
      expect(headers.vary).toMatch(/\borigin\b/i)
      expect(headers['access-control-allow-methods']).toBe('GET, HEAD, POST, PUT, PATCH, DELETE')
      expect(headers['access-control-allow-headers']?.split(', ').sort()).toEqual([
        'authorization',
        'content-type',
        'idempotency-key',
        'if-none-match',
        'traceparent',
        'x-correlation-id',
      ])
    }
})

test('an allowed page may read every answer with its cookies, problems too', async () => {
  const asked = [
    ['GET', '/api/v1/things', 200, token],
    ['GET', '/api/v1/things', 401, {}],
    ['GET', '/api/v1/absent', 404, token],
    ['POST', '/api/v1/things', 422, { ...token, ...json }],
    ['POST', '/api/auth/sign-in/email', 200, json],
    ['POST', '/api/v1/things', 415, { ...token, 'content-type': 'text/plain' }],
  ] as const
  for (const [method, path, wanted, given] of asked) {
    const answer = await laptop.ask(method, path, { origin: app1, ...given }, method === 'POST' ? '{}' : '')
    expect([method, path, answer.status]).toEqual([method, path, wanted])
    expect(answer.headers['access-control-allow-origin'], path).toBe(app1)
    expect(answer.headers['access-control-allow-credentials']).toBe('true')
    expect(answer.headers['access-control-expose-headers']).toBe(
      'etag, x-correlation-id, retry-after, content-disposition',
    )
    expect(answer.headers.vary).toMatch(/\borigin\b/i)
  }
})

test('a page of any other origin is refused, before a preflight too, and no look-alike is let through', async () => {
  for (const origin of strangers())
    for (const [method, path] of [
      ['OPTIONS', '/api/v1/things'],
      ['OPTIONS', '/api/auth/sign-in/email'],
      ['GET', '/api/v1/things'],
      ['POST', '/api/auth/sign-in/email'],
    ] as const) {
      const { status, headers } = await laptop.ask(method, path, {
        origin,
        ...token,
        ...(method === 'OPTIONS' ? { 'access-control-request-method': 'POST' } : {}),
      })
      expect([origin, method, path, status]).toEqual([origin, method, path, 403])
      expect(headers['access-control-allow-origin']).toBeUndefined()
      expect(headers['access-control-allow-credentials']).toBeUndefined()
    }
})

test('a request without an origin is no cross-origin request, and its answer still varies', async () => {
  const { status, headers } = await laptop.ask('GET', '/api/v1/things', token)
  expect(status).toBe(200)
  expect(headers['access-control-allow-origin']).toBeUndefined()
  expect(headers.vary).toMatch(/\borigin\b/i)
})

test('only addresses of this server are its Host: loopback on a laptop, the public one too on a server', async () => {
  const statusOf = async ({ ask }: { ask: Ask }, host: string) =>
    (await ask('GET', '/api/v1/things', { ...token, host })).status
  const foreign = ['evil.example', 'localhost.evil.example', 'localhost:1']
  for (const host of ['assay.school.org', ...foreign]) expect(await statusOf(laptop, host), host).toBe(421)
  expect(await statusOf(server, 'assay.school.org')).toBe(200)
  expect(await statusOf(server, `LOCALHOST:${server.port}`)).toBe(200)
  for (const host of ['assay.school.org.evil.example', 'assay.school.org:444', ...foreign])
    expect(await statusOf(server, host), host).toBe(421)
})

test('a cookie changes something only for a page that shows it is one of ours; a token needs no page', async () => {
  const statusOf = async (headers: Record<string, string>) =>
    (await laptop.ask('DELETE', '/api/v1/things/mine', headers)).status
  expect(await statusOf(token)).toBe(204)
  expect(await statusOf({ ...cookie, origin: own() })).toBe(204)
  expect(await statusOf({ ...cookie, origin: app1 })).toBe(204)
  expect(await statusOf({ ...cookie, 'sec-fetch-site': 'same-origin' })).toBe(204)
  expect(await statusOf(cookie)).toBe(403)
  for (const site of ['cross-site', 'same-site', 'none'])
    expect(await statusOf({ ...cookie, 'sec-fetch-site': site }), site).toBe(403)
  expect(await statusOf({ ...cookie, origin: 'https://evil.example' })).toBe(403)
  expect((await laptop.ask('GET', '/api/v1/things', cookie)).status).toBe(200)
})

test('a page elsewhere cannot sign its visitor in: no form is taken, and no page of another site', async () => {
  const statusOf = async (headers: Record<string, string>) =>
    (await laptop.ask('POST', '/api/auth/sign-in/email', headers, '{}')).status
  expect(await statusOf(json)).toBe(200)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    expect(await statusOf({ 'content-type': type }), type).toBe(415)
  expect(await statusOf({ ...json, 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await statusOf({ ...json, origin: 'https://evil.example' })).toBe(403)
})

test('a route takes the one kind of body that it is for', async () => {
  const statusOf = async (path: string, type: string, body = '{"title":"x"}') =>
    (await laptop.ask('POST', path, { ...token, 'content-type': type }, body)).status
  expect(await statusOf('/api/v1/things', 'application/json; charset=utf-8')).toBe(200)
  expect(await statusOf('/api/v1/things', 'Application/JSON')).toBe(200)
  for (const type of [
    'text/plain',
    'application/jsonp',
    'application/json-patch+json',
    'multipart/form-data; boundary=x',
  ])
    expect(await statusOf('/api/v1/things', type), type).toBe(415)
  expect(await statusOf('/api/v1/things/mine/files', 'multipart/form-data; boundary=x', '--x--')).toBe(200)
  expect(await statusOf('/api/v1/things/mine/files', 'application/json')).toBe(415)
})

test('a HEAD is guarded as its GET is, and what is not there for a person is not found', async () => {
  expect((await laptop.ask('HEAD', '/api/v1/things')).status).toBe(401)
  expect((await laptop.ask('HEAD', '/api/v1/things', token)).status).toBe(200)
  const absent = await laptop.ask('DELETE', '/api/v1/things/theirs', token)
  expect([absent.status, JSON.parse(absent.body)]).toMatchObject([404, { detail: 'There is no such thing.' }])
})

test('every answer says how a browser must treat it; HSTS only where people come over TLS', async () => {
  const pages = await Promise.all([
    laptop.ask('GET', '/'),
    laptop.ask('GET', '/api/v1/things', token),
    laptop.ask('GET', '/api/v1/things'),
    laptop.ask('GET', '/no/such/page'),
    laptop.ask('OPTIONS', '/api/v1/things', { origin: app1, 'access-control-request-method': 'GET' }),
  ])
  for (const { headers } of pages) {
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    expect(headers['permissions-policy']).toContain('camera=()')
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("base-uri 'none'")
    expect(policy).not.toContain('unsafe')
    expect(headers['strict-transport-security']).toBeUndefined()
  }
  const { headers } = await server.ask('GET', '/')
  expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/)
})

test("a page's style tags carry the nonce of that one answer; its socket is its own host's", async () => {
  const [first, second] = await Promise.all([laptop.ask('GET', '/'), laptop.ask('GET', '/')])
  for (const { headers, body } of [first, second]) {
    expect(body).toMatch(/^[\w+/]{24}$/)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain(`style-src 'self' 'nonce-${body}';`)
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain(
      `connect-src 'self' ws://127.0.0.1:${laptop.port} wss://127.0.0.1:${laptop.port};`,
    )
  }
  expect(first.body).not.toBe(second.body)
})

test('the documentation has a policy of its own, and its scripts are files of this server', async () => {
  const { status, headers, body } = await laptop.ask('GET', '/api/docs/')
  expect([status, headers['content-security-policy']]).toEqual([
    200,
    expect.stringContaining("default-src 'self'"),
  ])
  expect(body).not.toMatch(/<script>/)
  expect((await laptop.ask('GET', '/api/docs/static/swagger-initializer.js')).status).toBe(200)
})

test('a route that has no row in the matrix does not start', async () => {
  const { app } = laptop
  expect(() => app.get('/api/v1/forgotten', async () => ({}))).toThrow()
  const fresh = createHttp({
    log: createLog({ level: 'silent' }),
    addresses: { port: () => 0, mode: 'laptop', origins: [] },
    limits: generous,
    access: {},
    authenticate: async () => null,
    mayReach: async () => ({ reached: true }),
  })
  await expect(fresh).rejects.toThrow('GET /api/openapi.json has no row in the authorisation matrix')
})

/** Asks until the answer is 429, at most `most` times: how often it was let through, and the refusal. */
async function askUntilRefused(
  { ask }: { ask: Ask },
  [method, path, headers, body]: Parameters<Ask>,
  most: number,
): Promise<{ passed: number; refusal: Answer | null }> {
  for (let passed = 0; passed < most; passed++) {
    const answer = await ask(method, path, headers, body)
    if (answer.status === 429) return { passed, refusal: answer }
  }
  return { passed: most, refusal: null }
}
const signIn = (headers: Record<string, string> = {}): Parameters<Ask> => [
  'POST',
  '/api/auth/sign-in/email',
  { ...json, ...headers },
  '{}',
]

test('signing in is limited by address also on a laptop, says when to try again, and nothing else is', async () => {
  const served = await serve({ origins: [app1] }, { openPerAddress: 30 })
  try {
    const { passed, refusal } = await askUntilRefused(served, signIn({ origin: app1 }), 20)
    expect(passed).toBe(10)
    expect(Number(refusal!.headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(refusal!.headers['retry-after'])).toBeLessThanOrEqual(60)
    expect(JSON.parse(refusal!.body)).toMatchObject({ code: 'too-many-requests', status: 429 })
    expect(refusal!.headers['access-control-allow-origin']).toBe(app1)
    expect(await askUntilRefused(served, ['GET', '/'], 50)).toMatchObject({ passed: 50 })
    const mine: Parameters<Ask> = ['DELETE', '/api/v1/things/mine', token]
    expect(await askUntilRefused(served, mine, 300)).toMatchObject({ passed: 300 })
  } finally {
    await served.app.close()
  }
})

test('a person, a school and an address each have their minute, and a dear route spends more of it', async () => {
  const passedOf = async (limits: Partial<Limits>, asked: Parameters<Ask>) => {
    const served = await serve({}, limits)
    try {
      return (await askUntilRefused(served, asked, 1000)).passed
    } finally {
      await served.app.close()
    }
  }
  const list: Parameters<Ask> = ['GET', '/api/v1/things', token]
  const colleagues: Parameters<Ask> = ['GET', '/api/v1/things', { authorization: 'Bearer colleague' }]
  expect(await passedOf({ perUser: 100 }, list)).toBe(100)
  expect(await passedOf({ perUser: 100 }, ['HEAD', '/api/v1/things', token])).toBe(100)
  expect(await passedOf({ perUser: 100 }, ['DELETE', '/api/v1/things/mine', token])).toBe(2)
  expect(await passedOf({ perUser: 100 }, colleagues)).toBe(1000)
  expect(await passedOf({ perSchool: 100 }, colleagues)).toBe(100)
  expect(await passedOf({ perAddress: 100 }, ['GET', '/api/v1/things'])).toBe(100)
})

test('X-Forwarded-For is believed of the proxies that are named, and of nobody else', async () => {
  const passedOf = async (trustProxy?: string) => {
    const served = await serve({}, { openPerAddress: 30 }, trustProxy)
    try {
      let passed = 0
      for (let i = 0; i < 20; i++) {
        const { status } = await served.ask(...signIn({ 'x-forwarded-for': `203.0.113.${i}` }))
        if (status === 200) passed++
      }
      return passed
    } finally {
      await served.app.close()
    }
  }
  expect(await passedOf()).toBe(10)
  expect(await passedOf('10.0.0.0/8')).toBe(10)
  expect(await passedOf('127.0.0.1, 10.0.0.0/8')).toBe(20)
})

test('an IPv6 customer is one address, whichever of theirs they use', async () => {
  const served = await serve({}, { openPerAddress: 30 }, '127.0.0.1')
  const passedOf = async (address: (i: number) => string) => {
    let passed = 0
    for (let i = 0; i < 20; i++) {
      const { status } = await served.ask(...signIn({ 'x-forwarded-for': address(i) }))
      if (status === 200) passed++
    }
    return passed
  }
  try {
    expect(await passedOf((i) => `2001:db8:1:1::${i.toString(16)}`)).toBe(10)
    expect(await passedOf((i) => `2001:db8:1:1:${i}::7`)).toBe(0)
    expect(await passedOf((i) => `2001:db8:2:${i}::7`)).toBe(20)
    expect(await passedOf(() => '::ffff:203.0.113.7')).toBe(10)
    expect(await passedOf(() => '203.0.113.7')).toBe(0)
  } finally {
    await served.app.close()
  }
})

test('a body is as large as its route needs, and smaller where nobody has said who asks', async () => {
  const body = (bytes: number): string => JSON.stringify({ title: 'x'.repeat(bytes) })
  const statusOf = async (path: string, bytes: number) =>
    (await laptop.ask('POST', path, { ...json, ...token }, body(bytes))).status
  expect(await statusOf('/api/v1/things', 9000)).toBe(200)
  expect(await statusOf('/api/v1/things', 11_000)).toBe(413)
  expect(await statusOf('/api/auth/sign-in/email', 900)).toBe(200)
  expect(await statusOf('/api/auth/sign-in/email', 1100)).toBe(413)
})

/** What the server does with a connection that says only this: what it answers until it ends it. */
const saySlowly = (port: number, said: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(said))
    let heard = ''
    socket.on('data', (chunk) => (heard += chunk.toString()))
    socket.on('error', () => {})
    socket.on('close', () => resolve(heard))
  })

test('a client that never ends its headers, or its JSON, or says nothing, is not waited for', async () => {
  const head = (path: string, type: string): string =>
    `POST ${path} HTTP/1.1\r\nhost: localhost:PORT\r\nauthorization: Bearer me\r\ncontent-length: 100\r\ncontent-type: ${type}\r\n\r\n`
  const stories: [Partial<Limits>, string][] = [
    [{ headerSeconds: 1 }, 'GET / HTTP/1.1\r\nhost: localhost'],
    [{ jsonBodySeconds: 1 }, `${head('/api/v1/things', 'application/json')}{"title":`],
    [{ silenceSeconds: 1 }, head('/api/v1/things/mine/files', 'multipart/form-data; boundary=x')],
    [{ silenceSeconds: 1 }, ''],
  ]
  for (const [limits, said] of stories) {
    const served = await serve({}, limits)
    try {
      const heard = await saySlowly(served.port, said.replace('PORT', String(served.port)))
      expect(heard).not.toMatch(/^HTTP\/1.1 [25]/)
      expect((await served.ask('GET', '/api/v1/things', token)).status).toBe(200)
    } finally {
      await served.app.close()
    }
  }
})
