import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '#platform/observability/log.ts'
import { createHttp } from './http.ts'
import { app1, app2, cookie, generous, json, serve, token, type Ask } from './testing/served.ts'

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
