-- Written once a batch: room on the page keeps each write in place.
create table bus.subscriptions (
  name text primary key,
  -- Every event up to here is handled or a dead letter.
  position bigint not null,
  last_handled_at timestamptz
) with (fillfactor = 20, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
revoke all on bus.subscriptions from assay_app;
grant select, insert, update on bus.subscriptions to assay_app;

create table bus.dead_letters (
  subscription text not null,
  seq bigint not null,
  event_id uuid not null,
  type text not null,
  school_id uuid not null,
  error text not null,
  tries int not null,
  failed_at timestamptz not null default clock_timestamp(),
  primary key (subscription, seq)
);
alter table bus.dead_letters enable row level security;
create policy dead_letters_of_the_school on bus.dead_letters
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on bus.dead_letters to assay_app;

create function bus.list_dead_letters()
  returns table (subscription text, seq bigint, event_id uuid, type text, school_id uuid, error text, tries int, failed_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select d.subscription, d.seq, d.event_id, d.type, d.school_id, d.error, d.tries, d.failed_at
    from bus.dead_letters d
    order by d.subscription, d.seq
  $$;

-- Back to the start of the log. Its dead letters go too: they will be handled again.
create function bus.restart_subscription(restarted text) returns void
  language sql security definer set search_path = pg_catalog, pg_temp as $$
    delete from bus.dead_letters d where d.subscription = restarted;
    update bus.subscriptions s set position = 0 where s.name = restarted;
  $$;

revoke all on function bus.list_dead_letters(), bus.restart_subscription(text) from public;
grant execute on function bus.list_dead_letters(), bus.restart_subscription(text) to assay_app;
