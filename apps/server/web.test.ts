import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addSecurityHeaders } from '#platform/http/headers.ts'
import { addWeb } from './web.ts'

let app: FastifyInstance
let url: string
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-web-'))
  const dist = join(folder, 'dist')
  await mkdir(join(dist, 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret'), 'not served')
  await writeFile(join(dist, 'index.html'), '<meta name="style-nonce" content="STYLE_NONCE"><p>the app</p>')
  await writeFile(join(dist, 'favicon.svg'), '<svg/>')
  await writeFile(join(dist, 'assets/app-1a2b.js'), 'plain')
  await writeFile(join(dist, 'assets/app-1a2b.js.br'), brotliCompressSync('compressed'))
  app = fastify()
  addSecurityHeaders(app, { mode: 'laptop', port: () => 0, origins: [] })
  app.get('/api/v1/batches', () => ({ items: [] }))
  await addWeb(app, dist)
  url = await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await app?.close()
  if (folder) await rm(folder, { recursive: true, force: true })
})

/** As sent: `fetch` would tidy the path first. */
const statusOf = (path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    request(`${url}/`, { path }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })

test('every place of the app is its page, asked for each time, with a nonce of its own', async () => {
  const nonces = new Set<string>()
  for (const path of ['/', '/batches/new', '/batches/0199/essays/0199?finding=3', '/sign-in', '/apiary']) {
    const answer = await fetch(url + path)
    const html = await answer.text()
    expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([path, 200, 'no-store'])
    const nonce = /content="([^"]+)"/.exec(html)?.[1] ?? ''
    expect(answer.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`)
    expect(answer.headers.get('content-security-policy')).not.toContain('unsafe')
    nonces.add(nonce)
  }
  expect(nonces.size).toBe(5)
})

test('an address of the API, of the health or of a missing part is never the page', async () => {
  for (const path of [
    '/api',
    '/api/v1/nothing',
    '/realtime',
    '/health/nothing',
    '/metrics/x',
    '/assets/old.js',
  ])
    expect([path, await statusOf(path)]).toEqual([path, 404])
  expect(await (await fetch(`${url}/api/v1/batches`)).json()).toEqual({ items: [] })
})

test('parts with a hash in their name are kept for ever, and sent compressed', async () => {
  const answer = await fetch(`${url}/assets/app-1a2b.js`, { headers: { 'accept-encoding': 'br' } })
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(answer.headers.get('content-type')).toMatch(/^(text|application)\/javascript/)
  expect(await answer.text()).toBe('compressed')
  const plain = await fetch(`${url}/assets/app-1a2b.js`, { headers: { 'accept-encoding': 'identity' } })
  expect(await plain.text()).toBe('plain')
})

test('nothing outside the built app is served', async () => {
  for (const path of ['/assets/../../secret', '/assets/..%2f..%2fsecret', '/assets/%2e%2e/%2e%2e/secret'])
    expect(await statusOf(path), path).not.toBe(200)
})

test('an app that was not built says so, and the API works', async () => {
  const bare = fastify()
  addSecurityHeaders(bare, { mode: 'laptop', port: () => 0, origins: [] })
  await addWeb(bare, join(folder, 'nowhere'))
  const answer = await bare.inject('/')
  expect([answer.statusCode, answer.body]).toEqual([503, expect.stringContaining('npm start')])
  await bare.close()
})
