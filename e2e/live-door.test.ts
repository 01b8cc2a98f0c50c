import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Health } from '#contracts/health.ts'
import { closeCodes } from '#contracts/realtime.ts'
import { openLive, tryUpgrade, type LiveSocket } from './live-client.ts'
import { claimsOf, startPeople, type People, type Person } from './people.ts'
import { until } from './system.ts'

let server: People
let teacher: Person
const open: LiveSocket[] = []
beforeAll(async () => {
  server = await startPeople({ connectionsPerUser: 4 })
  teacher = server.people.teacher
}, 120_000)
afterAll(async () => {
  for (const live of open) live.end()
  await server?.stop()
})

const connect = async (options: Parameters<typeof openLive>[1] = {}): Promise<LiveSocket> => {
  const live = await openLive(server.server.url, options)
  open.push(live)
  return live
}
const known = (): Promise<LiveSocket> => connect({ token: teacher.jwt })
const fromNow = { type: 'subscribe', epoch: null, seq: null }
const ownPage = () => ({ origin: server.server.url })

test('only a client that offers assay.v1 is let in, and is answered with exactly that', async () => {
  const live = await connect({ protocol: ['other', 'assay.v1'], token: teacher.jwt })
  expect(live.socket.protocol).toBe('assay.v1')
  live.end()
  for (const protocol of [[], ['assay.v2'], ['ASSAY.V1']])
    expect(await tryUpgrade(server.server.url, { protocol, token: teacher.jwt })).toMatchObject({
      status: 400,
    })
  expect((await fetch(`${server.server.url}/realtime`)).status).toBe(400)
})

test('a page from elsewhere, a bad token and a cookie without a page are refused before the upgrade', async () => {
  const refused = async (options: Parameters<typeof tryUpgrade>[1]) =>
    (await tryUpgrade(server.server.url, options)).status
  for (const origin of ['https://evil.example', `${server.server.url}.evil.example`, 'null'])
    expect(await refused({ headers: { origin }, token: teacher.jwt })).toBe(403)
  expect(await refused({ token: 'nonsense' })).toBe(401)
  expect(await refused({ token: server.people.expired.jwt })).toBe(401)
  expect(await refused({ token: server.people.disabled.jwt })).toBe(401)
  expect(await refused({ headers: { authorization: 'Basic abc' } })).toBe(401)
  expect(await refused({ headers: { cookie: teacher.cookie } })).toBe(403)
  expect(await refused({ headers: { cookie: teacher.cookie, ...ownPage() } })).toBe(101)
  expect(await refused({ token: teacher.jwt })).toBe(101)
})

test('whoever does not say who they are is told nothing, and is closed with 4401 after five seconds', async () => {
  const live = await connect()
  expect(await live.closed).toMatchObject({ code: closeCodes.notAuthenticated })
  expect(live.texts).toEqual([])
})

test('a first frame that does not authenticate, or not well, closes with 4401 and is not answered', async () => {
  const firsts = [
    JSON.stringify(fromNow),
    '{"type":"ping"}',
    'no JSON',
    '{"type":"authenticate"}',
    '{"type":"authenticate","token":"nonsense"}',
    JSON.stringify({ type: 'authenticate', token: server.people.disabled.jwt }),
    JSON.stringify({ type: 'authenticate', token: server.people.expired.jwt }),
    JSON.stringify({ type: 'authenticate', token: server.token }),
  ]
  for (const first of firsts) {
    const live = await connect()
    live.sendText(first)
    live.send({ type: 'ping' })
    expect([first, (await live.closed).code]).toEqual([first, closeCodes.notAuthenticated])
    expect(live.texts).toEqual([])
  }
  const stale = await connect({ headers: { cookie: server.people.expired.cookie, ...ownPage() } })
  stale.send(fromNow)
  expect(await stale.closed).toMatchObject({ code: closeCodes.notAuthenticated })
})

test('frames sent right behind the first one wait for it and are handled in order', async () => {
  const live = await connect()
  live.send({ type: 'authenticate', token: teacher.jwt })
  live.send({ type: 'ping' })
  live.send({ type: 'nonsense' })
  live.send({ type: 'ping' })
  live.send(fromNow)
  await live.frame('welcome')
  expect(live.frames.map((frame) => frame.type)).toEqual(['pong', 'error', 'pong', 'welcome'])
  live.end()
})

test('ping is answered by pong, and health by the health page', async () => {
  const live = await connect({ token: server.people.admin.jwt })
  live.send({ type: 'ping' })
  await live.frame('pong')
  live.send({ type: 'health' })
  const { type: _, ...health } = await live.frame('health')
  const page = (await (await fetch(`${server.server.url}/health`)).json()) as Health
  expect(Object.keys(health).sort()).toEqual(Object.keys(page).sort())
  expect((health as unknown as Health).subscriptions.map((each) => each.name)).toEqual(
    page.subscriptions.map((each) => each.name),
  )
  live.end()
})

test('a bad frame is answered by an error that says so, and the tenth closes with 4400', async () => {
  const live = await known()
  live.sendText('{')
  live.socket.send(Buffer.from([1, 2, 3]))
  live.send({ type: 'subscribe', epoch: null, seq: 3 })
  live.send({ type: 'subscribe', epoch: '01a1fe5c-274f-76e8-a7f4-633cb30b5d25', seq: null })
  live.send({ type: 'subscribe', epoch: 'x', seq: 1 })
  live.send({ type: 'subscribe' })
  live.send([fromNow])
  live.send(null)
  live.send({ type: 'subscribe', epoch: '01a1fe5c-274f-76e8-a7f4-633cb30b5d25', seq: -1 })
  live.send({ type: 'ping' })
  await live.frame('pong')
  expect(live.frames.map((frame) => frame.type)).toEqual([...Array(9).fill('error'), 'pong'])
  for (const frame of live.frames.slice(0, 9))
    expect(frame).toEqual({ type: 'error', code: expect.any(String), message: expect.stringMatching(/\.$/) })
  live.sendText('"')
  expect(await live.closed).toMatchObject({ code: closeCodes.badFrames })
})

test('a frame over 64 KiB closes with 1009, and one of just 64 KiB is only a bad one', async () => {
  const live = await known()
  live.sendText(JSON.stringify('x'.repeat(64 * 1024 - 2)))
  await live.frame('error')
  live.sendText(JSON.stringify('x'.repeat(64 * 1024 - 1)))
  expect(await live.closed).toMatchObject({ code: closeCodes.frameTooLarge })
})

test('more than a hundred frames in ten seconds close with 4429', async () => {
  const live = await known()
  for (let i = 0; i < 101; i += 1) live.send({ type: 'ping' })
  expect(await live.closed).toMatchObject({ code: closeCodes.tooManyFrames })
  expect(live.frames.length).toBeLessThanOrEqual(100)
})

test('a connection over the limit takes the place of the oldest of the same person only', async () => {
  const person = await server.addPerson('many-tabs', server.schools.ours, ['teacher'])
  const other = await known()
  const tabs: LiveSocket[] = []
  for (let i = 0; i < 6; i += 1) {
    const tab = await connect({ token: person.jwt })
    tab.send(fromNow)
    await tab.frame('welcome')
    tabs.push(tab)
  }
  expect(await tabs[0]!.closed).toMatchObject({ code: closeCodes.replaced })
  expect(await tabs[1]!.closed).toMatchObject({ code: closeCodes.replaced })
  expect([other, ...tabs.slice(2)].map((tab) => tab.closeCode())).toEqual([0, 0, 0, 0, 0])
  for (const tab of [other, ...tabs]) tab.end()
})

test('a fresh token on an open socket takes the old one over; one of somebody else closes it', async () => {
  const claims = claimsOf(teacher.jwt)
  const short = await server.forge({ ...claims, exp: Math.floor(Date.now() / 1000) + 8 })
  const refreshed = await connect({ token: short })
  const left = await connect({ token: short })
  refreshed.send({ type: 'authenticate', token: teacher.jwt })
  expect(await left.closed).toMatchObject({ code: closeCodes.notAuthenticated })
  refreshed.send({ type: 'ping' })
  await refreshed.frame('pong')

  refreshed.send({ type: 'authenticate', token: server.people.otherTeacher.jwt })
  expect(await refreshed.closed).toMatchObject({ code: closeCodes.notAuthenticated })
  const careless = await known()
  careless.send({ type: 'authenticate', token: 'nonsense' })
  expect(await careless.closed).toMatchObject({ code: closeCodes.notAuthenticated })
})

test('signing out closes what that session opened, and nothing else, with 4440', async () => {
  const person = await server.addPerson('leaver', server.schools.ours, ['teacher'])
  const again = await server.signIn(person.email, person.password)
  const cookie = again.headers.getSetCookie()[0]!.split(';')[0]!
  const byToken = await connect({ token: person.jwt })
  const byCookie = await connect({ headers: { cookie: person.cookie, ...ownPage() } })
  const elsewhere = await connect({ headers: { cookie, ...ownPage() } })
  await person.byCookie.request('POST', '/api/auth/sign-out', { body: {} })
  expect((await byToken.closed).code).toBe(closeCodes.revoked)
  expect((await byCookie.closed).code).toBe(closeCodes.revoked)
  elsewhere.send({ type: 'ping' })
  await elsewhere.frame('pong')
  elsewhere.end()
  expect(await tryUpgrade(server.server.url, { token: person.jwt })).toMatchObject({ status: 401 })
})

test('whatever is sent, the server neither falls nor says anything but frames of the protocol', async () => {
  const frame = fc.oneof(
    fc.json({ maxDepth: 3 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .record({
        type: fc.constantFrom('subscribe', 'authenticate', 'ping', 'health', 'welcome'),
        epoch: fc.oneof(fc.uuid(), fc.constant(null), fc.string(), fc.double()),
        seq: fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double(), fc.constant(null)),
        token: fc.oneof(fc.string(), fc.constant(undefined), fc.constant('__proto__')),
      })
      .map((each) => JSON.stringify(each)),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame, { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      async (texts, identified) => {
        const live = await openLive(server.server.url, identified ? { token: teacher.jwt } : {})
        for (const text of texts) live.sendText(text)
        live.send({ type: 'ping' })
        await until(
          async () => live.closeCode() !== 0 || live.frames.some((each) => each.type === 'pong'),
          (over) => over,
        )
        live.end()
        const said = new Set(live.frames.map((each) => each.type))
        const allowed = ['error', 'pong', 'health', 'welcome']
        expect([...said].filter((type) => !allowed.includes(type))).toEqual([])
        if (live.closeCode() !== 0) expect([4400, 4401, 1006]).toContain(live.closeCode())
        if (!identified) expect(live.texts).toEqual([])
      },
    ),
    { numRuns: 60 },
  )
  expect((await fetch(`${server.server.url}/health/ready`)).status).toBe(200)
})

test('a program that ends is not held by whoever comes back while it says goodbye', async () => {
  const deaf = await known()
  // It answers no goodbye, so that there is time to come back in.
  deaf.socket.pause()
  const restarted = server.restart()
  const statuses = new Set<number>()
  await until(
    async () => {
      const { status } = await tryUpgrade(server.server.url, { token: teacher.jwt }).catch(() => ({
        status: 0,
      }))
      return statuses.add(status)
    },
    (seen) => seen.has(0),
  )
  expect(statuses).toContain(503)
  await restarted
})
