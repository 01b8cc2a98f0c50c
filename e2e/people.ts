import { importJWK, SignJWT, type JWTPayload } from 'jose'
import { symmetricDecrypt } from 'better-auth/crypto'
import type { SchoolId } from '#contracts/common.ts'
import type { Role, UserId } from '#contracts/identity.ts'
import { openAdministration } from '#services/identity/service.ts'
import { bearer, createClient, type Client } from './client.ts'
import { startSystem, type System } from './system.ts'

/** Somebody with an account on the server, signed in, with both of their credentials. */
export interface Person extends Client {
  email: string
  password: string
  userId: UserId
  schoolId: SchoolId
  sessionId: string
  /** The value of a `Cookie` header. */
  cookie: string
  jwt: string
  /** As a browser would: by the cookie. The `Client` itself uses the JWT. */
  byCookie: Client
}

const cast = {
  admin: ['ours', 'admin'],
  teacher: ['ours', 'teacher'],
  otherTeacher: ['ours', 'teacher'],
  judge: ['ours', 'judge'],
  student: ['ours', 'student'],
  /** Signed in, and disabled since. */
  disabled: ['ours', 'teacher'],
  /** Signed in, and both the session and the JWT have run out since. */
  expired: ['ours', 'teacher'],
  otherAdmin: ['theirs', 'admin'],
} as const satisfies Record<string, readonly ['ours' | 'theirs', Role]>
export type Name = keyof typeof cast

/** A server with two schools and everyone who could ask something of it. */
export interface People extends System {
  people: Record<Name, Person>
  schools: Record<'ours' | 'theirs', SchoolId>
  /** Nobody: no credential at all. */
  anonymous: Client
  addPerson(name: string, schoolId: SchoolId, roles: readonly Role[]): Promise<Person>
  signIn(email: string, password: string): Promise<Response>
  /** Signs any claims with the server's own key: for tokens that it would not make. */
  forge(claims: JWTPayload, header?: { kid?: string }): Promise<string>
}

export const password = 'correct horse battery'

/** Starts a server in server mode with `people`; `flags` are settings. */
export async function startPeople(flags: Parameters<typeof startSystem>[0] = {}): Promise<People> {
  const system = await startSystem({ ...flags, mode: 'server' })
  try {
    return await populate(system)
  } catch (error) {
    await system.stop()
    throw error
  }
}

async function populate(system: System): Promise<People> {
  const url = (): string => system.server.url
  const administration = openAdministration(system.testDatabase.connectionString, system.server.bus)
  const signIn = (email: string, secret: string): Promise<Response> =>
    fetch(`${url()}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: secret }),
    })

  async function addPerson(name: string, schoolId: SchoolId, roles: readonly Role[]): Promise<Person> {
    const email = `${name.toLowerCase()}@school.example`
    const userId = await administration.addPerson({ email, name, schoolId, roles, password })
    const response = await signIn(email, password)
    if (!response.ok)
      throw new Error(`${name} could not sign in: ${response.status} ${await response.text()}`)
    const cookie = cookieOf(response)
    const jwt = await getToken(url(), cookie)
    return {
      ...createClient(url, bearer(jwt)),
      byCookie: asBrowser(url, cookie),
      email,
      password,
      userId,
      schoolId,
      sessionId: claimsOf(jwt).sid as string,
      cookie,
      jwt,
    }
  }

  async function forge(claims: JWTPayload, header: { kid?: string } = {}): Promise<string> {
    const { rows } = await system.testDatabase.ownerPool.query<{ id: string; private_key: string }>(
      'select id, private_key from identity.jwks order by created_at desc limit 1',
    )
    const key = await symmetricDecrypt({
      key: { keys: new Map([[1, system.secret]]), currentVersion: 1 },
      data: JSON.parse(rows[0]!.private_key) as string,
    })
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: rows[0]!.id, ...header })
      .sign(await importJWK(JSON.parse(key) as Parameters<typeof importJWK>[0], 'EdDSA'))
  }

  const schools = {
    ours: await administration.addSchool('Our school'),
    theirs: await administration.addSchool('Their school'),
  }
  const people = {} as Record<Name, Person>
  for (const [name, [school, role]] of Object.entries(cast))
    people[name as Name] = await addPerson(name, schools[school], [role])

  await administration.disable(people.disabled.email)
  await system.testDatabase.ownerPool.query(
    `update identity.sessions set expires_at = now() - interval '1 minute' where user_id = $1`,
    [people.expired.userId],
  )
  const claims = claimsOf(people.expired.jwt)
  const jwt = await forge({ ...claims, iat: claims.iat! - 3600, exp: claims.exp! - 3600 })
  Object.assign(people.expired, { jwt, ...createClient(url, bearer(jwt)) })

  return {
    ...system,
    get server() {
      return system.server
    },
    people,
    schools,
    anonymous: createClient(url, {}),
    addPerson,
    signIn,
    forge,
    async stop() {
      await administration.close()
      await system.stop()
    },
  }
}

/** A browser with this cookie on a page of the server itself, whatever its port is at the moment. */
export const asBrowser = (url: () => string, cookie: string): Client =>
  createClient(url, {
    cookie,
    get origin() {
      return url()
    },
  })

/** The `Cookie` header that a browser would send after this answer. */
export const cookieOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.slice(0, cookie.indexOf(';')))
    .join('; ')

export async function getToken(url: string, cookie: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/token`, { headers: { cookie } })
  if (!response.ok) throw new Error(`no token: ${response.status} ${await response.text()}`)
  return ((await response.json()) as { token: string }).token
}

export const claimsOf = (jwt: string): JWTPayload =>
  JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString()) as JWTPayload
