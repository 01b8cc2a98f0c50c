import { z } from 'zod'
import type { SchoolId } from '#contracts/common.ts'
import { Email, Password, type Role, type UserId } from '#contracts/identity.ts'
import type { Bus, Cause } from '#platform/bus/bus.ts'
import { AppError } from '#platform/errors.ts'
import { programCause } from '#platform/http/http.ts'
import { addPerson, addSchool, changePerson, setPassword, type Desk } from './actions.ts'
import { openDesk } from './auth-store.ts'
import { makeReset } from './links.ts'
import * as people from './people-store.ts'
import { addProvider, type NewProvider } from './providers.ts'
import { deleteProvider } from './providers-store.ts'
import * as store from './store.ts'

export interface Person {
  userId: UserId
  schoolId: SchoolId
  name: string
  email: string | null
  roles: Role[]
  disabled: boolean
  lastSeenAt: string | null
}

/** What who may open the data folder may do, whether or not a server runs. */
export interface Administration {
  addSchool(name: string): Promise<SchoolId>
  listSchools(): Promise<store.SchoolRow[]>
  addPerson(person: {
    email: string
    name: string | undefined
    schoolId: string
    roles: readonly Role[]
    password: string
  }): Promise<UserId>
  listPeople(): Promise<Person[]>
  setPassword(email: string, password: string): Promise<void>
  /** A link with which the person chooses a new password: once, and within an hour. */
  makeReset(email: string, baseUrl: string): Promise<string>
  disable(email: string): Promise<void>
  /** Where a school's people sign in with OIDC; the same `providerId` again changes it. */
  addProvider(provider: Omit<NewProvider, 'schoolId'> & { schoolId: string }): Promise<void>
  removeProvider(providerId: string): Promise<void>
  close(): Promise<void>
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** On the program's address; `publish` writes to the log of the same database. */
export function openAdministration(connectionString: string, bus: Pick<Bus, 'publish'>): Administration {
  const desk = openDesk(connectionString, 2)
  const deps: Desk = { desk, bus, forget: () => {} }
  const cause = (): Cause => programCause()

  async function getPerson(email: string): Promise<people.PersonRow> {
    const person = await desk.transaction(null, (tx) => people.findPersonByEmail(tx, email.toLowerCase()))
    if (!person) throw new AppError('not-found', `There is no account with the address ${email}.`)
    return person
  }

  return {
    async addSchool(name) {
      const trimmed = name.trim()
      if (trimmed === '' || trimmed.length > 200)
        throw new AppError('validation-failed', 'A school has a name of 1 to 200 characters.')
      return addSchool(deps, trimmed)
    },
    listSchools: () => desk.transaction(null, store.listSchools),
    async addPerson({ email, name, schoolId, roles, password }) {
      const address = check(Email, email.trim())
      check(Password, password)
      if (!uuid.test(schoolId)) throw noSchool(schoolId)
      return addPerson(deps, {
        email: address,
        name: name?.trim() || address.slice(0, address.indexOf('@')),
        schoolId: schoolId as SchoolId,
        roles,
        password,
      }).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'not-found') throw noSchool(schoolId)
        throw error
      })
    },
    async listPeople() {
      const found: people.PersonRow[] = []
      for (let after: UserId | null = null; ; after = found.at(-1)!.userId) {
        const page = await desk.transaction(null, (tx) =>
          people.listPersons(tx, { schoolId: null, after, limit: 500 }),
        )
        found.push(...page)
        if (page.length < 500) break
      }
      return found.map(({ userId, schoolId, name, email, roles, disabled, lastSeenAt }) => ({
        userId,
        schoolId,
        name,
        email,
        roles,
        disabled,
        lastSeenAt: lastSeenAt?.toISOString() ?? null,
      }))
    },
    async setPassword(email, password) {
      check(Password, password)
      await setPassword(deps, (await getPerson(email)).userId, password, cause())
    },
    makeReset: async (email, baseUrl) =>
      (await makeReset({ ...deps, baseUrl: () => baseUrl, mail: null }, await getPerson(email))).link,
    async disable(email) {
      const { schoolId, userId } = await getPerson(email)
      await changePerson(deps, schoolId, userId, { disabled: true }, cause(), { lastAdminToo: true })
    },
    async addProvider(provider) {
      const given = check(Provider, provider)
      if (!uuid.test(provider.schoolId)) throw noSchool(provider.schoolId)
      await addProvider(desk, { ...given, schoolId: provider.schoolId as SchoolId }).catch(
        (error: unknown) => {
          if (error instanceof AppError && error.code === 'not-found') throw noSchool(provider.schoolId)
          throw error
        },
      )
    },
    async removeProvider(providerId) {
      if (!(await desk.transaction(null, (tx) => deleteProvider(tx, providerId))))
        throw new AppError('not-found', `There is no provider ${providerId}.`)
    },
    close: () => desk.close(),
  }
}

const noSchool = (schoolId: string): AppError =>
  new AppError('not-found', `There is no school ${schoolId}. See them with: assay school list`)

const Provider = z.object({
  providerId: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'A provider id is small letters, digits and "-".'),
  name: z.string().trim().min(1, 'Say what the button is called.').max(100),
  // Plain http only where nobody can listen: on this computer.
  issuer: z
    .url({ protocol: /^https?$/, error: 'An issuer is an address such as https://login.school.org.' })
    .refine(
      (url) => url.startsWith('https:') || /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(url),
      'An issuer is reached over https.',
    ),
  domain: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'A domain looks like school.org.'),
  clientId: z.string().min(1, 'Say the client id that the provider has given.'),
  clientSecret: z.string().min(1, 'Say the client secret that the provider has given.'),
})

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value)
  if (error) throw new AppError('validation-failed', error.issues[0]?.message ?? 'A value is wrong.')
  return data
}
