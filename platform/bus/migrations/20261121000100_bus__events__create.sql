create schema bus;
grant usage on schema bus to assay_app;

-- One value at a time: a session that kept some back would draw a seq lower than one already seen.
create sequence bus.events_seq as bigint cache 1;
grant usage on sequence bus.events_seq to assay_app;

-- The order of the first two columns is the log's correctness. Defaults are evaluated in column order, so
-- whoever has drawn a seq already had a transaction id: a hole's writer is below any id drawn after the hole
-- was seen. See platform/bus/README.md.
create table bus.events (
  tx xid8 not null default pg_current_xact_id(),
  seq bigint not null default nextval('bus.events_seq'),
  id uuid not null,
  type text not null,
  version int not null,
  key text not null,
  school_id uuid not null,
  file_upload_id uuid,
  -- The rest of the envelope: occurredAt, correlationId, causationId, actor, traceparent, data.
  payload jsonb not null,
  primary key (seq)
);
alter sequence bus.events_seq owned by bus.events.seq;
alter table bus.events enable row level security;
create policy events_of_the_school on bus.events
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
-- The log is only ever appended to.
revoke all on bus.events from assay_app;
grant select, insert on bus.events to assay_app;

-- The log is of all schools, so what reads it is the owner's. STABLE: a function sees the snapshot of the
-- statement that calls it, so that one statement shows the snapshot's xmin and the rows together.
create function bus.read_events(after bigint, up_to bigint, only_types text[], at_most int)
  returns table (seq bigint, id uuid, type text, version int, key text, school_id uuid, file_upload_id uuid, payload jsonb)
  language sql stable security definer set search_path = pg_catalog, pg_temp rows 100 as $$
    select e.seq, e.id, e.type, e.version, e.key, e.school_id, e.file_upload_id, e.payload
    from bus.events e
    where e.seq > after and e.seq <= up_to and (only_types is null or e.type = any (only_types))
    order by e.seq
    limit at_most
  $$;

-- At most `at_most` are counted: a lag of a million is not worth a scan of the table.
create function bus.count_events(after bigint, up_to bigint, only_types text[], at_most int) returns bigint
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select count(*) from (
      select from bus.events e
      where e.seq > after and e.seq <= up_to and (only_types is null or e.type = any (only_types))
      limit at_most
    ) as counted
  $$;

create function bus.highest_event() returns bigint
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(max(e.seq), 0) from bus.events e
  $$;

-- Writing transactions of the whole cluster that hold back the log. Names of other roles' sessions need an
-- owner that may read all statistics (a superuser, or a member of pg_read_all_stats).
create function bus.list_long_transactions(older_than interval)
  returns table (pid int, application text, database text, prepared_as text, seconds float8)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select a.pid, a.application_name, a.datname::text, null, extract(epoch from clock_timestamp() - a.xact_start)::float8
    from pg_stat_activity a
    where a.backend_xid is not null and a.xact_start < clock_timestamp() - older_than
    union all
    select null, null, p.database::text, p.gid, extract(epoch from clock_timestamp() - p.prepared)::float8
    from pg_prepared_xacts p
    where p.prepared < clock_timestamp() - older_than
  $$;

revoke all on all functions in schema bus from public;
grant execute on all functions in schema bus to assay_app;
