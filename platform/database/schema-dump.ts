import type pg from 'pg'

/**
 * The schema of a migrated database as text, the same for the same schema: what pg_dump would say of what we
 * made (it is not in the package). For reading and for the drift test; it is never run. Left out are the two
 * schemas whose makers keep them: the job queue's and the list of migrations.
 */
export async function dumpSchema(pool: Pick<pg.Pool, 'query'>): Promise<string> {
  const lines = async (text: string): Promise<Line[]> => (await pool.query<Line>(`${ours} ${text}`)).rows
  // One after the other: a client takes one query at a time.
  const schemas = await lines(`select name as schema, name, 'CREATE SCHEMA ' || name as line from ours`)
  const types = await lines(queries.types)
  const sequences = await lines(queries.sequences)
  const functions = await lines(queries.functions)
  const views = await lines(queries.views)
  const tables = await lines(queries.tables)
  const columns = await lines(queries.columns)
  const constraints = await lines(queries.constraints)
  const indexes = await lines(queries.indexes)
  const policies = await lines(queries.policies)
  const triggers = await lines(queries.triggers)
  const grants = await lines(queries.grants)

  const of = (list: Line[], { schema, name }: Line) =>
    list.filter((line) => line.schema === schema && line.name === name).map((line) => line.line)
  const table = (head: Line) => {
    const inside = [...of(columns, head), ...of(constraints, head)].map((line) => `    ${line}`)
    const [open, close] = head.line.split('…') as [string, string]
    const after = [...of(indexes, head), ...of(policies, head), ...of(triggers, head), ...of(grants, head)]
    return [`${open} (\n${inside.join(',\n')}\n)${close}`, ...after].map((line) => `${line};`).join('\n')
  }
  const parts = schemas.flatMap((schema) => {
    const here = (list: Line[]) => list.filter((line) => line.schema === schema.name)
    const plain = (list: Line[]) =>
      here(list).map((line) =>
        [`${line.line.trim()};`, ...of(grants, line).map((grant) => `${grant};`)].join('\n'),
      )
    return [
      `${schema.line};`,
      ...plain(types),
      ...plain(sequences),
      ...here(functions).map((line) => `${line.line.trim()};`),
      ...here(tables).map(table),
      ...plain(views),
    ]
  })
  return `${[header, ...parts].join('\n\n')}\n`
}

const header = `-- The whole schema, written by \`npm run schema\` from a freshly migrated database. Never run; a test fails when
-- it differs. Every schema is owned by assay_owner. assay_app may select, insert, update and delete unless a
-- table says otherwise. The job queue's own schema (graphile_worker) and the list of migrations are left out.`

interface Line {
  schema: string
  name: string
  line: string
}

/** Names are compared by their bytes ("C"), so that the order is that of every server. */
const ours = `with ours as (
  select oid, nspname::text collate "C" as name from pg_namespace
  where nspname !~ '^pg_' and nspname not in ('information_schema', 'public', 'graphile_worker', 'migrations')
  order by 2)`

const queries = {
  types: `
    select o.name as schema, typname as name,
      case typtype
        when 'e' then format('CREATE TYPE %s.%I AS ENUM (%s)', o.name, typname, (
          select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid))
        when 'd' then format('CREATE DOMAIN %s.%I AS %s%s', o.name, typname, format_type(typbasetype, typtypmod), (
          select string_agg(' ' || pg_get_constraintdef(oid), '' order by conname collate "C")
          from pg_constraint where contypid = t.oid))
        else format('CREATE TYPE %s.%I AS (%s)', o.name, typname, (
          select string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)
          from pg_attribute where attrelid = typrelid and attnum > 0 and not attisdropped))
      end as line
    from pg_type t join ours o on o.oid = typnamespace
    where typtype in ('e', 'd') or (typtype = 'c' and exists (
      select from pg_class where oid = typrelid and relkind = 'c'))
    order by 1, typname collate "C"`,
  sequences: `
    select o.name as schema, relname as name,
      format('CREATE SEQUENCE %s.%I AS %s START %s INCREMENT %s CACHE %s', o.name, relname,
        seqtypid::regtype, seqstart, seqincrement, seqcache) as line
    from pg_class c join ours o on o.oid = relnamespace join pg_sequence on seqrelid = c.oid
    where not exists (select from pg_depend where objid = c.oid and deptype = 'i')
    order by 1, relname collate "C"`,
  functions: `
    select o.name as schema, proname as name, pg_get_functiondef(p.oid) as line
    from pg_proc p join ours o on o.oid = pronamespace where prokind in ('f', 'p')
    order by 1, proname collate "C", pg_get_function_identity_arguments(p.oid) collate "C"`,
  views: `
    select o.name as schema, relname as name,
      format('CREATE %sVIEW %s.%I AS %s', case relkind when 'm' then 'MATERIALIZED ' else '' end,
        o.name, relname, rtrim(pg_get_viewdef(c.oid), ';')) as line
    from pg_class c join ours o on o.oid = relnamespace where relkind in ('v', 'm')
    order by 1, relname collate "C"`,
  // The … is where columns and constraints go.
  tables: `
    select o.name as schema, relname as name,
      format('CREATE %sTABLE %s.%I%s…%s%s', case relpersistence when 'u' then 'UNLOGGED ' else '' end, o.name, relname,
        (select format(' PARTITION OF %s %s', inhparent::regclass, pg_get_expr(c.relpartbound, c.oid))
         from pg_inherits where inhrelid = c.oid and c.relispartition),
        ' PARTITION BY ' || pg_get_partkeydef(c.oid), ' WITH (' || array_to_string(reloptions, ', ') || ')') as line
    from pg_class c join ours o on o.oid = relnamespace where relkind in ('r', 'p')
    order by 1, relname collate "C"`,
  columns: `
    select o.name as schema, relname as name,
      concat(quote_ident(attname), ' ', format_type(atttypid, atttypmod),
        case when attcollation <> typcollation then ' COLLATE ' || attcollation::regcollation end,
        case attidentity when 'a' then ' GENERATED ALWAYS AS IDENTITY' when 'd' then ' GENERATED BY DEFAULT AS IDENTITY' end,
        case when attgenerated <> '' then format(' GENERATED ALWAYS AS (%s) STORED', pg_get_expr(adbin, adrelid))
             else ' DEFAULT ' || pg_get_expr(adbin, adrelid) end,
        case when attnotnull then ' NOT NULL' end) as line
    from pg_attribute a join pg_class c on c.oid = attrelid join ours o on o.oid = relnamespace
      join pg_type t on t.oid = atttypid left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where relkind in ('r', 'p') and attnum > 0 and not attisdropped
    order by 1, relname collate "C", attnum`,
  constraints: `
    select o.name as schema, relname as name,
      format('CONSTRAINT %I %s', conname, pg_get_constraintdef(k.oid)) as line
    from pg_constraint k join pg_class c on c.oid = conrelid join ours o on o.oid = relnamespace
    where contype in ('p', 'u', 'c', 'f', 'x')
    order by 1, relname collate "C", position(contype::text in 'pucxf'), conname collate "C"`,
  indexes: `
    select o.name as schema, c.relname as name, pg_get_indexdef(indexrelid) as line
    from pg_index join pg_class c on c.oid = indrelid join ours o on o.oid = c.relnamespace
    where not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
    order by 1, c.relname collate "C", indexrelid::regclass::text collate "C"`,
  policies: `
    select schema, name, line from (
      select o.name as schema, relname as name, 0 as place, '' as policy,
        format('ALTER TABLE %s.%I %s ROW LEVEL SECURITY', o.name, relname,
          case when relforcerowsecurity then 'ENABLE, FORCE' else 'ENABLE' end) as line
      from pg_class join ours o on o.oid = relnamespace where relrowsecurity
      union all
      select o.name, relname, 1, polname,
        concat(format('CREATE POLICY %I ON %s.%I', polname, o.name, relname),
          case when not polpermissive then ' AS RESTRICTIVE' end,
          case polcmd when 'r' then ' FOR SELECT' when 'a' then ' FOR INSERT' when 'w' then ' FOR UPDATE'
            when 'd' then ' FOR DELETE' end,
          case when polroles <> '{0}' then ' TO ' || (
            select string_agg(role::regrole::text, ', ' order by role::regrole::text collate "C") from unnest(polroles) role) end,
          ' USING (' || pg_get_expr(polqual, polrelid) || ')',
          ' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')')
      from pg_policy join pg_class c on c.oid = polrelid join ours o on o.oid = relnamespace) all_of_them
    order by 1, name collate "C", place, policy collate "C"`,
  triggers: `
    select o.name as schema, relname as name, pg_get_triggerdef(t.oid) as line
    from pg_trigger t join pg_class c on c.oid = tgrelid join ours o on o.oid = relnamespace where not tgisinternal
    order by 1, relname collate "C", tgname collate "C"`,
  // Only what differs from the default: everything to the owner, reading and writing to assay_app.
  grants: `
    select o.name as schema, relname as name,
      format('GRANT %s ON %s.%I TO %s', rights, o.name, relname, coalesce(role, 'nobody else')) as line
    from pg_class c join ours o on o.oid = relnamespace
    cross join lateral (
      select case grantee when 0 then 'PUBLIC' else grantee::regrole::text end as role,
        string_agg(privilege_type, ', ' order by privilege_type) as rights
      from aclexplode(relacl) where grantee <> relowner group by grantee
      union all
      select 'assay_app', 'NOTHING' where not exists (
        select from aclexplode(relacl) where grantee = 'assay_app'::regrole)) as granted
    where relkind in ('r', 'p', 'v', 'm')
      and not (role = 'assay_app' and rights = 'DELETE, INSERT, SELECT, UPDATE')
    order by 1, relname collate "C", role collate "C"`,
}
