create schema files;
grant usage on schema files to assay_app;

-- One row a file as it arrived. Its state is the one truth about where the file is; batches, results and
-- pages count these rows and nothing else.
create table files.uploads (
  file_upload_id uuid primary key,
  school_id uuid not null,
  batch_id uuid not null,
  file_name text not null,
  archive text,
  size_bytes bigint not null,
  sha256 text,
  state text not null check (state in ('received', 'reading', 'waiting-for-slot', 'in-slot', 'rejected', 'removed')),
  format text,
  words int,
  text_hash text,
  slot int,
  essay_id uuid,
  duplicate_of uuid,
  replaces uuid,
  replaced_by uuid,
  remarks jsonb not null default '[]',
  error jsonb,
  received_at timestamptz not null,
  removed_at timestamptz
);
create index on files.uploads (batch_id, file_upload_id);
create index on files.uploads (school_id, sha256);
alter table files.uploads enable row level security;
create policy school on files.uploads
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on files.uploads to assay_app;

-- Texts by the SHA-256 of their UTF-8 bytes: the same text read twice is stored once in a school.
create table files.texts (
  school_id uuid not null,
  text_hash text not null,
  body text not null,
  created_at timestamptz not null default now(),
  primary key (school_id, text_hash)
);
alter table files.texts enable row level security;
create policy school on files.texts
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, delete on files.texts to assay_app;
