import pg from 'pg'
import { codeOf, messageOf, Trouble } from './trouble.ts'

/**
 * Two roles from the first migration on. `assay_owner` owns the database and its schemas and runs migrations;
 * row-level security does not bind it. `assay_app` is the program: no superuser, no BYPASSRLS, owns nothing.
 */
export interface Addresses {
  ownerUrl: string
  appUrl: string
}

export async function withClient<T>(
  connectionString: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * On a server of our own, as its superuser: makes the roles and the database where they are missing. Each step
 * may be repeated, so a start that was cut short is finished by the next.
 */
export async function ensureRolesAndDatabase(
  adminUrl: string,
  passwords: { assay_owner: string; assay_app: string },
  database = 'assay',
): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const there = await client.query<{ name: string }>(
      `select rolname as name from pg_roles where rolname in ('assay_owner', 'assay_app')
       union all select datname from pg_database where datname = $1`,
      [database],
    )
    const has = new Set(there.rows.map((row) => row.name))
    for (const role of ['assay_owner', 'assay_app'] as const) {
      if (has.has(role)) continue
      // A role cannot be made with a bound parameter; the password is base64url, and is quoted all the same.
      const password = client.escapeLiteral(passwords[role])
      await client.query(`create role ${role} login nosuperuser nobypassrls password ${password}`)
    }
    // For the health page to name another role's transaction that holds back the log.
    await client.query('grant pg_read_all_stats to assay_owner')
    if (!has.has(database)) await createDatabase(client, database)
  })
}

/** An empty database, or a copy of `template`, that only its owner and the program may enter. */
export async function createDatabase(client: pg.Client, database: string, template?: string): Promise<void> {
  const name = client.escapeIdentifier(database)
  const copy = template ? ` template ${client.escapeIdentifier(template)}` : ''
  await client.query(`create database ${name} owner assay_owner${copy}`)
  await client.query(`revoke all on database ${name} from public`)
  await client.query(`grant connect, temporary on database ${name} to assay_app`)
}

/** `assay_app` may read and write what the owner makes from now on; a migration revokes what it must not. */
export async function grantDefaults(owner: pg.ClientBase): Promise<void> {
  await owner.query(`
    alter default privileges grant usage on schemas to assay_app;
    alter default privileges grant select, insert, update, delete on tables to assay_app;
    alter default privileges grant usage, select on sequences to assay_app;
  `)
}

/**
 * Server mode. `databaseUrl` is the program's address; `ownerUrl` that of migrations, the same unless given.
 * A role that is not `assay_owner` or `assay_app` itself, but may act as it, acts as it on every connection.
 * The roles are made when the address may make them.
 */
export async function externalAddresses(databaseUrl: string, ownerUrl = databaseUrl): Promise<Addresses> {
  await reach(ownerUrl, 'DATABASE_OWNER_URL', async (client) => {
    const { rows } = await client.query<{ version: number; encoding: string; name: string }>(
      `select current_setting('server_version_num')::int as version,
              current_setting('server_encoding') as encoding, current_database() as name`,
    )
    const { version, encoding, name } = rows[0] as { version: number; encoding: string; name: string }
    if (version < 150000) {
      throw new Trouble(
        'The database server is too old.',
        `It is PostgreSQL ${Math.floor(version / 10000)}; the program needs 15 or newer.`,
        'Upgrade the server, or leave DATABASE_URL unset to use the PostgreSQL that comes with the program.',
      )
    }
    if (encoding !== 'UTF8') {
      throw new Trouble(
        `The database ${name} cannot hold every text.`,
        `Its encoding is ${encoding}; the program needs UTF8.`,
        `Make another: CREATE DATABASE assay ENCODING 'UTF8' TEMPLATE template0;`,
      )
    }
    await makeRolesElsewhere(client, name)
  })
  return {
    ownerUrl: await actingAs(ownerUrl, 'assay_owner', 'DATABASE_OWNER_URL'),
    appUrl: await actingAs(databaseUrl, 'assay_app', 'DATABASE_URL'),
  }
}

async function reach(url: string, name: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  await withClient(url, work).catch((error: unknown) => {
    if (error instanceof Trouble) throw error
    throw new Trouble(
      'The database cannot be reached.',
      `${name}: ${messageOf(error) || codeOf(error)}`,
      'Check the address, the password and that the server runs; then start again.',
      error,
    )
  })
}

/** The statements a database administrator runs once when the program's own address may not. */
const byHand = (database: string) => `as an administrator of the server run:
    CREATE ROLE assay_owner NOLOGIN; CREATE ROLE assay_app NOLOGIN;
    GRANT assay_owner, assay_app TO <the role of DATABASE_URL>;
    GRANT CREATE, CONNECT ON DATABASE ${database} TO assay_owner; GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO assay_app;`

async function makeRolesElsewhere(client: pg.Client, database: string): Promise<void> {
  const { rows } = await client.query<{ role: string; there: boolean; acts: boolean }>(
    `select role, r.oid is not null as there, coalesce(pg_has_role(current_user, r.oid, 'member'), false) as acts
     from unnest(array['assay_owner', 'assay_app']) as role left join pg_roles r on rolname = role`,
  )
  try {
    for (const { role, there, acts } of rows) {
      if (!there) await client.query(`create role ${role} nologin nosuperuser nobypassrls`).catch(unlessThere)
      // Who makes a role may grant it to itself, but (from 16 on) does not hold it already.
      if (!there && !acts) await client.query(`grant ${role} to current_user`)
    }
    // Without it only the program's own long transactions can be named; managed servers may refuse.
    await client.query('grant pg_read_all_stats to assay_owner').catch(() => {})
    const name = client.escapeIdentifier(database)
    const { rows: rights } = await client.query<{ owner: boolean; app: boolean }>(
      `select has_database_privilege('assay_owner', current_database(), 'create') as owner,
              has_database_privilege('assay_app', current_database(), 'connect') as app`,
    )
    if (!rights[0]?.owner) await client.query(`grant create, connect on database ${name} to assay_owner`)
    if (!rights[0]?.app) await client.query(`grant connect, temporary on database ${name} to assay_app`)
  } catch (error) {
    throw new Trouble(
      'The roles assay_owner and assay_app cannot be made.',
      messageOf(error),
      `Give the role of DATABASE_OWNER_URL the right CREATEROLE, or ${byHand(database)}`,
      error,
    )
  }
}

/** Two processes may make them at the same moment. */
function unlessThere(error: unknown): void {
  if (codeOf(error) !== '42710' && codeOf(error) !== '23505') throw error
}

/** The address under which every connection is `role` from its first statement on. */
async function actingAs(url: string, role: string, name: string): Promise<string> {
  let own = ''
  await reach(url, name, async (client) => {
    own = (await client.query<{ own: string }>('select current_user as own')).rows[0]?.own ?? ''
    if (own === role) return
    await client.query(`set role ${role}`).catch((error: unknown) => {
      throw new Trouble(
        `${name} cannot be used.`,
        `Its role ${own} is not ${role} and may not act as it: ${messageOf(error)}`,
        `Connect as ${role}, or GRANT ${role} TO ${own}.`,
        error,
      )
    })
  })
  return own === role ? url : withSetting(url, 'role', role)
}

/** The address under which every connection has a setting of PostgreSQL from its first statement on. */
export function withSetting(url: string, setting: string, value: string): string {
  const address = new URL(url)
  const already = address.searchParams.get('options')
  address.searchParams.set('options', `${already ? `${already} ` : ''}-c ${setting}=${value}`)
  // URLSearchParams writes a blank as +, which is a plus sign in a connection address.
  return address.href.replace(/\+/g, '%20')
}
