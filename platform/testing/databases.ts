import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { writeDurably } from '#platform/database/durable.ts'
import { until } from '#platform/database/postmaster.ts'
import { createDatabase, withClient } from '#platform/database/roles.ts'
import { codeOf } from '#platform/database/trouble.ts'
import { startTestServer } from './test-server.ts'

export { debian15Available, startTestServer, type TestServer } from './test-server.ts'

/** A migrated database that nobody else uses. */
export interface TestDatabase {
  /** As assay_app, as the program has it. */
  database: Database
  /** As assay_owner, whom row-level security does not bind: for planting rows and looking behind the wall. */
  ownerPool: pg.Pool
  /** As assay_app. */
  connectionString: string
  /** As assay_owner. */
  ownerConnectionString: string
  /** Closes both and removes the database. */
  drop(): Promise<void>
}

interface Addresses {
  admin: string
  owner: string
  app: string
  template: string
}

/**
 * A fresh database on the run's shared server, cloned from a migrated template (9 MB: 0.2 to 0.4 s on two busy cores). The first caller
 * of the run starts that server (about 2 s), whichever worker it is in; the run's end takes it away.
 */
export async function testDatabase(options: { max?: number } = {}): Promise<TestDatabase> {
  const { admin, owner, app, template } = await sharedServer()
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
  await withClient(admin, (client) => createDatabase(client, name, template))
  const at = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href
  const database = openDatabase(at(app), options)
  const ownerPool = new pg.Pool({ connectionString: at(owner), max: 4 })
  ownerPool.on('error', () => {})
  ownerPool.on('connect', (client) => client.on('error', () => {}))
  return {
    database,
    ownerPool,
    connectionString: at(app),
    ownerConnectionString: at(owner),
    async drop() {
      await Promise.all([database.close(), ownerPool.end()])
      await withClient(admin, (client) => client.query(`drop database if exists "${name}" with (force)`))
    },
  }
}

let shared: Promise<Addresses> | null = null

function sharedServer(): Promise<Addresses> {
  shared ??= joinServer(inject('testFolder'))
  return shared
}

/** Workers are processes: the one that makes the folder `claimed` starts the server, the others wait for it. */
async function joinServer(folder: string): Promise<Addresses> {
  const result = join(folder, 'addresses.json')
  try {
    await mkdir(join(folder, 'claimed'))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    const there = await until(async () => (await readFile(result, 'utf8').catch(() => '')) !== '', 90_000)
    if (!there) throw new Error('the shared test server did not start within 90 s', { cause: error })
    const said = JSON.parse(await readFile(result, 'utf8')) as Addresses | { error: string }
    if ('error' in said)
      throw new Error(`the shared test server did not start: ${said.error}`, { cause: error })
    return said
  }
  try {
    const server = await startTestServer({ folder })
    const template = await server.createDatabase()
    const addresses = {
      admin: server.adminUrl('postgres'),
      owner: server.ownerUrl(template),
      app: server.appUrl(template),
      template,
    }
    await writeDurably(result, JSON.stringify(addresses))
    return addresses
  } catch (error) {
    await writeDurably(result, JSON.stringify({ error: String(error) }))
    throw error
  }
}
