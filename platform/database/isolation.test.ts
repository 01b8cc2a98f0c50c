import { afterAll, beforeAll, expect, test } from 'vitest'
import { findIsolationGaps } from '#platform/testing/isolation.ts'
import { type TestDatabase, testDatabase } from '#platform/testing/databases.ts'
import { readMigrations } from './migrations.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

test('no table shows a school’s rows to nobody or to another school', async () => {
  const { tables, gaps } = await findIsolationGaps(db.ownerPool, db.database.pool)
  expect(gaps).toEqual([])
  // Guards the guard: a service that keeps schools apart has said so in a migration.
  const declared = readMigrations().some((file) => /\bschool_id\b/.test(file.sql))
  expect(tables.length > 0).toBe(declared)
})

test('the program owns nothing, and its role has no special right', async () => {
  const { rows } = await db.ownerPool.query(
    `select 'relation ' || relname as owned from pg_class where relowner = 'assay_app'::regrole
     union all select 'function ' || proname from pg_proc where proowner = 'assay_app'::regrole
     union all select 'schema ' || nspname from pg_namespace where nspowner = 'assay_app'::regrole
     union all select 'type ' || typname from pg_type where typowner = 'assay_app'::regrole
     union all select 'database ' || datname from pg_database where datdba = 'assay_app'::regrole
     union all select 'right' from pg_roles where rolname = 'assay_app'
       and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
     union all select 'role ' || roleid::regrole from pg_auth_members where member = 'assay_app'::regrole`,
  )
  expect(rows).toEqual([])
  await expect(db.database.pool.query('create schema mine')).rejects.toMatchObject({ code: '42501' })
  await expect(db.database.pool.query('create table public.mine ()')).rejects.toMatchObject({ code: '42501' })
})

test('each kind of hole is found', async () => {
  const db = await testDatabase()
  const wall = `nullif(current_setting('assay.school_id', true), '')::uuid`
  const table = (name: string, more: string) =>
    `create table holes.${name} (id uuid primary key, school_id uuid not null,
       state text not null check (state in ('open', 'shut')), sha256 text not null check (length(sha256) = 64));
     ${more.replaceAll('TABLE', `holes.${name}`)}`
  const on = 'alter table TABLE enable row level security;'
  await db.ownerPool.query(
    [
      'create schema holes;',
      table('none', `${on} create policy own on TABLE using (school_id = ${wall});`),
      table('off', ''),
      table('bare', on),
      table('wide', `${on} create policy own on TABLE using (true);`),
      table(
        'loud',
        `${on} create policy own on TABLE using (school_id = current_setting('assay.school_id')::uuid);`,
      ),
    ].join('\n'),
  )
  const { gaps } = await findIsolationGaps(db.ownerPool, db.database.pool)
  await db.drop()
  expect([...new Set(gaps.map((gap) => gap.slice(0, gap.indexOf(':'))))]).toEqual([
    'holes.bare',
    'holes.loud',
    'holes.off',
    'holes.wide',
  ])
})

test('persons, sessions, passwords and keys show the program no row, whichever school is set', async () => {
  const { rows: tables } = await db.ownerPool.query<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
     where nspname = 'identity' and relkind = 'r' order by 1`,
  )
  const school = crypto.randomUUID()
  const user = crypto.randomUUID()
  await db.ownerPool.query(
    `insert into identity.schools (school_id, name) values ('${school}', 'A school');
     insert into identity.users (id, name, email) values ('${user}', 'Ana', 'ana@school.example');
     insert into identity.members (school_id, user_id, roles) values ('${school}', '${user}', '{teacher}');
     insert into identity.sessions (id, user_id, token, expires_at) values (gen_random_uuid(), '${user}', 't', now());
     insert into identity.accounts (id, user_id, account_id, provider_id) values (gen_random_uuid(), '${user}', 'a', 'p');
     insert into identity.verifications (id, identifier, value, expires_at) values (gen_random_uuid(), 'i', 'v', now());
     insert into identity.jwks (id, public_key, private_key) values (gen_random_uuid(), 'p', 'p');
     insert into identity.invitations (invitation_id, school_id, email, roles, token_hash, invited_by, expires_at)
       values (gen_random_uuid(), '${school}', 'bo@school.example', '{judge}', 'h', '${user}', now());
     insert into identity.password_resets (token_hash, user_id, expires_at) values ('h', '${user}', now());
     insert into identity.throttles (key, attempts, window_ends) values ('k', 1, now());
     insert into identity.sso_providers (id, provider_id, organization_id, issuer, domain, oidc_config)
       values (gen_random_uuid(), 'p', '${school}', 'https://login.school.example', 'school.example', '{}');`,
  )
  const seen = async (name: string) =>
    (await db.database.pool.query<{ n: number }>(`select count(*)::int as n from ${name}`)).rows[0]!.n
  const seenBy = async (name: string, id: string) => {
    const client = await db.database.pool.connect()
    try {
      await client.query('begin')
      await client.query(`select set_config('assay.school_id', $1, true)`, [id])
      const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${name}`)
      await client.query('rollback')
      return rows[0]!.n
    } finally {
      client.release()
    }
  }
  const own = new Set(['identity.schools', 'identity.members', 'identity.invitations'])
  expect(tables.length).toBeGreaterThanOrEqual(11)
  for (const { name } of tables) {
    const { rows } = await db.ownerPool.query<{ n: number }>(`select count(*)::int as n from ${name}`)
    expect([name, rows[0]!.n > 0]).toEqual([name, true])
    expect([name, await seen(name)]).toEqual([name, 0])
    expect([name, (await seenBy(name, school)) > 0]).toEqual([name, own.has(name)])
    expect([name, await seenBy(name, crypto.randomUUID())]).toEqual([name, 0])
  }
})
