import type { SchoolId } from '#contracts/common.ts'
import { Email, Password, type Role, type UserId } from '#contracts/identity.ts'
import type { Bus, Cause } from '#platform/bus/bus.ts'
import { AppError } from '#platform/errors.ts'
import { programCause } from '#platform/http/http.ts'
import { addPerson, addSchool, disablePerson, setPassword, type Desk } from './actions.ts'
import { openDesk } from './auth-store.ts'
import * as people from './people-store.ts'
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
  disable(email: string): Promise<void>
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
      await setPassword(deps, await getPerson(email), password, cause())
    },
    async disable(email) {
      await disablePerson(deps, await getPerson(email), cause())
    },
    close: () => desk.close(),
  }
}

const noSchool = (schoolId: string): AppError =>
  new AppError('not-found', `There is no school ${schoolId}. See them with: assay school list`)

function check<T>(
  schema: { safeParse(value: unknown): { data?: T; error?: { issues: { message: string }[] } } },
  value: string,
): T {
  const { data, error } = schema.safeParse(value)
  if (error) throw new AppError('validation-failed', error.issues[0]?.message ?? 'A value is wrong.')
  return data as T
}
