-- A batch is whose who made it. For batches from before, the log still knows who that was.
alter table batches.batches
  add column owner_id uuid,
  add column example boolean not null default false,
  add column removed_at timestamptz;
update batches.batches b set owner_id = (e.payload -> 'actor' ->> 'id')::uuid
  from bus.events e
  where e.type = 'batches.batch-created' and e.key = b.batch_id::text and e.school_id = b.school_id
    and e.payload -> 'actor' ->> 'kind' = 'user';
create index on batches.batches (owner_id, batch_id);
create index on batches.batches (removed_at) where removed_at is not null;

create table batches.shares (
  batch_id uuid not null,
  user_id uuid not null,
  school_id uuid not null,
  shared_at timestamptz not null default now(),
  primary key (batch_id, user_id)
);
create index on batches.shares (user_id);
alter table batches.shares enable row level security;
create policy school on batches.shares
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on batches.shares to assay_app;

-- Tells which texts no batch holds any more once one is erased.
create index on batches.members (text_hash) where text_hash is not null;
