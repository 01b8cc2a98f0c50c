import { afterAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from './databases.ts'

const made: TestDatabase[] = []
const fresh = async () => {
  const one = await testDatabase()
  made.push(one)
  return one
}
afterAll(() => Promise.all(made.map((one) => one.drop())))

test('a test database is migrated and is the test’s own', async () => {
  const [one, two] = await Promise.all([fresh(), fresh()])
  await one.ownerPool.query('create schema probe; create table probe.things (name text)')
  await one.database.pool.query(`insert into probe.things values ('a')`)
  const { rows } = await one.database.pool.query('select current_user as who, name from probe.things')
  expect(rows).toEqual([{ who: 'assay_app', name: 'a' }])
  await expect(two.database.pool.query('select 1 from probe.things')).rejects.toMatchObject({ code: '42P01' })
  const queue = await two.database.pool.query('select count(*) from graphile_worker._private_jobs')
  expect(queue.rows).toEqual([{ count: 0 }])
})

test('a dropped test database is gone', async () => {
  const one = await testDatabase()
  const two = await fresh()
  await one.drop()
  const name = new URL(one.connectionString).pathname.slice(1)
  const { rows } = await two.ownerPool.query('select from pg_database where datname = $1', [name])
  expect(rows).toEqual([])
})
