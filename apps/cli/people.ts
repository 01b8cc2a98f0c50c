import { text } from 'node:stream/consumers'
import { withAdministration } from '#apps/server/administration.ts'
import { Role } from '#contracts/identity.ts'
import { print, printJson, say } from './connect.ts'
import { configOf, type DataFlags } from './flags.ts'
import { showName, table } from './terminal.ts'
import { CommandFailed } from './trouble.ts'

export async function addSchool(name: string, flags: DataFlags): Promise<void> {
  const schoolId = await withAdministration(configOf(flags), (desk) => desk.addSchool(name))
  if (flags.json) printJson({ schoolId })
  else {
    say(`${showName(name)} is there. Add its first administrator:`)
    say(`  assay user add name@school.org --school ${schoolId} --role admin --password-stdin`)
    print(schoolId)
  }
}

export async function listSchools(flags: DataFlags): Promise<void> {
  const schools = await withAdministration(configOf(flags), (desk) => desk.listSchools())
  if (flags.json) for (const school of schools) printJson(school)
  else
    print(
      table(
        ['School', 'Id'],
        schools.map((school) => [showName(school.name), school.schoolId]),
      ),
    )
}

interface UserFlags extends DataFlags {
  school: string
  role: string[]
  name?: string
  passwordStdin?: boolean
}

export async function addUser(email: string, flags: UserFlags): Promise<void> {
  if (!flags.passwordStdin)
    throw new CommandFailed(
      'The password is read from standard input, so that no history keeps it. Add --password-stdin, for instance: assay user add … --password-stdin < password.txt',
      1,
    )
  const password = await readSecret('password')
  const userId = await withAdministration(configOf(flags), (desk) =>
    desk.addPerson({
      email,
      name: flags.name,
      schoolId: flags.school,
      roles: [...new Set(flags.role)] as Role[],
      password,
    }),
  )
  if (flags.json) printJson({ userId })
  else {
    say(`${showName(email)} can sign in as ${flags.role.join(', ')}.`)
    print(userId)
  }
}

export async function listUsers(flags: DataFlags): Promise<void> {
  const people = await withAdministration(configOf(flags), (desk) => desk.listPeople())
  if (flags.json) for (const person of people) printJson(person)
  else
    print(
      table(
        ['Email', 'Name', 'Roles', 'State', 'School'],
        people.map((person) => [
          person.email && showName(person.email),
          showName(person.name),
          person.roles.join(', '),
          person.disabled ? 'disabled' : 'active',
          person.schoolId,
        ]),
      ),
    )
}

export async function disableUser(email: string, flags: DataFlags): Promise<void> {
  await withAdministration(configOf(flags), (desk) => desk.disable(email))
  if (flags.json) printJson({ email, disabled: true })
  else say(`${showName(email)} is disabled, and signed out everywhere.`)
}

export async function resetPassword(
  email: string,
  flags: DataFlags & { passwordStdin?: boolean },
): Promise<void> {
  if (!flags.passwordStdin) {
    const link = await withAdministration(configOf(flags), (desk, url) => desk.makeReset(email, url))
    if (flags.json) return printJson({ email, link })
    say(`Send this link to ${showName(email)}: it works once, and for an hour.`)
    return print(link)
  }
  const password = await readSecret('password')
  await withAdministration(configOf(flags), (desk) => desk.setPassword(email, password))
  if (flags.json) printJson({ email })
  else say(`${showName(email)} has the new password, and is signed out everywhere.`)
}

interface ProviderFlags extends DataFlags {
  id: string
  name: string
  issuer: string
  domain: string
  clientId: string
  clientSecretStdin?: boolean
}

export async function addProvider(schoolId: string, flags: ProviderFlags): Promise<void> {
  if (!flags.clientSecretStdin)
    throw new CommandFailed(
      'The client secret is read from standard input, so that no history keeps it. Add --client-secret-stdin.',
      1,
    )
  const clientSecret = await readSecret('client secret')
  const { id: providerId, name, issuer, domain, clientId } = flags
  await withAdministration(configOf(flags), async (desk, url) => {
    await desk.addProvider({ schoolId, providerId, name, issuer, domain, clientId, clientSecret })
    const callback = `${url}/api/auth/sso/callback/${providerId}`
    if (flags.json) return printJson({ providerId, callback })
    say(`People of ${domain} who have an account or an invitation can sign in there.`)
    say('Tell the provider to send them back to:')
    print(callback)
  })
}

export async function removeProvider(providerId: string, flags: DataFlags): Promise<void> {
  await withAdministration(configOf(flags), (desk) => desk.removeProvider(providerId))
  if (flags.json) printJson({ providerId })
  else say(`Nobody signs in with ${showName(providerId)} any more.`)
}

/** A secret comes on standard input, where no list of processes shows it and no history keeps it. */
async function readSecret(what: 'password' | 'client secret'): Promise<string> {
  if (process.stdin.isTTY) say(`Type the ${what}, then Enter and Ctrl-D.`)
  const secret = (await text(process.stdin)).replace(/\r?\n$/, '')
  if (secret === '')
    throw new CommandFailed(
      `Nothing came on standard input. Send the ${what} there, for instance from a file: < file`,
      1,
    )
  return secret
}

/** For the option `--role`, which may be given several times or with commas. */
export function collectRoles(value: string, before: string[] = []): string[] {
  const roles = value.split(',').map((role) => role.trim())
  const wrong = roles.filter((role) => !Role.options.includes(role as Role))
  if (wrong.length > 0)
    throw new CommandFailed(
      `There is no role "${wrong.join('", "')}". The roles are ${Role.options.join(', ')}.`,
      1,
    )
  return [...before, ...roles]
}
