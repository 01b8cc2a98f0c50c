import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient } from './client.ts'
import { runAssay, startLocalProgram, type Ended, type LocalProgram } from './local-process.ts'
import { cookieOf, password } from './people.ts'

let local: LocalProgram
let url: string
beforeAll(async () => {
  local = await startLocalProgram({ args: ['--mode=server'] })
  url = (JSON.parse(await readFile(join(local.data, 'server.json'), 'utf8')) as { url: string }).url
}, 300_000)
afterAll(() => local?.remove())

const assay = (args: string[], stdin?: string): Promise<Ended> =>
  runAssay([...args, '--data', local.data], stdin === undefined ? {} : { stdin })
const userAdd = (email: string, schoolId: string, ...more: string[]): string[] => [
  'user',
  'add',
  email,
  '--school',
  schoolId,
  '--password-stdin',
  ...more,
]
const signIn = (email: string, secret: string): Promise<Response> =>
  fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: secret }),
  })

test('a school and its people are made beside the running server, and can sign in at once; a disabled one cannot', async () => {
  const school = await assay(['school', 'add', 'Hill School', '--json'])
  expect(school).toMatchObject({ code: 0, stderr: '' })
  const { schoolId } = JSON.parse(school.stdout) as { schoolId: string }
  const added = await assay(
    userAdd('Ana@hill.example', schoolId, '--role', 'teacher,judge', '--role', 'admin', '--json'),
    `${password}\n`,
  )
  expect(added).toMatchObject({ code: 0, stderr: '' })
  const { userId } = JSON.parse(added.stdout) as { userId: string }
  const signedIn = await signIn('ana@hill.example', password)
  expect(signedIn.status).toBe(200)
  const ana = createClient(() => url, { cookie: cookieOf(signedIn) })
  expect(await ana.json('GET', 'me')).toMatchObject({
    userId,
    schoolId,
    schoolName: 'Hill School',
    roles: ['teacher', 'judge', 'admin'],
  })

  const list = await assay(['user', 'list'])
  expect(list.stdout).toMatch(/ana@hill\.example .*teacher, judge, admin +active/)
  expect((await assay(['school', 'list'])).stdout).toContain(schoolId)

  expect(
    await assay(['user', 'reset-password', 'ana@hill.example', '--password-stdin'], 'another long one'),
  ).toMatchObject({ code: 0 })
  expect((await signIn('ana@hill.example', password)).status).toBe(401)
  expect((await signIn('ana@hill.example', 'another long one')).status).toBe(200)
  const linked = await assay(['user', 'reset-password', 'ana@hill.example'])
  expect(linked.stdout).toMatch(new RegExp(`^${url}/reset#token=[\\w-]{43}\n$`))
  const chosen = await fetch(`${url}/api/v1/password-resets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: linked.stdout.trim().split('=')[1], password: 'chosen by a link' }),
  })
  expect(chosen.status).toBe(204)
  expect((await signIn('ana@hill.example', 'chosen by a link')).status).toBe(200)

  const provider = (issuer: string): Promise<Ended> =>
    assay(
      `school add-provider ${schoolId} --id hill --name Hill --issuer ${issuer} --domain hill.example --client-id assay --client-secret-stdin`.split(
        ' ',
      ),
      'a client secret',
    )
  expect(await provider('https://login.hill.example')).toMatchObject({
    code: 0,
    stdout: `${url}/api/auth/sso/callback/hill\n`,
  })
  expect((await provider('http://login.hill.example')).stderr).toMatch(/reached over https/)
  const methods = async (): Promise<unknown> => (await fetch(`${url}/api/v1/sign-in-methods`)).json()
  expect(await methods()).toMatchObject({ providers: [{ providerId: 'hill', name: 'Hill' }] })
  expect(await assay(['school', 'remove-provider', 'hill'])).toMatchObject({ code: 0 })
  expect(await methods()).toMatchObject({ providers: [] })

  expect(await assay(['user', 'disable', 'ana@hill.example'])).toMatchObject({ code: 0 })
  expect((await signIn('ana@hill.example', 'chosen by a link')).status).toBe(401)

  const mistakes = [
    [
      userAdd('ana@hill.example', schoolId, '--role', 'admin'),
      password,
      /account with this email address already/,
    ],
    [userAdd('bo@hill.example', schoolId, '--role', 'admin'), 'short', /at least 10 characters/],
    [userAdd('bo@hill.example', schoolId, '--role', 'admin'), '', /Nothing came on standard input/],
    [
      userAdd('bo@hill.example', schoolId, '--role', 'king'),
      password,
      /no role "king".*admin, teacher, judge, student/,
    ],
    [userAdd('bo', schoolId, '--role', 'admin'), password, /looks like name@school\.org/],
    [
      userAdd('bo@hill.example', crypto.randomUUID(), '--role', 'admin'),
      password,
      /no school .*assay school list/,
    ],
    [userAdd('bo@hill.example', 'hill', '--role', 'admin'), password, /no school hill/],
    [['user', 'disable', 'bo@hill.example'], '', /no account with the address bo@hill\.example/],
    [['school', 'add', ' '], '', /A school has a name/],
  ] as const
  // Two at a time: each is a process of its own, and this computer may be busy.
  for (let i = 0; i < mistakes.length; i += 2)
    await Promise.all(
      mistakes.slice(i, i + 2).map(async ([args, stdin, said]) => {
        const { code, stdout, stderr } = await assay([...args], stdin)
        expect([args, code === 0, stdout]).toEqual([args, false, ''])
        expect(stderr).toMatch(said)
      }),
    )
  for (const ended of [added, list]) expect(ended.stdout + ended.stderr).not.toContain(password)
}, 300_000)

test('without a running server the same commands start the database themselves, and the next start knows the people', async () => {
  await local.terminate()
  const school = await assay(['school', 'add', 'Valley School', '--json'])
  expect(school).toMatchObject({ code: 0 })
  const { schoolId } = JSON.parse(school.stdout) as { schoolId: string }
  expect(await assay(userAdd('cy@valley.example', schoolId, '--role', 'student'), password)).toMatchObject({
    code: 0,
  })
  await local.start()
  url = (JSON.parse(await readFile(join(local.data, 'server.json'), 'utf8')) as { url: string }).url
  expect((await signIn('cy@valley.example', password)).status).toBe(200)
}, 300_000)

test('the secret is made on the first run, for its owner alone; a default or short one is refused by name', async () => {
  const { mode } = await stat(join(local.data, 'auth-secret'))
  expect(mode & 0o777).toBe(0o600)
  expect((await readFile(join(local.data, 'auth-secret'), 'utf8')).length).toBeGreaterThanOrEqual(32)
  await local.terminate()
  for (const secret of ['short', 'better-auth-secret-12345678901234567890', 'x'.repeat(64)]) {
    const { code, stderr } = await runAssay(
      ['start', '--no-sample', '--mode=server', '--port', '0', '--data', local.data],
      { env: { ASSAY_SECRET: secret } },
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(/secret that signs cookies cannot be used.*ASSAY_SECRET/)
    expect(stderr).not.toContain(secret)
  }
}, 300_000)
