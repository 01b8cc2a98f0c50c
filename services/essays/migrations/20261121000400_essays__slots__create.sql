create schema essays;
grant usage on schema essays to assay_app;

-- This service's own copy of what it must know of a batch. `next_number` is used by open batches only.
create table essays.batches (
  batch_id uuid primary key,
  school_id uuid not null,
  capacity int,
  next_number int not null default 1
);
alter table essays.batches enable row level security;
create policy school on essays.batches
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on essays.batches to assay_app;

-- A slot is free when `file_upload_id` is null. A removed file's slot keeps it until `reserved_until`.
create table essays.slots (
  batch_id uuid not null,
  number int not null,
  school_id uuid not null,
  file_upload_id uuid,
  essay_id uuid,
  text_hash text,
  words int,
  reserved_until timestamptz,
  primary key (batch_id, number),
  unique (batch_id, file_upload_id)
);
create index on essays.slots (batch_id, number) where file_upload_id is null;
create index on essays.slots (file_upload_id);
alter table essays.slots enable row level security;
create policy school on essays.slots
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on essays.slots to assay_app;

-- Files that found no slot, in the order in which they will get one.
create table essays.waiting (
  file_upload_id uuid primary key,
  school_id uuid not null,
  batch_id uuid not null,
  text_hash text not null,
  words int not null
);
create index on essays.waiting (batch_id, file_upload_id);
alter table essays.waiting enable row level security;
create policy school on essays.waiting
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on essays.waiting to assay_app;
