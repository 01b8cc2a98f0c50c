import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Me } from '#contracts/identity.ts'
import { bearer, createClient } from './client.ts'
import { openAdministration } from '#services/identity/service.ts'
import { cookieOf, getToken, password, startPeople, type People } from './people.ts'
import { startSystem } from './system.ts'

let server: People
beforeAll(async () => {
  server = await startPeople()
}, 300_000)
afterAll(() => server?.stop())

const status = async (asked: Promise<Response>): Promise<number> => (await asked).status

test('a person signs in with email and password, and is then known by the cookie and by a JWT of ten minutes', async () => {
  const { teacher } = server.people
  const response = await server.signIn(teacher.email.toUpperCase(), password)
  expect(response.status).toBe(200)
  const [set] = response.headers.getSetCookie()
  expect(set).toMatch(/; HttpOnly/i)
  expect(set).toMatch(/; SameSite=Lax/i)
  expect(set).not.toMatch(/; Secure/i)
  const cookie = cookieOf(response)
  const jwt = await getToken(server.server.url, cookie)
  for (const credential of [{ cookie }, bearer(jwt)]) {
    const me = await createClient(() => server.server.url, credential).json<Me>('GET', 'me')
    expect(me).toEqual({
      userId: teacher.userId,
      schoolId: server.schools.ours,
      schoolName: 'Our school',
      name: 'teacher',
      email: teacher.email,
      roles: ['teacher'],
      mode: 'server',
      hasPassword: true,
    })
  }
})

test('who is anonymous, disabled, expired, or holds the owner token of a laptop is not let in', async () => {
  const { disabled, expired } = server.people
  for (const client of [server.anonymous, disabled, disabled.byCookie, expired, expired.byCookie])
    expect(await status(client.request('GET', 'me'))).toBe(401)
  const owner = createClient(() => server.server.url, server.token)
  expect(await status(owner.request('GET', 'batches'))).toBe(401)
  expect(await status(server.signIn(disabled.email, password))).toBe(401)
})

test('nobody makes an account by themselves, and nothing else of better-auth is open', async () => {
  const body = { email: 'new@school.example', password, name: 'New' }
  for (const path of [
    'sign-up/email',
    'update-user',
    'change-password',
    'delete-user',
    'request-password-reset',
  ])
    expect(await status(server.anonymous.request('POST', `/api/auth/${path}`, { body })), path).toBe(404)
})

test('signing out ends the session at once, for the cookie and for its JWT, and says so on the log', async () => {
  const { rows } = await server.testDatabase.ownerPool.query<{ n: number }>(
    'select count(*)::int as n from bus.events where type = $1',
    ['identity.sessions-revoked'],
  )
  const person = await server.addPerson('leaver', server.schools.ours, ['teacher'])
  const answer = await person.byCookie.request('POST', '/api/auth/sign-out', { body: {} })
  expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)])
  expect(answer.headers.getSetCookie()[0]).toMatch(/Max-Age=0/)
  expect(await status(person.byCookie.request('GET', 'me'))).toBe(401)
  expect(await status(person.request('GET', 'me'))).toBe(401)
  const { rows: events } = await server.testDatabase.ownerPool.query<{ data: unknown }>(
    `select payload -> 'data' as data from bus.events where type = $1 order by seq offset $2`,
    ['identity.sessions-revoked', rows[0]!.n],
  )
  expect(events.map((event) => event.data)).toEqual([
    { userId: person.userId, sessionId: person.sessionId, reason: 'signed-out' },
  ])
})

test('a page from elsewhere cannot sign anyone in or out', async () => {
  const headers = { origin: 'https://evil.example' }
  const body = { email: server.people.teacher.email, password }
  for (const path of ['sign-in/email', 'sign-out'])
    expect(
      await status(server.people.teacher.byCookie.request('POST', `/api/auth/${path}`, { body, headers })),
    ).toBe(403)
  expect(await status(server.people.teacher.byCookie.request('GET', 'me'))).toBe(200)
})

test('behind https cookies are for https alone; pages of the origins in the settings may sign in, and look-alikes may not', async () => {
  const system = await startSystem({
    mode: 'server',
    publicUrl: 'https://assay.school.example',
    origins: 'https://app.school.example,https://other.example:8443',
  })
  try {
    const administration = openAdministration(system.testDatabase.connectionString, system.server.bus)
    const schoolId = await administration.addSchool('A school')
    const email = 'ana@school.example'
    await administration.addPerson({ email, name: 'Ana', schoolId, roles: ['teacher'], password })
    await administration.close()
    const signIn = (origin: string): Promise<Response> =>
      createClient(() => system.server.url, {}).request('POST', '/api/auth/sign-in/email', {
        body: { email, password },
        headers: { origin },
      })
    for (const origin of [
      'https://assay.school.example',
      'https://app.school.example',
      'https://other.example:8443',
    ]) {
      const response = await signIn(origin)
      expect([origin, response.status]).toEqual([origin, 200])
      expect(response.headers.getSetCookie()[0]).toMatch(/^__Secure-assay\.session_token=.*; Secure/)
      const client = createClient(() => system.server.url, { cookie: cookieOf(response) })
      expect((await client.request('GET', 'me')).status).toBe(200)
    }
    for (const origin of [
      'https://app.school.example.evil.example',
      'https://evil-app.school.example',
      'http://app.school.example',
      'https://other.example',
      'null',
    ])
      expect([origin, (await signIn(origin)).status]).toEqual([origin, 403])
  } finally {
    await system.stop()
  }
}, 300_000)
