import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SchoolId } from '#contracts/common.ts'
import { advance, readMove } from '#platform/bus/store.ts'
import { mint } from '#platform/ids.ts'
import { type TestDatabase, testDatabase } from '#platform/testing/databases.ts'
import { behindCommit, execute, prepared, type Statement } from './database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
  await db.ownerPool.query(
    `create schema course; grant usage on schema course to assay_app;
     create table course.notes (said text not null, tx bigint not null default pg_current_xact_id()::text::bigint)`,
  )
})
afterAll(() => db.drop())

const note = (said: string): Statement => ({
  text: prepared('insert into course.notes (said) values ($1) returning said, tx'),
  values: [said],
})
const notes = async (like: string): Promise<{ said: string; tx: number }[]> =>
  (await db.database.pool.query('select said, tx from course.notes where said like $1 order by tx', [like]))
    .rows as { said: string; tx: number }[]
const school = mint<SchoolId>()

test('what goes out with BEGIN is the transaction’s: its rows are given, its school is set, a rollback undoes it', async () => {
  const { database } = db
  const seen = await database.transaction(
    school,
    async (tx, opened) => {
      const { rows } = await sql<{ id: string }>`select current_setting('assay.school_id') as id`.execute(tx)
      return [await opened, rows[0]?.id]
    },
    note('kept'),
  )
  expect(seen).toEqual([[{ said: 'kept', tx: expect.any(Number) }], school])
  const failed = database.transaction(school, () => Promise.reject(new Error('no')), note('lost'))
  await expect(failed).rejects.toThrow('no')
  expect((await notes('%')).map((each) => each.said)).toEqual(['kept'])
})

test('what goes out with BEGIN and fails takes the transaction with it', async () => {
  const wrong: Statement = { text: 'insert into course.notes (said) values ($1)', values: [null] }
  const failed = db.database.transaction(
    school,
    async (tx) => execute(tx, note('never').text, ['never']),
    wrong,
  )
  await expect(failed).rejects.toMatchObject({ code: '25P02' })
  expect(await notes('never')).toEqual([])
})

test('a statement that rides behind a commit is a transaction of its own, and none rides behind a rollback', async () => {
  const answers: unknown[] = []
  const ride = (said: string) => () => ({
    statement: note(said),
    onSent: (answer: Promise<unknown>) => void answers.push(answer),
  })
  await db.database.transaction(school, async (tx) => {
    behindCommit(tx, ride('rider 2'))
    await execute(tx, note('rider 1').text, ['rider 1'])
  })
  await Promise.all(answers)
  const failed = db.database.transaction(school, async (tx) => {
    behindCommit(tx, ride('rider 3'))
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  const rows = await notes('rider%')
  expect(rows.map((each) => each.said)).toEqual(['rider 1', 'rider 2'])
  expect(rows[0]?.tx).not.toBe(rows[1]?.tx)
})

test('a prepared text is parsed once a connection, and is good again after it has failed', async () => {
  const one = await db.database.pool.connect()
  try {
    const { text } = note('')
    await expect(one.query(text, [null])).rejects.toMatchObject({ code: '23502' })
    for (const said of ['a', 'b', 'c']) await one.query(text, [said])
    const { rows } = await one.query('select statement from pg_prepared_statements where statement = $1', [
      text,
    ])
    expect(rows).toHaveLength(1)
  } finally {
    one.release()
  }
})

test('a subscription’s position moves inside a transaction only', async () => {
  const { pool } = db.database
  await pool.query(`insert into bus.subscriptions (name, position) values ('alone', 4)`)
  const move = advance({ name: 'alone', from: 4, to: 7, rows: null, school: null, handled: true })
  const alone = await pool.query(move.text, move.values)
  expect(readMove(alone.rows)).toBe('overtaken')
  const moved = await db.database.transaction(null, async (_, opened) => readMove(await opened), move)
  expect(moved).toBe('moved')
})
