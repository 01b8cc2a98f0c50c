import { afterAll, beforeAll, expect, test } from 'vitest'
import { access } from '#apps/server/access.ts'
import type { Role } from '#contracts/identity.ts'
import type { AccessRow, Whose } from '#platform/http/access.ts'
import type { Route } from '#platform/http/doors.ts'
import { bearer, createClient, formOf, textFile, type Client } from '../client.ts'
import { startPeople, type Name, type People, type Person } from '../people.ts'
import { absentThings, freshFor, makeThings, type Things } from './things.ts'

/** Whose a thing is, for a teacher of our school who looks at it. */
type Place = 'own' | 'sharedWithMe' | 'colleagues' | 'otherSchools' | 'absent'
const places: Place[] = ['own', 'sharedWithMe', 'colleagues', 'otherSchools', 'absent']
const noGood: Name[] = ['disabled', 'expired']
const good: Name[] = ['student', 'judge', 'teacher', 'otherTeacher', 'admin', 'otherAdmin']

let server: People
let things: Record<Place, Things>
let owners: Record<Exclude<Place, 'absent'>, Person>
beforeAll(async () => {
  server = await startPeople()
  const { teacher, otherTeacher, admin, otherAdmin } = server.people
  owners = { own: teacher, sharedWithMe: otherTeacher, colleagues: otherTeacher, otherSchools: otherAdmin }
  const made: Partial<Record<Place, Things>> = { absent: absentThings() }
  for (const [place, owner] of Object.entries(owners))
    made[place as Place] = await makeThings(server, owner, place)
  things = made as Record<Place, Things>
  const shared = `batches/${things.sharedWithMe.batchId}/people/${teacher.userId}`
  expect((await otherTeacher.request('PUT', shared)).status).toBe(204)
  expect(admin.schoolId).toBe(teacher.schoolId)
}, 240_000)
afterAll(() => server?.stop())

const rowOf = (route: Route): AccessRow => access[`${route.method} ${route.path}`] as AccessRow
const rolesOf: Record<Name, Role> = {
  admin: 'admin',
  teacher: 'teacher',
  otherTeacher: 'teacher',
  judge: 'judge',
  student: 'student',
  disabled: 'teacher',
  expired: 'teacher',
  otherAdmin: 'admin',
}

/** The walls in words: 401, 403, 404, or `reached`. Written anew here, so that it checks the server's own. */
function expected(row: AccessRow, name: Name | 'anonymous', place: Place | null): number | 'reached' {
  if (row === 'open') return 'reached'
  if (name === 'anonymous' || noGood.includes(name)) return 401
  if (row === 'signed-in') return 'reached'
  const rights: Partial<Record<Role, Whose>> = row === 'operator' ? { admin: 'school' } : row
  const right = rights[rolesOf[name]]
  if (!right) return 403
  if (place === null) return 'reached'
  if (place === 'absent') return 404
  if ((place === 'otherSchools') !== (name === 'otherAdmin')) return 404
  if (right === 'school') return 'reached'
  if (place !== 'otherSchools' && owners[place] === server.people[name]) return 'reached'
  if (place !== 'sharedWithMe' || name !== 'teacher') return 404
  return right === 'made' ? 403 : 'reached'
}

/** A body that each route accepts, so that it is the walls that answer; a route without one gets `{}`. */
const bodies: Record<string, (things: Things) => unknown> = {
  'POST /api/v1/batches': () => ({ title: 'Walked' }),
  'POST /api/v1/essays/:essayId/retry': () => ({ phase: 'spelling' }),
  'POST /api/v1/dead-letters/replay': () => ({ subscription: 'results' }),
  'PATCH /api/v1/people/:userId': () => ({ roles: ['teacher'] }),
  'PATCH /api/v1/school': () => ({ keepDays: null }),
  'POST /api/v1/invitations': ({ batchId }) => ({
    email: `walk-${batchId}@school.example`,
    roles: ['judge'],
  }),
}
const queries: Record<string, string> = { 'GET /api/v1/batches/:batchId/export': '?format=csv' }

const paramsOf = (path: string): string[] => [...path.matchAll(/:(\w+)/g)].map((match) => match[1]!)
const fill = (route: Route, named: Things): string =>
  route.path
    .replace(/:(\w+)/g, (_, name: string) =>
      encodeURIComponent((named as unknown as Record<string, string>)[name] ?? 'x'),
    )
    .replace('*', 'x') + (queries[`${route.method} ${route.path}`] ?? '')

interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

async function ask(client: Client, route: Route, named: Things, method = route.method): Promise<Answer> {
  const made = bodies[`${route.method} ${route.path}`]
  const unsafe = !['GET', 'HEAD', 'DELETE', 'PUT'].includes(method)
  const body =
    route.takes === 'multipart/form-data'
      ? formOf([textFile('walk.txt', 'An essay that is walked with.')])
      : unsafe
        ? (made?.(named) ?? {})
        : undefined
  const response = await client.request(method, fill(route, named), {
    body,
    // A proxy's header: whoever sends it is not taken for somebody at this computer.
    headers: { 'x-correlation-id': 'walking', 'x-forwarded-for': '203.0.113.9' },
  })
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'date'))
  return { status: response.status, headers, body: await response.text() }
}

const isReached = ({ status }: Answer): boolean => ![401, 403, 404].includes(status) && status < 500

/** What goes wrong where one person meets one route and one thing; null when it is as the table says. */
async function judge(
  client: Client,
  name: Name | 'anonymous',
  route: Route,
  place: Place | null,
  named: Things,
): Promise<string | null> {
  const wanted = expected(rowOf(route), name, place)
  const fresh = freshFor[`${route.method} ${route.path}`]
  const used =
    wanted === 'reached' && fresh && place && place !== 'absent'
      ? { ...named, ...(await fresh(server, owners[place], named)) }
      : named
  const answer = await ask(client, route, used)
  const said = `${name}, ${place ?? 'no thing'}: ${route.method} ${route.path} is ${answer.status}`
  if (wanted === 'reached')
    return isReached(answer) ? null : `${said}, not reached: ${answer.body.slice(0, 200)}`
  if (answer.status !== wanted) return `${said}, not ${wanted}`
  const { code } = JSON.parse(answer.body) as { code: string }
  const codes = { 401: 'not-authenticated', 403: 'not-allowed', 404: 'not-found' } as Record<number, string>
  return code === codes[wanted] ? null : `${said} with the code ${code}`
}

/** Routes behind the walls: of what anyone may ask there is nothing to walk. */
const walled = (): Route[] => server.server.routes.filter((route) => rowOf(route) !== 'open' && rowOf(route))
const placesOf = (route: Route): (Place | null)[] => (paramsOf(route.path).length > 0 ? places : [null])

test('the table and the running server have the same routes', () => {
  const running = server.server.routes
    .filter(({ path }) => !path.startsWith('/api/docs'))
    .map(({ method, path }) => `${method} ${path}`)
  expect(running.toSorted()).toEqual(Object.keys(access).toSorted())
  expect(walled().length).toBeGreaterThan(30)
})

test('without an identity, or with one that is not good any more, nothing behind the walls is reached', async () => {
  const { disabled, expired } = server.people
  const url = (): string => server.server.url
  const clients: [Name | 'anonymous', Client][] = [
    ['anonymous', server.anonymous],
    ['anonymous', createClient(url, bearer('wrong'))],
    ['anonymous', createClient(url, bearer(server.token))],
    ['anonymous', createClient(url, { authorization: `Basic ${server.token}` })],
    ['disabled', disabled],
    ['expired', expired],
  ]
  for (const name of noGood)
    clients.push([name, createClient(url, { cookie: server.people[name].cookie, origin: server.server.url })])
  const wrong: (string | null)[] = []
  for (const route of walled())
    for (const [name, client] of clients)
      for (const place of placesOf(route).filter((each) => each !== 'sharedWithMe' && each !== 'colleagues'))
        wrong.push(await judge(client, name, route, place, things[place ?? 'absent']))
  expect(wrong.filter((each) => each !== null)).toEqual([])
}, 240_000)

test('every person meets at every route and every thing exactly what the table says', async () => {
  const wrong: (string | null)[] = []
  for (const route of walled().filter((each) => rowOf(each) !== 'signed-in'))
    for (const name of good)
      for (const place of placesOf(route))
        wrong.push(await judge(server.people[name], name, route, place, things[place ?? 'absent']))
  expect(wrong.filter((each) => each !== null)).toEqual([])
}, 480_000)

test('what is about oneself is for everyone who is signed in, and about nobody else', async () => {
  for (const route of walled().filter((each) => rowOf(each) === 'signed-in'))
    for (const role of ['student', 'judge', 'teacher', 'admin'] as const) {
      // What it does to them, such as signing out everywhere, is no matter.
      const person = await server.addPerson(`once-${role}-${crypto.randomUUID()}`, server.schools.ours, [
        role,
      ])
      const answer = await ask(person, route, { ...things.absent, sessionId: person.sessionId })
      expect([route.path, role, answer.status]).not.toContain(401)
      expect(answer.status).toBeLessThan(500)
    }
  const { teacher } = server.people
  for (const route of walled().filter(
    (each) => rowOf(each) === 'signed-in' && paramsOf(each.path).length > 0,
  ))
    expect(await ask(teacher, route, things.otherSchools)).toEqual(await ask(teacher, route, things.absent))
}, 240_000)

test("another school's thing, and a colleague's, answer to the letter as what does not exist", async () => {
  const compared: string[] = []
  for (const route of walled().filter((each) => paramsOf(each.path).length > 0))
    for (const name of good) {
      const row = rowOf(route)
      const hidden = places.filter((place) => place !== 'absent' && expected(row, name, place) === 404)
      if (hidden.length === 0) continue
      const absent = await ask(server.people[name], route, things.absent)
      for (const place of hidden) {
        expect(await ask(server.people[name], route, things[place]), `${name}, ${place}`).toEqual(absent)
        compared.push(`${name} ${place} ${route.path}`)
      }
    }
  expect(compared.length).toBeGreaterThan(100)
}, 480_000)

test('a HEAD tells no more than its GET', async () => {
  const { teacher, student } = server.people
  for (const route of walled().filter((each) => each.method === 'GET'))
    for (const client of [server.anonymous, student, teacher])
      for (const place of placesOf(route)) {
        const named = things[place ?? 'absent']
        const [get, head] = [await ask(client, route, named), await ask(client, route, named, 'HEAD')]
        expect([route.path, place, head.status]).toEqual([route.path, place, get.status])
        expect(head.body).toBe('')
      }
}, 240_000)
