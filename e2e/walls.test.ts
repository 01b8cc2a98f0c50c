import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { access } from '#apps/server/access.ts'
import { mint } from '#platform/ids.ts'
import { textFile } from './client.ts'
import { startSystem, until, type System } from './system.ts'

let system: System
let mine: Record<string, string>
let theirs: Record<string, string>
beforeAll(async () => {
  system = await startSystem()
  const { batchId } = await system.createBatch({ title: 'Ours' })
  const [item] = await system.upload(
    batchId,
    [textFile('ours.txt', 'This essay belongs to our own school.')],
    { 'x-correlation-id': 'our-upload' },
  )
  const { runId } = await system.run(batchId)
  const [file] = await system.files(batchId)
  mine = {
    batchId,
    fileUploadId: item!.fileUploadId,
    runId,
    essayId: file!.essayId!,
    correlationId: 'our-upload',
    userId: mint(),
  }
  theirs = await giveAway(mine)
})
afterAll(() => system?.stop())

/** A second school's rows: the same things under other ids, planted behind the wall. */
async function giveAway(from: Record<string, string>): Promise<Record<string, string>> {
  const { ownerPool } = system.testDatabase
  const school = mint()
  const ids = Object.fromEntries(
    Object.keys(from).map((name) => [name, name === 'correlationId' ? 'their-upload' : mint<string>()]),
  )
  const { rows: tables } = await ownerPool.query<{ name: string; columns: string[] }>(
    `select format('%I.%I', table_schema, table_name) as name, array_agg(quote_ident(column_name)::text) as columns
     from information_schema.columns where table_schema in ('files', 'essays', 'batches', 'results', 'trace', 'spelling', 'language')
     group by 1, table_schema, table_name having bool_or(column_name = 'school_id')`,
  )
  expect(tables.length).toBeGreaterThan(12)
  for (const { name, columns } of tables) {
    let row = 'to_jsonb(t)::text'
    for (const [key, id] of Object.entries(ids)) row = `replace(${row}, '${from[key]}', '${id}')`
    const values = columns.map((column) => {
      if (column === 'school_id') return `'${school}'::uuid`
      if (column === 'seq' && name === 'trace.hops') return 't.seq + 1000000'
      if (column === 'event_id') return 'gen_random_uuid()'
      return `(r).${column}`
    })
    await ownerPool.query(
      `insert into ${name} (${columns.join(', ')}) select ${values.join(', ')} from ${name} t,
         lateral (select jsonb_populate_record(null::${name}, (${row})::jsonb) as r) s on conflict do nothing`,
    )
  }
  const { rows } = await ownerPool.query(`select from files.uploads where school_id = $1`, [school])
  expect(rows).toHaveLength(1)
  return ids
}

interface Route {
  method: string
  path: string
  open: boolean
}

async function listRoutes(): Promise<Route[]> {
  const document = (await (await system.request('GET', '/api/openapi.json')).json()) as {
    paths: Record<string, Record<string, unknown>>
  }
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      path,
      // To a request of this computer, as a test's is, an operator's route is open too.
      open: ['open', 'operator'].includes(
        access[`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`] as string,
      ),
    })),
  )
}

const fill = (path: string, ids: Record<string, string>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? (name === 'seq' ? '999999999' : `no-${name}`))

const bodies: Record<string, unknown> = {
  'POST /api/v1/batches': { title: 'x' },
  'PATCH /api/v1/batches/{batchId}': { title: 'x' },
  'PATCH /api/v1/people/{userId}': { disabled: true },
  'POST /api/v1/essays/{essayId}/retry': { phase: 'spelling' },
}

const multipart = (): FormData => {
  const form = new FormData()
  form.append('file', new Blob(['An essay of somebody else.']), 'x.txt')
  return form
}
const bodyOf = ({ method, path }: Route): unknown =>
  /\/(files|replace)$/.test(path) && method === 'POST'
    ? multipart()
    : (bodies[`${method} ${path}`] ?? (method === 'POST' ? {} : undefined))

test('every route of the running server is 401 without a token and with a wrong one, save sign-in, health, metrics and the documentation', async () => {
  const routes = await listRoutes()
  expect(routes.length).toBeGreaterThan(18)
  const open = routes.filter((route) => route.open).map((route) => route.path)
  expect([...new Set(open)].sort()).toEqual([
    '/api/auth/get-session',
    '/api/auth/jwks',
    '/api/auth/sign-in/email',
    '/api/auth/sign-in/sso',
    '/api/auth/sign-out',
    '/api/auth/sso/callback/{providerId}',
    '/api/auth/token',
    '/api/v1/invitations/accept',
    '/api/v1/invitations/look-up',
    '/api/v1/owner-session',
    '/api/v1/password-resets',
    '/api/v1/password-resets/request',
    '/api/v1/sign-in-methods',
    '/health',
    '/health/live',
    '/health/ready',
    '/metrics',
  ])
  for (const route of routes.filter((each) => !each.open))
    for (const authorization of ['', 'Bearer wrong', `Basic ${system.token}`]) {
      const response = await system.request(route.method, fill(route.path, mine), {
        body: bodyOf(route),
        headers: { authorization },
      })
      expect([route.method, route.path, response.status]).toEqual([route.method, route.path, 401])
      expect(await response.json()).toMatchObject({ code: 'not-authenticated' })
    }
  for (const route of ['/api/docs', '/api/openapi.json'])
    expect((await fetch(`${system.server.url}${route}`)).status).toBe(200)
})

test('what belongs to another school is 404, to the letter as what does not exist', async () => {
  // Invitations, sessions and providers hold no school's work; their own tests ask for those of others.
  const routes = (await listRoutes()).filter(
    ({ path }) => path.includes('{') && !/\{(invitation|session|provider)Id\}/.test(path),
  )
  expect(routes.length).toBeGreaterThan(12)
  const absent = {
    batchId: mint<string>(),
    fileUploadId: mint<string>(),
    runId: mint<string>(),
    essayId: mint<string>(),
    userId: mint<string>(),
    correlationId: 'nobodys',
  }
  for (const route of routes) {
    const ask = async (ids: Record<string, string>) => {
      const path = `${fill(route.path, ids)}${route.path.endsWith('/export') ? '?format=csv' : ''}`
      const response = await system.request(route.method, path, {
        body: bodyOf(route),
        headers: { 'x-correlation-id': 'same' },
      })
      const kept = Object.fromEntries([...response.headers].filter(([name]) => name !== 'date'))
      return {
        route: `${route.method} ${route.path}`,
        status: response.status,
        headers: kept,
        body: await response.text(),
      }
    }
    const foreign = await ask(theirs)
    expect(foreign).toMatchObject({ route: `${route.method} ${route.path}`, status: 404 })
    expect(foreign).toEqual(await ask(absent))
  }
  for (const path of ['batches', `batches/${mine.batchId}/files`]) {
    const { items } = await system.json<{ items: object[] }>('GET', path)
    expect(items).toHaveLength(1)
  }
  expect(await system.json('GET', `batches/${mine.batchId}`)).toMatchObject({
    counts: { received: 1, slotsUsed: 1 },
  })
})

test('an essay of another school is not taken into a run', async () => {
  const runId = await system.startRun(mine.batchId!, { essays: [theirs.essayId] })
  expect(await system.ended(runId)).toMatchObject({ outcome: 'failed' })
})

test('a foreign Host, and a page from elsewhere, are refused before anything else', async () => {
  const { port } = new URL(system.server.url)
  const ask = (headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = httpRequest(
        {
          port,
          host: '127.0.0.1',
          path: '/api/v1/batches',
          headers: { authorization: `Bearer ${system.token}`, ...headers },
        },
        (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        },
      )
      sent.on('error', reject).end()
    })
  expect(await ask({ host: 'evil.example' })).toBe(421)
  expect(await ask({ host: `evil.example:${port}` })).toBe(421)
  expect(await ask({ origin: 'http://evil.example' })).toBe(403)
  expect(await ask({ origin: 'null' })).toBe(403)
  expect(await ask({ origin: `https://localhost:${port}` })).toBe(403)
  expect(await ask({ origin: `http://localhost:${port}` })).toBe(200)
  await until(
    () => ask({}),
    (status) => status === 200,
  )
})
