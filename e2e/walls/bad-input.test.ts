import { request as send } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Route } from '#platform/http/doors.ts'
import { mint } from '#platform/ids.ts'
import { startSystem, type System } from '../system.ts'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system?.stop())

/** Texts that have broken something somewhere: encodings, paths, SQL, templates, numbers, lengths. */
const nastyTexts = [
  '',
  ' ',
  '\0',
  '\ud800',
  'ﷺ'.repeat(70),
  'a'.repeat(5000),
  "'; drop table batches.batches; --",
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '{{7*7}}${7*7}<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'NaN',
  '-1',
  '1e309',
  '9999999999999999999999',
  '00000000-0000-0000-0000-00000000000',
  '\u202egnp.exe',
  'null',
  '[]',
  '\r\nx-injected: 1',
]
const nastyText = fc.oneof(fc.constantFrom(...nastyTexts), fc.string({ unit: 'binary', maxLength: 60 }))
const nastyValue: fc.Arbitrary<unknown> = fc.oneof(
  nastyText,
  fc.constantFrom(null, true, -1, 0, 1.5, Number.MAX_SAFE_INTEGER, 1e21, [], {}, [[]], [null], {
    a: { b: [] },
  }),
  fc.jsonValue({ maxDepth: 3 }),
)

/** What is right for each name, so that one thing at a time is wrong. */
const rightParams = (): Record<string, string> => ({
  subscription: 'results',
  seq: '1',
  correlationId: 'nobodys',
})
const names = {
  query: ['cursor', 'limit', 'sort', 'order', 'state', 'q', 'ids', 'view', 'format', 'unknown'],
  body: 'title prompt capacity phases locale runWhenQuiet example essays phase email password name roles token disabled keepDays subscription __proto__'.split(
    ' ',
  ),
}

interface Input {
  params: Record<string, string>
  query: Record<string, string>
  body: unknown
}

const inputFor = (route: Route): fc.Arbitrary<Input> => {
  const params = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]!)
  return fc.record({
    params: fc.record(
      Object.fromEntries(
        params.map((name) => [
          name,
          fc.oneof(
            { weight: 3, arbitrary: fc.constant('').map(() => rightParams()[name] ?? mint<string>()) },
            { weight: 2, arbitrary: nastyText },
          ),
        ]),
      ),
    ),
    query: fc.dictionary(fc.constantFrom(...names.query), nastyText, { maxKeys: 3 }),
    body: fc.oneof(
      nastyValue,
      fc.dictionary(fc.constantFrom(...names.body), nastyValue, { maxKeys: 5, noNullPrototype: true }),
      fc.record({ title: fc.constant('A right title'), phases: nastyValue, capacity: nastyValue }),
    ),
  })
}

/** Half a character cannot be percent-encoded: a client that sends one sends it as it is in JSON only. */
const encode = (text: string): string => encodeURIComponent(text.toWellFormed())

async function ask(route: Route, input: Input): Promise<Response> {
  const query = Object.entries(input.query).map(([name, value]) => `${name}=${encode(value)}`)
  const path =
    route.path
      .replace(/:(\w+)/g, (_, name: string) => encode(input.params[name] ?? '') || '%20')
      .replace('*', 'x') + (query.length > 0 ? `?${query.join('&')}` : '')
  const hasBody = !['GET', 'DELETE', 'PUT'].includes(route.method)
  if (hasBody && route.takes === 'multipart/form-data') {
    const form = new FormData()
    form.append(
      String(Object.keys(input.query)[0] ?? 'file'),
      new Blob([JSON.stringify(input.body)]),
      'x.txt',
    )
    return system.request(route.method, path, { body: form })
  }
  return system.request(route.method, path, hasBody ? { body: input.body } : {})
}

test('whatever is sent to whichever route, the answer is its own or a problem that names what is wrong', async () => {
  // Setting or taking away the owner's password would change who may ask.
  const routes = system.server.routes.filter(
    ({ path }) =>
      path.startsWith('/api/') && !path.startsWith('/api/docs') && !path.endsWith('/owner-password'),
  )
  expect(routes.length).toBeGreaterThan(35)
  const codes = new Map<string, number>()
  for (const route of routes)
    await fc.assert(
      fc.asyncProperty(inputFor(route), async (input) => {
        const response = await ask(route, input)
        const text = await response.text()
        const said = `${route.method} ${route.path}: ${response.status} ${text.slice(0, 300)}`
        if (response.status >= 500) throw new Error(said)
        if (response.status < 400) return
        if (!response.headers.get('content-type')?.startsWith('application/problem+json'))
          throw new Error(said)
        const problem = JSON.parse(text) as { code: string; detail: string; errors?: { path: string }[] }
        codes.set(problem.code, (codes.get(problem.code) ?? 0) + 1)
        if (!problem.detail || problem.detail.length < 10) throw new Error(said)
        if (problem.code === 'validation-failed' && !problem.errors?.every((error) => error.path !== ''))
          throw new Error(said)
      }),
      { numRuns: 25, seed: 20_261_121 },
    )
  expect(codes.get('validation-failed')).toBeGreaterThan(100)
  expect(codes.get('not-found')).toBeGreaterThan(10)
  expect((await system.request('GET', 'batches')).status).toBe(200)
}, 480_000)

test('an address that is none, and a request that is none, are problems too', async () => {
  const { port } = new URL(system.server.url)
  const statusOf = (path: string): Promise<[number, string]> =>
    new Promise((resolve, reject) => {
      const sent = send({
        port,
        host: '127.0.0.1',
        path,
        headers: { authorization: `Bearer ${system.token}` },
      })
      sent.on('response', (response) => {
        response.resume()
        resolve([response.statusCode ?? 0, response.headers['content-type'] ?? ''])
      })
      sent.on('error', reject).end()
    })
  for (const path of [
    '/api/v1/batches/%',
    '/api/v1/batches/%zz',
    '/api/v1/files/%c0%af/original',
    '/api/v1/batches/../..%2f',
    `/api/v1/batches/${'x'.repeat(5000)}`,
  ]) {
    const [status, type] = await statusOf(path)
    expect([path, status >= 400 && status < 500, type]).toEqual([
      path,
      true,
      expect.stringContaining('application/problem+json'),
    ])
  }
})
