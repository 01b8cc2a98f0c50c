create schema http;
grant usage on schema http to assay_app;

create table http.idempotency_keys (
  school_id uuid not null,
  user_id text not null,
  method text not null,
  path text not null,
  key text not null,
  body_hash text not null,
  status int not null,
  body jsonb not null,
  created_at timestamptz not null default now(),
  primary key (school_id, user_id, method, path, key)
);
create index on http.idempotency_keys (created_at);

alter table http.idempotency_keys enable row level security;
create policy school on http.idempotency_keys
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, delete on http.idempotency_keys to assay_app;
