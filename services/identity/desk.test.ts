import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Role, type UserId } from '#contracts/identity.ts'
import { openDatabase } from '#platform/database/database.ts'
import { externalAddresses, withClient } from '#platform/database/roles.ts'
import { mint } from '#platform/ids.ts'
import { debian15Available, startTestServer, type TestServer } from '#platform/testing/databases.ts'
import { openDesk } from './auth-store.ts'
import { findPerson } from './people-store.ts'
import { ensureLocalOwner } from './store.ts'

const versions = ['18-embedded', ...(debian15Available() ? ['15-debian' as const] : [])] as const

describe.each(versions)('on %s', (version) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ version })
  }, 300_000)
  afterAll(() => server?.remove())

  test('only the desk knows persons, on a server of our own and at a given address; the owner is made once', async () => {
    const name = await server.createDatabase()
    await withClient(server.adminUrl('postgres'), (client) =>
      client.query(`create role board login password 'board'; grant assay_owner, assay_app to board`),
    )
    const given = Object.assign(new URL(server.appUrl(name)), { username: 'board', password: 'board' }).href
    await withClient(server.adminUrl(name), (client) =>
      client.query(`grant connect on database ${name} to board`),
    )
    const owners = new Set<string>()
    for (const appUrl of [server.appUrl(name), (await externalAddresses(given)).appUrl]) {
      const [desk, app] = [openDesk(appUrl), openDatabase(appUrl)]
      const made = await Promise.all(
        [1, 2, 3].map(() =>
          desk.transaction(null, (tx) => ensureLocalOwner(tx, mint<UserId>(), Role.options)),
        ),
      )
      for (const owner of made) owners.add(JSON.stringify(owner))
      const { userId, schoolId } = made[0]!
      expect(await desk.transaction(null, (tx) => findPerson(tx, userId))).toMatchObject({
        schoolId,
        roles: Role.options,
        email: null,
        localOwner: true,
        hasPassword: false,
      })
      for (const school of [null, schoolId])
        expect(await app.transaction(school, (tx) => findPerson(tx, userId))).toBeNull()
      await Promise.all([desk.close(), app.close()])
    }
    expect(owners.size).toBe(1)
  }, 300_000)
})
