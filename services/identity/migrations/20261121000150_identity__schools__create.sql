create schema identity;
grant usage on schema identity to assay_app;

create table identity.schools (
  school_id uuid primary key default gen_random_uuid(),
  name text not null,
  -- The school of a laptop's owner; a database has at most one.
  local boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index one_local_school on identity.schools (local) where local;
alter table identity.schools enable row level security;
create policy school on identity.schools
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select on identity.schools to assay_app;

-- Sweeps go from school to school, and must know which there are; they see the ids and nothing else.
create function identity.list_school_ids() returns setof uuid
  language sql stable security definer set search_path = identity, pg_temp
  as $$ select school_id from identity.schools order by school_id $$;
revoke all on function identity.list_school_ids() from public;
grant execute on function identity.list_school_ids() to assay_app;

create function identity.ensure_local_school() returns uuid
  language sql security definer set search_path = identity, pg_temp
  as $$
    insert into identity.schools (name, local) values ('This computer', true) on conflict do nothing;
    select school_id from identity.schools where local
  $$;
revoke all on function identity.ensure_local_school() from public;
grant execute on function identity.ensure_local_school() to assay_app;
