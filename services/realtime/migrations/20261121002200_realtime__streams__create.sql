create schema realtime;
grant usage on schema realtime to assay_app;

-- One row, of no school: which life of the streams this is.
create table realtime.state (
  one boolean primary key default true check (one),
  -- A number means something only together with the epoch it was given in.
  epoch uuid not null default gen_random_uuid(),
  -- Of the data folder whose originals belong to these rows: another one means that either was restored.
  installation_id text,
  -- Events up to here made nobody's notification: they only say who is told of which batch.
  silent_to bigint not null
);
insert into realtime.state (silent_to) values (bus.highest_event());
revoke all on realtime.state from assay_app;
grant select on realtime.state to assay_app;

-- The counter of one person in one school.
create table realtime.streams (
  user_id uuid not null,
  school_id uuid not null,
  last_seq bigint not null,
  -- The highest place in the log among this person's notifications.
  last_log_seq bigint not null,
  -- The lowest number that is still kept; last_seq + 1 when none is.
  kept_from bigint not null default 1,
  primary key (user_id, school_id)
) with (fillfactor = 50);
alter table realtime.streams enable row level security;
create policy school on realtime.streams
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on realtime.streams to assay_app;

create table realtime.notifications (
  user_id uuid not null,
  school_id uuid not null,
  seq bigint not null,
  event_id uuid not null,
  -- Never falls as seq grows, so that "the highest number of a place in the log" has one meaning. An event that
  -- was put aside and is told of late stands at the place of the one before it.
  log_seq bigint not null,
  batch_id uuid not null,
  at timestamptz not null,
  -- The frame as it goes over the wire, without epoch and number: its type, the members after them, its data.
  name text not null,
  meta text not null,
  data text not null,
  primary key (user_id, school_id, seq)
);
create unique index one_notification_per_event on realtime.notifications (event_id, user_id, school_id);
alter table realtime.notifications enable row level security;
create policy school on realtime.notifications
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on realtime.notifications to assay_app;

-- Who is told of a batch, between which places in the log: its owner, and those it is shared with.
create table realtime.audience (
  batch_id uuid not null,
  user_id uuid not null,
  school_id uuid not null,
  from_seq bigint not null,
  to_seq bigint,
  primary key (batch_id, user_id, from_seq)
);
alter table realtime.audience enable row level security;
create policy school on realtime.audience
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on realtime.audience to assay_app;

-- Sockets of many schools catch up in one statement, so these are the owner's; each row is of the school and
-- the person that the caller names with it, and the caller names what a credential has shown.
create function realtime.read_notifications(users uuid[], schools uuid[], epochs uuid[], after bigint[], at_most int)
  returns table (place int, epoch uuid, last_seq bigint, kept_from bigint, seq bigint, name text, meta text, data text)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select w.place::int, t.epoch, coalesce(s.last_seq, 0), coalesce(s.kept_from, 1), n.seq, n.name, n.meta, n.data
    from unnest(users, schools, epochs, after) with ordinality w(user_id, school_id, epoch, after, place)
      cross join realtime.state t
      left join realtime.streams s on s.user_id = w.user_id and s.school_id = w.school_id
      left join lateral (
        select n.seq, n.name, n.meta, n.data from realtime.notifications n
        where n.user_id = w.user_id and n.school_id = w.school_id and w.epoch = t.epoch and n.seq > w.after
        order by n.seq limit at_most) n on true
    order by w.place, n.seq
  $$;

-- The caller's highest notification that every one of these subscriptions has handled the event of. While one of
-- them is still in the silent part of the log no number can say where a snapshot stands, and the nil epoch says so.
create function realtime.read_stamp(asked_user uuid, asked_school uuid, behind text[])
  returns table (epoch uuid, seq bigint)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select case when p.position >= t.silent_to then t.epoch else '00000000-0000-0000-0000-000000000000'::uuid end,
      coalesce(
        (select n.seq from realtime.notifications n
         where n.user_id = asked_user and n.school_id = asked_school and n.log_seq <= p.position
         order by n.seq desc limit 1),
        s.kept_from - 1, 0)
    from realtime.state t
      cross join (select min(coalesce(b.position, 0)) as position
        from unnest(behind) x left join bus.subscriptions b on b.name = x) p
      left join realtime.streams s on s.user_id = asked_user and s.school_id = asked_school
  $$;

create function realtime.read_audience(batches uuid[]) returns table (batch_id uuid, user_id uuid)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select a.batch_id, a.user_id from realtime.audience a where a.batch_id = any (batches) and a.to_seq is null
  $$;

-- Remembers whose data these are; another installation is a restore, and no number given before means anything.
create function realtime.keep_installation(installation text) returns void
  language sql security definer set search_path = pg_catalog, pg_temp as $$
    update realtime.state t set installation_id = installation,
      epoch = case when t.installation_id is null then t.epoch else gen_random_uuid() end
    where t.installation_id is distinct from installation
  $$;

-- Empties the projection before it is rebuilt from the log: the past is not told a second time.
create function realtime.begin_anew() returns void
  language sql security definer set search_path = pg_catalog, pg_temp as $$
    update realtime.state set epoch = gen_random_uuid(), silent_to = bus.highest_event();
    delete from realtime.notifications;
    delete from realtime.streams;
    delete from realtime.audience;
  $$;

revoke all on all functions in schema realtime from public;
grant execute on all functions in schema realtime to assay_app;
