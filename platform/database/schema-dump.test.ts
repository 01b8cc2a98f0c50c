import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '#platform/testing/databases.ts'
import { projectRoot } from './migrations.ts'
import { dumpSchema } from './schema-dump.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

test('docs/schema.sql is the schema of a freshly migrated database', async () => {
  const committed = await readFile(join(projectRoot, 'docs/schema.sql'), 'utf8')
  expect(await dumpSchema(db.ownerPool), 'run `npm run schema` and commit docs/schema.sql').toBe(committed)
})

test('every part of a table is in it', async () => {
  await db.ownerPool.query(`
    create schema probe;
    create type probe.state as enum ('open', 'shut');
    create domain probe.hash as text check (value ~ '^[0-9a-f]+$');
    create sequence probe.numbers cache 1;
    create table probe.batches (
      id uuid primary key, school_id uuid not null, state probe.state not null default 'open',
      title text collate "C" check (title <> ''), size int generated always as (length(title)) stored,
      unique (school_id, title));
    create table probe.files (
      n bigint generated always as identity, batch uuid references probe.batches on delete cascade, sha probe.hash);
    create index files_by_hash on probe.files (sha) where batch is not null;
    create table probe.log (at timestamptz not null) partition by range (at);
    create table probe.log_2026 partition of probe.log for values from ('2026-01-01') to ('2027-01-01');
    alter table probe.batches enable row level security;
    create policy own_school on probe.batches using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
    create policy insert_open on probe.batches as restrictive for insert to assay_app with check (state = 'open');
    revoke update, delete on probe.log from assay_app;
    revoke all on probe.files from assay_app;
    create function probe.stamp() returns trigger language plpgsql as $$ begin return new; end $$;
    create trigger stamp before insert on probe.files for each row execute function probe.stamp();
    create view probe.open as select id from probe.batches where state = 'open';
  `)
  const text = await dumpSchema(db.ownerPool)
  const [probe] = text.slice(text.indexOf('CREATE SCHEMA probe')).split('\n\nCREATE SCHEMA ', 1)
  expect(probe).toMatchInlineSnapshot(`
    "CREATE SCHEMA probe;

    CREATE DOMAIN probe.hash AS text CHECK ((VALUE ~ '^[0-9a-f]+$'::text));

    CREATE TYPE probe.state AS ENUM ('open', 'shut');

    CREATE SEQUENCE probe.numbers AS bigint START 1 INCREMENT 1 CACHE 1;

    CREATE OR REPLACE FUNCTION probe.stamp()
     RETURNS trigger
     LANGUAGE plpgsql
    AS $function$ begin return new; end $function$;

    CREATE TABLE probe.batches (
        id uuid NOT NULL,
        school_id uuid NOT NULL,
        state probe.state DEFAULT 'open'::probe.state NOT NULL,
        title text COLLATE "C",
        size integer GENERATED ALWAYS AS (length(title)) STORED,
        CONSTRAINT batches_pkey PRIMARY KEY (id),
        CONSTRAINT batches_school_id_title_key UNIQUE (school_id, title),
        CONSTRAINT batches_title_check CHECK ((title <> ''::text))
    );
    ALTER TABLE probe.batches ENABLE ROW LEVEL SECURITY;
    CREATE POLICY insert_open ON probe.batches AS RESTRICTIVE FOR INSERT TO assay_app WITH CHECK ((state = 'open'::probe.state));
    CREATE POLICY own_school ON probe.batches USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

    CREATE TABLE probe.files (
        n bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
        batch uuid,
        sha probe.hash,
        CONSTRAINT files_batch_fkey FOREIGN KEY (batch) REFERENCES probe.batches(id) ON DELETE CASCADE
    );
    CREATE INDEX files_by_hash ON probe.files USING btree (sha) WHERE (batch IS NOT NULL);
    CREATE TRIGGER stamp BEFORE INSERT ON probe.files FOR EACH ROW EXECUTE FUNCTION probe.stamp();
    GRANT NOTHING ON probe.files TO assay_app;

    CREATE TABLE probe.log (
        at timestamp with time zone NOT NULL
    ) PARTITION BY RANGE (at);
    GRANT INSERT, SELECT ON probe.log TO assay_app;

    CREATE TABLE probe.log_2026 PARTITION OF probe.log FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00') (
        at timestamp with time zone NOT NULL
    );

    CREATE VIEW probe.open AS  SELECT id
       FROM probe.batches
      WHERE (state = 'open'::probe.state);"
  `)
  expect(await dumpSchema(db.ownerPool)).toBe(text)
})
