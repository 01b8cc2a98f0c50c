import { request as send, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { SchoolId } from '#contracts/common.ts'
import type { UserId } from '#contracts/identity.ts'
import { mint } from '#platform/ids.ts'
import { createLog } from '#platform/observability/log.ts'
import { createHttp, type Principal } from '../http.ts'
import type { Limits } from '../limits.ts'
import type { Addresses } from '../origins.ts'

export const generous: Limits = {
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
export async function serve(
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

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}
export type Ask = (
  method: string,
  path: string,
  headers?: Record<string, string>,
  body?: string,
) => Promise<Answer>

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

export const app1 = 'https://app.school.org'
export const app2 = 'http://localhost:5173'
export const json = { 'content-type': 'application/json' }
export const token = { authorization: 'Bearer me' }
export const cookie = { cookie: 'who=me' }
