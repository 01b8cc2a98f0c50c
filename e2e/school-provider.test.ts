import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Me } from '#contracts/identity.ts'
import { openAdministration } from '#services/identity/service.ts'
import { asBrowser, password, startPeople, type People } from './people.ts'

/** A school's own provider on loopback; whoever it is told to sign in next is signed in without a question. */
interface SchoolProvider {
  issuer: string
  next: { sub: string; email: string; verified?: boolean }
  close(): Promise<void>
}

async function startProvider(redirectUri: string): Promise<SchoolProvider> {
  let handle: (...given: Parameters<ReturnType<Provider['callback']>>) => unknown = () => {}
  const server: Server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const school: SchoolProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: { sub: '', email: '' },
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  }
  const accounts = new Map<string, SchoolProvider['next']>()
  const key = await generateKeyPair('RS256', { extractable: true })
  const provider = new Provider(school.issuer, {
    clients: [
      {
        client_id: 'assay',
        client_secret: 'a client secret',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    jwks: { keys: [{ ...(await exportJWK(key.privateKey)), use: 'sig', alg: 'RS256' }] },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    cookies: { keys: ['only for this test'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => {
        const { email, verified } = accounts.get(id)!
        return { sub: id, email, email_verified: verified ?? true, name: `Person ${id}` }
      },
    }),
  })
  provider.on('server_error', (_context, error) => console.error(error))
  const callback = provider.callback()
  handle = async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', school.issuer)
    if (!pathname.startsWith('/interaction/')) return callback(request, response)
    const { params } = await provider.interactionDetails(request, response)
    const { sub } = school.next
    accounts.set(sub, school.next)
    const grant = new provider.Grant({ accountId: sub, clientId: params.client_id as string })
    grant.addOIDCScope('openid email profile')
    await provider.interactionFinished(request, response, {
      login: { accountId: sub },
      consent: { grantId: await grant.save() },
    })
  }
  return school
}

let server: People
let provider: SchoolProvider
beforeAll(async () => {
  server = await startPeople()
  provider = await startProvider(`${server.server.url}/api/auth/sso/callback/hill`)
  const administration = openAdministration(server.testDatabase.connectionString, server.server.bus)
  await administration.addProvider({
    providerId: 'hill',
    schoolId: server.schools.ours,
    name: 'Hill School',
    issuer: provider.issuer,
    domain: 'school.example',
    clientId: 'assay',
    clientSecret: 'a client secret',
  })
  await administration.close()
}, 300_000)
afterAll(async () => {
  await server?.stop()
  await provider?.close()
})

/** Goes through the whole sign-in as a browser does, with a cookie jar for each host, and says where it ends. */
async function signInAs(
  person: SchoolProvider['next'],
  options: { changeCallback?: (url: URL) => void } = {},
): Promise<{ ended: string; cookie: string }> {
  provider.next = person
  const jars = new Map<string, Map<string, string>>()
  const go = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const jar = jars.get(new URL(url).host) ?? new Map<string, string>()
    jars.set(new URL(url).host, jar)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...(init.headers as Record<string, string>), ...(cookie ? { cookie } : {}) }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';')
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
      if (value === '' || /max-age=0|expires=Thu, 01 Jan 1970/i.test(set)) jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }
  const begun = await go(`${server.server.url}/api/auth/sign-in/sso`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.server.url },
    body: JSON.stringify({ providerId: 'hill', callbackURL: '/batches' }),
  })
  if (!begun.ok) throw new Error(await begun.text())
  let { url } = (await begun.json()) as { url: string }
  for (let hop = 0; hop < 12; hop++) {
    const next = new URL(url)
    if (next.pathname.startsWith('/api/auth/sso/callback/')) options.changeCallback?.(next)
    const response = await go(next.href)
    const location = response.headers.get('location')
    if (location === null) throw new Error(`${url}: ${response.status} ${await response.text()}`)
    url = new URL(location, next).href
    const { host, pathname, search } = new URL(url)
    if (host === new URL(server.server.url).host && !pathname.startsWith('/api/')) {
      const jar = jars.get(host)!
      const session = [...jar].filter(([name]) => name.endsWith('session_token'))
      return { ended: `${pathname}${search}`, cookie: session.map((pair) => pair.join('=')).join('; ') }
    }
  }
  throw new Error(`it goes round in circles at ${url}`)
}

const me = (cookie: string): Promise<Me> => asBrowser(() => server.server.url, cookie).json<Me>('GET', 'me')
const refused = { ended: expect.stringMatching(/^\/sign-in\?error=not-invited/), cookie: '' }

test('the sign-in page offers the provider, and a person of the school gets in with it as who they are', async () => {
  expect(await server.anonymous.json('GET', 'sign-in-methods')).toMatchObject({
    providers: [{ providerId: 'hill', name: 'Hill School' }],
  })
  const { teacher } = server.people
  const first = await signInAs({ sub: 't1', email: 'Teacher@School.example' })
  expect(first.ended).toBe('/batches')
  expect(await me(first.cookie)).toMatchObject({
    userId: teacher.userId,
    roles: ['teacher'],
    name: 'teacher',
    hasPassword: true,
  })
  // Known by the account from then on, whatever address the provider has for it now; the password goes on too.
  const second = await signInAs({ sub: 't1', email: 'married@school.example' })
  expect(await me(second.cookie)).toMatchObject({ userId: teacher.userId, email: teacher.email })
  expect((await server.signIn(teacher.email, password)).status).toBe(200)
}, 300_000)

test('somebody who is invited gets an account with the invited roles, once; somebody who is not gets none', async () => {
  const { admin } = server.people
  expect(await signInAs({ sub: 'n1', email: 'newcomer@school.example' })).toEqual(refused)
  await admin.json('POST', 'invitations', { email: 'newcomer@school.example', roles: ['judge'] })
  const { ended, cookie } = await signInAs({ sub: 'n1', email: 'newcomer@school.example' })
  expect(ended).toBe('/batches')
  expect(await me(cookie)).toMatchObject({ name: 'Person n1', roles: ['judge'], hasPassword: false })
  expect(await admin.json('GET', 'invitations')).toMatchObject({ items: [] })
  const { rows } = await server.testDatabase.ownerPool.query<{ n: number }>(
    `select count(*)::int as n from identity.users where email like '%newcomer%'`,
  )
  expect(rows[0]!.n).toBe(1)
}, 300_000)

test('a provider lets in nobody of another school, of another domain, disabled, or with an address it does not vouch for', async () => {
  const { otherAdmin, disabled, student } = server.people
  expect(await signInAs({ sub: 'x1', email: otherAdmin.email })).toEqual(refused)
  expect(await signInAs({ sub: 'x2', email: disabled.email })).toEqual(refused)
  expect(await signInAs({ sub: 'x3', email: student.email, verified: false })).toEqual(refused)
  await server.people.admin.json('POST', 'invitations', {
    email: 'guest@elsewhere.example',
    roles: ['admin'],
  })
  expect(await signInAs({ sub: 'x4', email: 'guest@elsewhere.example' })).toEqual(refused)
  const { rows } = await server.testDatabase.ownerPool.query<{ account: string }>(
    `select account_id as account from identity.accounts where account_id like 'x%'`,
  )
  expect(rows).toEqual([])
}, 300_000)

test('a way back with another state, or to another site, is not taken', async () => {
  const change = (name: string, value: string) => ({
    changeCallback: (url: URL) => url.searchParams.set(name, value),
  })
  for (const options of [change('state', 'made-up'), change('code', 'made-up')]) {
    const { ended, cookie } = await signInAs({ sub: 't1', email: server.people.teacher.email }, options)
    expect([ended, cookie]).toEqual([expect.stringMatching(/error=/), ''])
  }
  for (const callbackURL of ['https://evil.example/', '//evil.example', '/\\evil.example'])
    expect(
      (
        await server.anonymous.request('POST', '/api/auth/sign-in/sso', {
          body: { providerId: 'hill', callbackURL },
        })
      ).status,
    ).toBe(422)
  const unknown = await server.anonymous.request('POST', '/api/auth/sign-in/sso', {
    body: { providerId: 'valley' },
  })
  expect(unknown.status).toBe(404)
}, 300_000)
