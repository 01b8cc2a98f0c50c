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
  const password = await readPassword(flags)
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
  const password = await readPassword(flags)
  await withAdministration(configOf(flags), (desk) => desk.setPassword(email, password))
  if (flags.json) printJson({ email })
  else say(`${showName(email)} has the new password, and is signed out everywhere.`)
}

/** A password comes on standard input, where no list of processes shows it and no history keeps it. */
async function readPassword(flags: { passwordStdin?: boolean }): Promise<string> {
  const usage = 'for instance: assay user add … --password-stdin < password.txt'
  if (!flags.passwordStdin)
    throw new CommandFailed(
      `The password is read from standard input, so that no history keeps it. Add --password-stdin, ${usage}`,
      1,
    )
  if (process.stdin.isTTY) say('Type the password, then Enter and Ctrl-D.')
  const password = (await text(process.stdin)).replace(/\r?\n$/, '')
  if (password === '')
    throw new CommandFailed(`Nothing came on standard input. Send the password there, ${usage}`, 1)
  return password
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
