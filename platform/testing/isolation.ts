import type pg from 'pg'

/**
 * Looks for holes in the wall between schools, in whatever tables the database has: a table with a `school_id`
 * must have row-level security and a policy, and as assay_app show nothing while no school is set, on a new
 * connection and again after a transaction that had set one, show its own school its rows and another none. A
 * row is planted in each table for that. Whoever uses it sees to it that `tables` is not empty.
 */
export async function findIsolationGaps(
  owner: pg.Pool,
  app: pg.Pool,
): Promise<{ tables: string[]; gaps: string[] }> {
  const { rows } = await owner.query<SchoolTable>(
    `select c.oid::int as oid, format('%I.%I', nspname, relname) as name, relrowsecurity as secured,
            (select count(*)::int from pg_policy where polrelid = c.oid) as policies
     from pg_class c join pg_namespace n on n.oid = relnamespace
       join pg_attribute a on attrelid = c.oid and attname = 'school_id' and not attisdropped
     where relkind in ('r', 'p') and not relispartition and nspname !~ '^pg_' order by 2`,
  )
  const gaps: string[] = []
  const client = await app.connect()
  try {
    for (const table of rows) {
      if (!table.secured) gaps.push(`${table.name}: row-level security is off`)
      if (table.policies === 0) gaps.push(`${table.name}: no policy`)
      const school = crypto.randomUUID()
      const failure = await plant(owner, table, school)
      if (failure) gaps.push(`${table.name}: no row could be planted: ${failure}`)
      gaps.push(...(await look(client, table.name, school, failure === null)))
    }
  } finally {
    client.release()
  }
  return { tables: rows.map((table) => table.name), gaps }
}

interface SchoolTable {
  oid: number
  name: string
  secured: boolean
  policies: number
}

async function look(
  client: pg.PoolClient,
  table: string,
  school: string,
  planted: boolean,
): Promise<string[]> {
  const gaps: string[] = []
  const count = async () =>
    (await client.query<{ n: string }>(`select count(*)::text as n from ${table}`)).rows[0]?.n ?? ''
  const countFor = async (id: string) => {
    await client.query('begin')
    await client.query(`select set_config('assay.school_id', $1, true)`, [id])
    const seen = await count()
    await client.query('commit')
    return seen
  }
  try {
    if ((await count()) !== '0') gaps.push(`${table}: shows rows while no school is set`)
    const own = await countFor(school)
    if (planted && own !== '1') gaps.push(`${table}: shows its own school ${own} rows instead of 1`)
    if ((await count()) !== '0') gaps.push(`${table}: shows rows after a transaction that had set a school`)
    if ((await countFor(crypto.randomUUID())) !== '0') gaps.push(`${table}: shows another school rows`)
  } catch (error) {
    await client.query('rollback')
    gaps.push(`${table}: reading it as assay_app failed: ${String(error)}`)
  }
  return gaps
}

interface Column {
  name: string
  type: string
  label: string | null
}

/** Plants one row with a value for every column that needs one; returns why not when it cannot. */
async function plant(owner: pg.Pool, table: SchoolTable, school: string): Promise<string | null> {
  const { rows: columns } = await owner.query<Column>(
    `select quote_ident(attname) as name, format_type(atttypid, null) as type,
            (select enumlabel from pg_enum where enumtypid = atttypid order by enumsortorder limit 1) as label
     from pg_attribute where attrelid = $1 and attnum > 0 and not attisdropped and attgenerated = ''
       and attidentity = '' and (attname = 'school_id' or (attnotnull and not atthasdef))`,
    [table.oid],
  )
  const texts = new Map<string, string[]>()
  for (;;) {
    const values = columns.map((column) =>
      column.name === 'school_id' ? `'${school}'` : valueFor(column, texts.get(column.name)?.[0]),
    )
    try {
      await insert(owner, table.name, columns, values)
      return null
    } catch (error) {
      const { code, constraint, message } = error as { code?: string; constraint?: string; message: string }
      // A check refused a text: try what the check itself names, then a hash, then a number.
      const changed =
        code === '23514' && (await nextTexts(owner, table.oid, constraint ?? '', columns, texts))
      if (!changed) return message
    }
  }
}

async function insert(owner: pg.Pool, table: string, columns: Column[], values: string[]): Promise<void> {
  const client = await owner.connect()
  try {
    // Triggers and foreign keys of no account here: what a row shows does not depend on them.
    await client.query('begin')
    await client.query(
      `do $$ declare f record; begin
         for f in select conname from pg_constraint where conrelid = '${table}'::regclass and contype = 'f' loop
           execute format('alter table ${table} drop constraint %I', f.conname);
         end loop; end $$;
       alter table ${table} disable trigger user`,
    )
    const names = columns.map((column) => column.name).join(', ')
    await client.query(`insert into ${table} (${names}) values (${values.join(', ')})`)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

async function nextTexts(
  owner: pg.Pool,
  table: number,
  constraint: string,
  columns: Column[],
  texts: Map<string, string[]>,
): Promise<boolean> {
  const { rows } = await owner.query<{ definition: string; names: string[] }>(
    `select pg_get_constraintdef(c.oid) as definition,
            array(select quote_ident(attname) from pg_attribute where attrelid = conrelid and attnum = any(conkey)) as names
     from pg_constraint c where conrelid = $1 and conname = $2`,
    [table, constraint],
  )
  const found = rows[0]
  if (!found) return false
  let changed = false
  for (const column of columns) {
    if (!found.names.includes(column.name) || column.name === 'school_id') continue
    const rest = texts.get(column.name)
    const candidates =
      rest?.slice(1) ??
      [...found.definition.matchAll(/'((?:[^']|'')*)'/g)]
        .map((match) => match[1] ?? '')
        .concat('0'.repeat(64), '7')
    if (candidates.length === 0) continue
    texts.set(column.name, candidates)
    changed = true
  }
  return changed
}

function valueFor({ type, label }: Column, text: string | undefined): string {
  if (label !== null) return `'${label}'`
  if (type.endsWith('[]')) return text === undefined ? `'{}'` : `'{${text}}'`
  if (text !== undefined) return `'${text}'`
  if (/^(json|jsonb)$/.test(type)) return `'{}'`
  if (/^(smallint|integer|bigint|numeric|real|double precision|xid8|oid)$/.test(type)) return `'1'`
  if (/^timestamp|^date$/.test(type)) return `now()`
  if (type === 'uuid') return `'${crypto.randomUUID()}'`
  if (type === 'boolean') return 'false'
  if (type === 'interval') return `'1s'`
  if (type === 'inet') return `'127.0.0.1'`
  if (type === 'bytea') return `'\\x00'`
  return `'x'`
}
