create schema batches;
grant usage on schema batches to assay_app;

create table batches.batches (
  batch_id uuid primary key,
  school_id uuid not null,
  title text not null,
  prompt text,
  capacity int,
  phases text[] not null,
  locale text not null,
  run_when_quiet boolean not null,
  created_at timestamptz not null
);
create index on batches.batches (school_id, batch_id);
alter table batches.batches enable row level security;
create policy school on batches.batches
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on batches.batches to assay_app;

-- This service's own copy of where each file is: `reading`, `waiting`, `in-slot`, `gone`.
create table batches.members (
  file_upload_id uuid primary key,
  school_id uuid not null,
  batch_id uuid not null,
  place text not null check (place in ('reading', 'waiting', 'in-slot', 'gone')),
  essay_id uuid,
  text_hash text,
  -- The run that waits for this file, if one does.
  run_id uuid
);
create index on batches.members (batch_id, place);
create index on batches.members (essay_id);
alter table batches.members enable row level security;
create policy school on batches.members
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on batches.members to assay_app;

-- Stage and outcome are two columns. `taken` is set once the run has heard its own start in the log, and so
-- knows every file received before it. `unsettled` counts the files it still waits for.
create table batches.runs (
  run_id uuid primary key,
  school_id uuid not null,
  batch_id uuid not null,
  essays uuid[],
  taken boolean not null default false,
  unsettled int not null default 0,
  paused boolean not null default false,
  outcome text check (outcome in ('succeeded', 'succeeded-with-failures', 'failed', 'cancelled')),
  reason text,
  created_at timestamptz not null,
  ended_at timestamptz
);
create unique index one_active_run on batches.runs (batch_id) where outcome is null;
create index on batches.runs (batch_id, run_id);
alter table batches.runs enable row level security;
create policy school on batches.runs
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on batches.runs to assay_app;

create table batches.run_phases (
  run_id uuid not null,
  phase text not null,
  school_id uuid not null,
  position int not null,
  stage text not null check (stage in ('waiting', 'running', 'closed')),
  outcome text check (outcome in ('succeeded', 'succeeded-with-failures', 'failed', 'cancelled')),
  pending int not null default 0,
  succeeded int not null default 0,
  failed int not null default 0,
  pruned int not null default 0,
  started_at timestamptz,
  completed_at timestamptz,
  primary key (run_id, phase)
);
alter table batches.run_phases enable row level security;
create policy school on batches.run_phases
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on batches.run_phases to assay_app;

-- One row an essay and phase of a run. `held` is not asked for yet: the window is full or the run is paused.
create table batches.run_items (
  run_id uuid not null,
  phase text not null,
  essay_id uuid not null,
  school_id uuid not null,
  file_upload_id uuid not null,
  text_hash text not null,
  status text not null check (status in ('held', 'asked', 'succeeded', 'failed', 'dropped')),
  asked_at timestamptz,
  primary key (run_id, phase, essay_id)
);
create index on batches.run_items (run_id, phase, essay_id) where status = 'held';
create index on batches.run_items (run_id, phase) where status = 'asked';
create index on batches.run_items (asked_at) where status = 'asked';
create index on batches.run_items (essay_id);
alter table batches.run_items enable row level security;
create policy school on batches.run_items
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on batches.run_items to assay_app;

-- What exists already, so that it is pruned: the same text under the same engine, locale and prompt.
create table batches.known_results (
  school_id uuid not null,
  phase text not null,
  text_hash text not null,
  fingerprint text not null,
  primary key (school_id, phase, text_hash, fingerprint)
);
alter table batches.known_results enable row level security;
create policy school on batches.known_results
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on batches.known_results to assay_app;
