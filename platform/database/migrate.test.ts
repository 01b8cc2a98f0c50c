import { Logger, run } from 'graphile-worker'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  debian15Available,
  startTestServer,
  testDatabase,
  type TestServer,
} from '#platform/testing/databases.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { migrationFolders } from './migrations.ts'
import { createDatabase, externalAddresses, withClient } from './roles.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-migrations-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}

async function fresh() {
  const db = await testDatabase()
  cleanups.push(() => db.drop())
  return db
}

const schema = {
  '20260101000000_probe__things__create.sql': 'create schema probe; create table probe.things (n int);',
}

test('pending files run once, by stamp, whichever folder they are in', async () => {
  const db = await fresh()
  const one = await folderWith({
    '20260102000000_probe__things__fill.sql': 'insert into probe.things values (1);',
  })
  const two = await folderWith(schema)
  const names = ['20260101000000_probe__things__create', '20260102000000_probe__things__fill']
  const folders = [...migrationFolders(), one, two]
  expect(await migrate(db.ownerConnectionString, folders)).toEqual(names)
  expect(await migrate(db.ownerConnectionString, folders)).toEqual([])
  expect((await db.database.pool.query('select n from probe.things')).rows).toEqual([{ n: 1 }])
})

test('a file with an older stamp that arrives later runs too', async () => {
  const db = await fresh()
  const folder = await folderWith(schema)
  const folders = [...migrationFolders(), folder]
  await migrate(db.ownerConnectionString, folders)
  await writeFile(join(folder, '20250101000000_older__things__create.sql'), 'create schema older;')
  expect(await migrate(db.ownerConnectionString, folders)).toEqual(['20250101000000_older__things__create'])
})

test('a mistake in one file leaves nothing of the others and is named with its line', async () => {
  const db = await fresh()
  const folder = await folderWith({
    ...schema,
    '20260102000000_probe__things__break.sql': 'select 1;\nselect 2;\nselect nothing from nowhere;\n',
  })
  await expect(migrate(db.ownerConnectionString, [...migrationFolders(), folder])).rejects.toMatchObject({
    name: 'Trouble',
    reason: expect.stringMatching(/break\.sql:3: relation "nowhere" does not exist/),
  })
  const { rows } = await db.ownerPool.query(`select from pg_namespace where nspname = 'probe'`)
  expect(rows).toEqual([])
})

test('a database that a newer program has migrated is left alone', async () => {
  const db = await fresh()
  await migrate(db.ownerConnectionString, [...migrationFolders(), await folderWith(schema)])
  await expect(migrate(db.ownerConnectionString)).rejects.toMatchObject({
    name: 'Trouble',
    thing: 'The database is newer than this program.',
  })
})

test('a name that is no migration, and a name given twice, are refused', async () => {
  const db = await fresh()
  const bad = await folderWith({ '1_things.sql': '' })
  await expect(migrate(db.ownerConnectionString, [bad])).rejects.toMatchObject({ name: 'Trouble' })
  const twice = [await folderWith(schema), await folderWith(schema)]
  await expect(migrate(db.ownerConnectionString, twice)).rejects.toMatchObject({ name: 'Trouble' })
})

test('migrations folders are found in a checkout without a list', async () => {
  const root = await folderWith({})
  await mkdir(join(root, 'services/essays/migrations'), { recursive: true })
  await mkdir(join(root, 'platform/bus/migrations'), { recursive: true })
  expect(migrationFolders(root)).toEqual([
    join(root, 'platform/bus/migrations'),
    join(root, 'services/essays/migrations'),
  ])
})

test('the program may use what a migration makes and nothing that would change the schema', async () => {
  const db = await fresh()
  await migrate(db.ownerConnectionString, [...migrationFolders(), await folderWith(schema)])
  await db.database.pool.query('insert into probe.things values (1)')
  await expect(db.database.pool.query('drop table probe.things')).rejects.toMatchObject({ code: '42501' })
  await expect(db.database.pool.query('delete from migrations.done')).rejects.toMatchObject({ code: '42501' })
})

const versions = ['18-embedded', ...(debian15Available() ? ['15-debian' as const] : [])] as const

describe.each(versions)('on a server of its own, %s', (version) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ version })
  })
  afterAll(() => server.remove())

  test('two programs that start at once on an empty database both find it migrated', async () => {
    await withClient(server.adminUrl('postgres'), (client) => createDatabase(client, `empty`))
    const folders = [...migrationFolders(), await folderWith(schema)]
    const ran = await Promise.all([1, 2, 3].map(() => migrate(server.ownerUrl('empty'), folders)))
    expect(ran.flat().filter((name) => name.includes('probe'))).toEqual([
      '20260101000000_probe__things__create',
    ])
    await server.dropDatabase('empty')
  })

  test('a worker that is assay_app runs a job that a transaction of assay_app enqueued', async () => {
    const name = await server.createDatabase()
    const database = openDatabase(server.appUrl(name))
    const add = sql`select graphile_worker.add_job('probe', '{"n": 1}'::json)`
    await database.transaction(null, (tx) => add.execute(tx))
    const refused = database.transaction(null, async (tx) => {
      await add.execute(tx)
      throw new Error('rolled back')
    })
    await expect(refused).rejects.toThrow('rolled back')
    const ran: unknown[] = []
    const keyed = Promise.withResolvers<void>()
    const runner = await run({
      pgPool: database.pool,
      noHandleSignals: true,
      logger: new Logger(() => () => {}),
      crontab: '* * * * * tick',
      taskList: {
        probe: (payload) => void ran.push(payload),
        tick: () => {},
        last: () => keyed.resolve(),
      },
      preset: {
        worker: {
          concurrentJobs: 4,
          pollInterval: 100,
          localQueue: { size: 10, refetchDelay: { durationMs: 10 } },
          completeJobBatchDelay: 5,
          failJobBatchDelay: 5,
        },
      },
    })
    await database.transaction(null, async (tx) => {
      await sql`select graphile_worker.add_jobs(array[('probe', '{"n": 2}', 'q', null, 3, 'key', 0, null)::graphile_worker.job_spec])`.execute(
        tx,
      )
      await sql`select graphile_worker.add_job('last', run_at := now() + interval '50 ms', priority := 1)`.execute(
        tx,
      )
    })
    await keyed.promise
    await runner.stop()
    expect(ran).toEqual(expect.arrayContaining([{ n: 1 }, { n: 2 }]))
    expect(ran).toHaveLength(2)
    const left = await database.pool.query(`select count(*) as n from graphile_worker._private_jobs`)
    expect(left.rows).toEqual([{ n: 0 }])
    await database.close()
  })

  test('one address of a role that may make roles is enough for both', async () => {
    await withClient(server.adminUrl('postgres'), async (client) => {
      await client.query(`create role board login createrole password 'board'`)
      await client.query(`create database board owner board`)
    })
    const url = Object.assign(new URL(server.adminUrl('board')), {
      username: 'board',
      password: 'board',
    }).href
    // The roles are there already on this server, and board may not act as them.
    await expect(externalAddresses(url)).rejects.toMatchObject({ name: 'Trouble' })
    await withClient(server.adminUrl('postgres'), (client) =>
      client.query('grant assay_owner, assay_app to board'),
    )
    const { ownerUrl, appUrl } = await externalAddresses(url)
    await migrate(ownerUrl, [...migrationFolders(), await folderWith(schema)])
    const app = new pg.Pool({ connectionString: appUrl, max: 1 })
    app.on('error', () => {})
    const { rows } = await app.query(
      `select current_user as who, tableowner from pg_tables where schemaname = 'probe'`,
    )
    expect(rows).toEqual([{ who: 'assay_app', tableowner: 'assay_owner' }])
    await app.end()
  })
})

test('on a server without our roles they are made by the address that may', async () => {
  const server = await startTestServer()
  cleanups.push(() => server.remove())
  await withClient(server.adminUrl('postgres'), async (client) => {
    await client.query('drop database assay')
    await client.query('drop role assay_owner; drop role assay_app')
    await client.query(
      `create role board login createrole password 'board'; create role weak login password 'weak'`,
    )
    await client.query('create database board owner board')
  })
  const as = (name: string) =>
    Object.assign(new URL(server.adminUrl('board')), { username: name, password: name }).href
  await expect(externalAddresses(as('weak'))).rejects.toMatchObject({
    name: 'Trouble',
    remedy: expect.stringContaining('CREATE ROLE assay_owner'),
  })
  const { ownerUrl, appUrl } = await externalAddresses(as('board'))
  await migrate(ownerUrl)
  const { rows } = await withClient(appUrl, (client) => client.query('select current_user as who'))
  expect(rows).toEqual([{ who: 'assay_app' }])
})

test('an address that leads nowhere is named', async () => {
  await expect(externalAddresses('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({
    name: 'Trouble',
    thing: 'The database cannot be reached.',
  })
})
