import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Me, SignInMethods } from '#contracts/identity.ts'
import { createClient } from './client.ts'
import { asBrowser, cookieOf, password } from './people.ts'
import { startSystem, type System } from './system.ts'

let system: System
beforeAll(async () => {
  system = await startSystem()
}, 300_000)
afterAll(() => system?.stop())

const url = (): string => system.server.url
const nobody = createClient(url, {})
const methods = () => nobody.json<SignInMethods>('GET', 'sign-in-methods')
const continueAsOwner = (headers: Record<string, string> = { origin: url() }) =>
  nobody.request('POST', 'owner-session', { headers })
const signIn = (email: string, secret: string): Promise<Response> =>
  nobody.request('POST', '/api/auth/sign-in/email', { body: { email, password: secret } })

/** The status of a request with any `Host`, which fetch does not let one choose. */
const statusWith = (headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(`${url()}/api/v1/owner-session`, { method: 'POST', headers }, (response) =>
      resolve(response.resume().statusCode ?? 0),
    )
    request.on('error', reject).end()
  })

test('a laptop’s owner continues with one click in a page of the program, and is the person whom the owner token names', async () => {
  expect(await methods()).toEqual({ mode: 'laptop', ownerMayContinue: true, password: false, providers: [] })
  const answer = await continueAsOwner()
  expect(answer.status).toBe(200)
  const byToken = await system.json<Me>('GET', 'me')
  expect(await answer.json()).toEqual(byToken)
  expect(byToken).toMatchObject({
    schoolName: 'This computer',
    email: null,
    roles: ['admin', 'teacher', 'judge', 'student'],
    mode: 'laptop',
    hasPassword: false,
  })
  const owner = asBrowser(url, cookieOf(answer))
  expect(await owner.json<Me>('GET', 'me')).toEqual(byToken)
  await system.restart()
  expect(await owner.json<Me>('GET', 'me')).toEqual(byToken)
  expect(await system.json<Me>('GET', 'me')).toEqual(byToken)
})

test('no other page and no other computer continues as the owner', async () => {
  const { port } = system.server
  const own = { host: `localhost:${port}`, origin: `http://localhost:${port}` }
  expect(await statusWith(own)).toBe(200)
  for (const [headers, status] of [
    [{ host: own.host }, 403],
    [{ ...own, origin: 'null' }, 403],
    [{ ...own, origin: 'https://evil.example' }, 403],
    [{ ...own, origin: `https://localhost:${port}` }, 403],
    [{ ...own, origin: 'http://localhost' }, 403],
    [{ ...own, origin: `http://localhost.evil.example:${port}` }, 403],
    [{ ...own, host: 'evil.example' }, 421],
    [{ ...own, 'x-forwarded-for': '203.0.113.9' }, 403],
    [{ ...own, via: '1.1 proxy' }, 403],
  ] as const)
    expect([headers, await statusWith(headers)]).toEqual([headers, status])
})

test('once a password is set it is asked for, until it is taken away; other sessions end, this one and the token go on', async () => {
  const here = asBrowser(url, cookieOf(await continueAsOwner()))
  const elsewhere = asBrowser(url, cookieOf(await continueAsOwner()))
  const email = 'Owner@home.example'
  const weak = await here.request('POST', 'owner-password', { body: { email, password: 'short' } })
  expect(weak.status).toBe(422)
  expect((await here.request('POST', 'owner-password', { body: { email, password } })).status).toBe(204)
  expect(await methods()).toMatchObject({ ownerMayContinue: false, password: true })
  expect((await continueAsOwner()).status).toBe(403)
  expect((await elsewhere.request('GET', 'me')).status).toBe(401)
  expect(await here.json('GET', 'me')).toMatchObject({ email: 'owner@home.example', hasPassword: true })
  expect((await system.request('GET', 'me')).status).toBe(200)
  expect((await signIn(email, 'a wrong password')).status).toBe(401)
  const signedIn = await signIn(email, password)
  expect(signedIn.status).toBe(200)
  expect(await asBrowser(url, cookieOf(signedIn)).json('GET', 'me')).toMatchObject({ mode: 'laptop' })

  expect((await here.request('DELETE', 'owner-password')).status).toBe(204)
  expect((await signIn(email, password)).status).toBe(401)
  expect((await continueAsOwner()).status).toBe(200)
  expect(await methods()).toMatchObject({ ownerMayContinue: true, password: false })
}, 300_000)

test('on a server nobody continues as an owner, and there is no owner’s password', async () => {
  const server = await startSystem({ mode: 'server' })
  try {
    const anyone = createClient(() => server.server.url, {})
    expect(await anyone.json('GET', 'sign-in-methods')).toEqual({
      mode: 'server',
      ownerMayContinue: false,
      password: true,
      providers: [],
    })
    const headers = { origin: server.server.url }
    expect((await anyone.request('POST', 'owner-session', { headers })).status).toBe(403)
    expect((await server.request('GET', 'me')).status).toBe(401)
  } finally {
    await server.stop()
  }
}, 300_000)
