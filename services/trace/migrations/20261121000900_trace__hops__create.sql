create schema trace;
grant usage on schema trace to assay_app;

-- Every event that a file or a correlation caused, in the order of the log.
create table trace.hops (
  seq bigint primary key,
  school_id uuid not null,
  batch_id uuid,
  file_upload_id uuid,
  correlation_id text not null,
  event_id uuid not null,
  causation_id uuid,
  type text not null,
  at timestamptz not null
);
create index on trace.hops (file_upload_id, seq) where file_upload_id is not null;
create index on trace.hops (correlation_id, seq);
alter table trace.hops enable row level security;
create policy school on trace.hops
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on trace.hops to assay_app;

-- What each file waits for; no row when nothing is expected of it.
create table trace.expectations (
  file_upload_id uuid not null,
  event text not null,
  school_id uuid not null,
  since timestamptz not null,
  due_at timestamptz not null,
  primary key (file_upload_id, event)
);
create index on trace.expectations (due_at);
alter table trace.expectations enable row level security;
create policy school on trace.expectations
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on trace.expectations to assay_app;
