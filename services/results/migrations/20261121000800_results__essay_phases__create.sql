create schema results;
grant usage on schema results to assay_app;

-- Raised by every event that changes what a batch's results say: a cached answer is good for one version.
create table results.batches (
  batch_id uuid primary key,
  school_id uuid not null,
  version bigint not null
);
alter table results.batches enable row level security;
create policy school on results.batches
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on results.batches to assay_app;

-- Per essay and phase the latest success, or why there is none.
create table results.essay_phases (
  essay_id uuid not null,
  phase text not null,
  school_id uuid not null,
  batch_id uuid not null,
  status text not null check (status in ('pending', 'running', 'succeeded', 'failed')),
  text_hash text not null,
  fingerprint text,
  findings int,
  error jsonb,
  primary key (essay_id, phase)
);
create index on results.essay_phases (batch_id);
alter table results.essay_phases enable row level security;
create policy school on results.essay_phases
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on results.essay_phases to assay_app;

-- Which text each essay holds: an essay never changes its text.
create table results.essays (
  essay_id uuid primary key,
  school_id uuid not null,
  batch_id uuid not null,
  text_hash text not null
);
create index on results.essays (batch_id);
alter table results.essays enable row level security;
create policy school on results.essays
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on results.essays to assay_app;
