create schema spelling;
grant usage on schema spelling to assay_app;

-- One result a text and fingerprint (engine version, locale, prompt): whoever asks again is answered from here.
create table spelling.checks (
  school_id uuid not null,
  text_hash text not null,
  fingerprint text not null,
  result jsonb not null,
  created_at timestamptz not null default now(),
  primary key (school_id, text_hash, fingerprint)
);
alter table spelling.checks enable row level security;
create policy school on spelling.checks
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on spelling.checks to assay_app;
