import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { InvitationView, Me, OneTimeLink, PersonView, SchoolView } from '#contracts/identity.ts'
import { asBrowser, cookieOf, password, startPeople, type People } from './people.ts'
import { until } from './system.ts'

/** A mail server that takes everything: the one thing of this test that is not real. */
interface Letterbox {
  url: string
  letters: string[]
  close(): Promise<void>
}

async function startLetterbox(): Promise<Letterbox> {
  const letters: string[] = []
  const server: Server = createServer((socket) => {
    let data: string | null = null
    let rest = ''
    socket.on('error', () => {})
    socket.write('220 letterbox\r\n')
    socket.on('data', (chunk) => {
      rest += chunk.toString()
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        if (data !== null) {
          if (line !== '.') data += `${line}\n`
          else {
            letters.push(data)
            data = null
            socket.write('250 kept\r\n')
          }
        } else if (/^DATA/i.test(line)) {
          data = ''
          socket.write('354 go on\r\n')
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n')
        else socket.write('250 ok\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    letters,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

let letterbox: Letterbox
let server: People
beforeAll(async () => {
  letterbox = await startLetterbox()
  server = await startPeople({ smtpUrl: letterbox.url, smtpFrom: 'Assay <assay@school.example>' })
}, 300_000)
afterAll(async () => {
  await server?.stop()
  await letterbox?.close()
})

const tokenOf = (link: string): string => /#token=([\w-]{43})$/.exec(link)![1]!
/** The text of a letter as its reader sees it. */
const textOf = (letter: string): string =>
  letter
    .replaceAll('=\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
const post = (path: string, body: object): Promise<Response> =>
  server.anonymous.request('POST', path, { body })

test('an invitation makes one account, once: its link is mailed and shown, kept only as a hash, and withdrawn or renewed at will', async () => {
  const { admin } = server.people
  const invited = await admin.json<OneTimeLink & InvitationView>('POST', 'invitations', {
    email: 'New@School.example',
    roles: ['judge', 'teacher'],
  })
  expect(invited).toMatchObject({ email: 'new@school.example', roles: ['teacher', 'judge'], mailed: true })
  expect(invited.link).toMatch(new RegExp(`^${server.server.url}/invitation#token=`))
  expect(textOf(letterbox.letters.at(-1)!)).toContain(invited.link)
  expect(letterbox.letters.at(-1)).toMatch(/^To: new@school\.example$/m)
  const { rows } = await server.testDatabase.ownerPool.query<{ row: string }>(
    'select i::text as row from identity.invitations i',
  )
  expect(rows[0]!.row).toContain('new@school.example')
  expect(rows[0]!.row).not.toContain(tokenOf(invited.link))

  const again = await admin.json<OneTimeLink>('POST', 'invitations', {
    email: 'new@school.example',
    roles: ['teacher'],
  })
  const token = tokenOf(again.link)
  const accept = (given: string, name = 'New Person') =>
    post('invitations/accept', { token: given, name, password })
  for (const path of ['invitations/look-up', 'invitations/accept'])
    expect((await post(path, { token: tokenOf(invited.link), name: 'X', password })).status).toBe(410)
  expect(await (await post('invitations/look-up', { token })).json()).toEqual({
    email: 'new@school.example',
    schoolName: 'Our school',
    roles: ['teacher'],
  })
  const weak = await post('invitations/accept', { token, name: 'New', password: 'short' })
  expect([weak.status, await weak.json()]).toEqual([
    422,
    expect.objectContaining({
      errors: [{ path: 'body.password', message: 'A password has at least 10 characters.' }],
    }),
  ])
  const statuses = await Promise.all(['A', 'B', 'C'].map(async (name) => (await accept(token, name)).status))
  expect(statuses.sort()).toEqual([201, 410, 410])
  expect((await accept(token)).status).toBe(410)
  const signedIn = await server.signIn('new@school.example', password)
  const me = await asBrowser(() => server.server.url, cookieOf(signedIn)).json<Me>('GET', 'me')
  expect(me).toMatchObject({ roles: ['teacher'], schoolId: server.schools.ours })
  expect(
    (await admin.request('POST', 'invitations', { body: { email: 'new@school.example', roles: ['admin'] } }))
      .status,
  ).toBe(409)

  const withdrawn = await admin.json<OneTimeLink & InvitationView>('POST', 'invitations', {
    email: 'gone@school.example',
    roles: ['student'],
  })
  expect(
    (await server.people.otherAdmin.request('DELETE', `invitations/${withdrawn.invitationId}`)).status,
  ).toBe(404)
  expect((await admin.request('DELETE', `invitations/${withdrawn.invitationId}`)).status).toBe(204)
  expect((await accept(tokenOf(withdrawn.link))).status).toBe(410)
  expect(await admin.json('GET', 'invitations')).toEqual({ items: [], nextCursor: null })

  const late = await admin.json<OneTimeLink>('POST', 'invitations', {
    email: 'late@school.example',
    roles: ['student'],
  })
  expect((Date.parse(late.expiresAt) - Date.now()) / 86_400_000).toBeCloseTo(7, 1)
  await server.testDatabase.ownerPool.query(
    `update identity.invitations set expires_at = now() where accepted_at is null`,
  )
  expect((await accept(tokenOf(late.link))).status).toBe(410)
}, 300_000)

test('who accepts an invitation is signed in with the answer', async () => {
  const { link } = await server.people.admin.json<OneTimeLink>('POST', 'invitations', {
    email: 'fresh@school.example',
    roles: ['judge'],
  })
  const answer = await post('invitations/accept', { token: tokenOf(link), name: ' Fresh Person ', password })
  expect([answer.status, await answer.json()]).toEqual([
    201,
    expect.objectContaining({
      name: 'Fresh Person',
      email: 'fresh@school.example',
      roles: ['judge'],
      mode: 'server',
    }),
  ])
  const client = asBrowser(() => server.server.url, cookieOf(answer))
  expect((await client.request('GET', 'me')).status).toBe(200)
})

test('a link for a new password works once, ends every session, and comes by mail to whoever asks for one’s own account', async () => {
  const { admin, otherAdmin } = server.people
  const person = await server.addPerson('forgetful', server.schools.ours, ['teacher'])
  expect((await otherAdmin.request('POST', `people/${person.userId}/password-reset`)).status).toBe(404)
  const { link, mailed } = await admin.json<OneTimeLink>('POST', `people/${person.userId}/password-reset`)
  expect([mailed, link.startsWith(`${server.server.url}/reset#`)]).toEqual([true, true])
  const token = tokenOf(link)
  const fresh = 'a brand new password'
  const statuses = await Promise.all(
    [1, 2, 3].map(async () => (await post('password-resets', { token, password: fresh })).status),
  )
  expect(statuses.sort()).toEqual([204, 410, 410])
  for (const client of [person, person.byCookie]) expect((await client.request('GET', 'me')).status).toBe(401)
  expect((await server.signIn(person.email, password)).status).toBe(401)
  expect((await server.signIn(person.email, fresh)).status).toBe(200)

  const before = letterbox.letters.length
  for (const email of [person.email, 'nobody@school.example', server.people.disabled.email])
    expect((await post('password-resets/request', { email })).status).toBe(202)
  await until(
    async () => letterbox.letters.length,
    (n) => n > before,
  )
  const letter = letterbox.letters.at(-1)!
  const mailedToken = tokenOf(/\S+#token=\S+/.exec(textOf(letter))![0])
  expect((await post('password-resets', { token: mailedToken, password: 'yet another one' })).status).toBe(
    204,
  )
  expect((await server.signIn(person.email, 'yet another one')).status).toBe(200)

  for (let i = 0; i < 5; i++) await post('password-resets/request', { email: person.email })
  await server.restart()
  // The end of the program waits for what it has begun: what is there now is all there will be.
  const sent = letterbox.letters.slice(before)
  expect(sent.every((each) => each.includes(`To: ${person.email}`))).toBe(true)
  expect(sent).toHaveLength(3)

  const { link: old } = await admin.byCookie.json<OneTimeLink>(
    'POST',
    `people/${person.userId}/password-reset`,
  )
  await server.testDatabase.ownerPool.query('update identity.password_resets set expires_at = now()')
  expect((await post('password-resets', { token: tokenOf(old), password })).status).toBe(410)
}, 300_000)

test('an administrator sees the people of the school by pages, changes roles and disables; the last one keeps the right', async () => {
  const { admin, teacher, otherAdmin } = server.people
  const people: PersonView[] = []
  for (let cursor = ''; ;) {
    const page = await admin.byCookie.json<{ items: PersonView[]; nextCursor: string | null }>(
      'GET',
      `people?limit=3${cursor}`,
    )
    people.push(...page.items)
    if (page.nextCursor === null) break
    cursor = `&cursor=${page.nextCursor}`
  }
  expect(new Set(people.map((person) => person.userId)).size).toBe(people.length)
  expect(people.map((person) => person.email)).toContain(teacher.email)
  expect(people.map((person) => person.email)).not.toContain(otherAdmin.email)
  expect(people.find((person) => person.userId === server.people.disabled.userId)?.disabled).toBe(true)

  const subject = await server.addPerson('changing', server.schools.ours, ['student'])
  const change = (body: object, by = admin) =>
    by.byCookie.request('PATCH', `people/${subject.userId}`, { body })
  expect((await change({ disabled: true }, otherAdmin)).status).toBe(404)
  expect((await change({ roles: ['admin'] }, teacher)).status).toBe(403)
  expect((await change({ roles: [] })).status).toBe(422)
  expect((await subject.request('GET', 'people')).status).toBe(403)
  expect((await change({ roles: ['admin', 'teacher'] })).status).toBe(200)
  expect((await subject.request('GET', 'people')).status).toBe(200)
  expect((await change({ disabled: true })).status).toBe(200)
  for (const client of [subject, subject.byCookie])
    expect((await client.request('GET', 'me')).status).toBe(401)
  expect((await server.signIn(subject.email, password)).status).toBe(401)
  expect((await change({ disabled: false })).status).toBe(200)
  expect((await subject.request('GET', 'me')).status).toBe(401)
  expect((await server.signIn(subject.email, password)).status).toBe(200)
  const { rows } = await server.testDatabase.ownerPool.query<{ reason: string }>(
    `select payload -> 'data' ->> 'reason' as reason from bus.events where key = $1 order by seq`,
    [subject.userId],
  )
  expect(rows.map((row) => row.reason)).toEqual(['roles-changed', 'disabled'])

  // The two administrators take the right from one another at the same moment: one of them keeps it.
  const statuses = await Promise.all([
    admin.byCookie.request('PATCH', `people/${subject.userId}`, { body: { roles: ['student'] } }),
    admin.byCookie.request('PATCH', `people/${admin.userId}`, { body: { disabled: true } }),
  ])
  // Whoever comes second meets the rule, or is no administrator any more by the time they are asked who they are.
  expect(statuses.filter((each) => each.status === 200)).toHaveLength(1)
  const { rows: admins } = await server.testDatabase.ownerPool.query(
    `select from identity.members m join identity.users u on u.id = m.user_id
     where school_id = $1 and 'admin' = any (roles) and disabled_at is null`,
    [server.schools.ours],
  )
  expect(admins).toHaveLength(1)
  await server.testDatabase.ownerPool.query(
    `update identity.members set roles = '{admin}' where user_id = $1`,
    [admin.userId],
  )
  await server.testDatabase.ownerPool.query(`update identity.users set disabled_at = null where id = $1`, [
    admin.userId,
  ])
}, 300_000)

test('the school says where its data lie and what leaves this computer; an administrator renames it and says how long batches are kept', async () => {
  const { teacher, student, judge } = server.people
  const boss = await server.addPerson('boss', server.schools.theirs, ['admin'])
  const school = await boss.json<SchoolView>('GET', 'school')
  expect(school).toEqual({
    schoolId: server.schools.theirs,
    name: 'Their school',
    dataLocation: server.data,
    networkUse: ['Invitations and links for new passwords are mailed through 127.0.0.1.'],
    keepDays: null,
  })
  expect(await boss.json('PATCH', 'school', { name: 'Valley School', keepDays: 400 })).toEqual({
    ...school,
    name: 'Valley School',
    keepDays: 400,
  })
  expect(await boss.json('PATCH', 'school', { keepDays: null })).toMatchObject({
    name: 'Valley School',
    keepDays: null,
  })
  expect((await teacher.byCookie.request('PATCH', 'school', { body: { name: 'Mine' } })).status).toBe(403)
  for (const person of [student, judge])
    expect((await person.byCookie.request('GET', 'school')).status).toBe(403)
})

test('what is over is swept away: sessions, links and counted attempts', async () => {
  const { ownerPool } = server.testDatabase
  await ownerPool.query(`update identity.password_resets set expires_at = now() - interval '1 second'`)
  await ownerPool.query(`update identity.throttles set window_ends = now() - interval '1 second'`)
  await ownerPool.query(`select graphile_worker.add_job('identity.sweep')`)
  await until(
    async () => {
      const { rows } = await ownerPool.query<{ n: number }>(
        `select (select count(*) from identity.password_resets) + (select count(*) from identity.throttles)
           + (select count(*) from identity.sessions where expires_at < now()) as n`,
      )
      return Number(rows[0]!.n)
    },
    (n) => n === 0,
  )
  expect((await server.people.teacher.byCookie.request('GET', 'me')).status).toBe(200)
})
