-- Persons and what they sign in with are needed before a school is known, so no school's setting opens them. They
-- open for identity's own connections alone, which say so when they connect (assay.identity); everyone else,
-- with a school set or none, sees no row.
create function identity.at_desk() returns boolean
  language sql stable parallel safe
  as $$ select coalesce(current_setting('assay.identity', true), '') = 'on' $$;
grant execute on function identity.at_desk() to assay_app;

create policy desk on identity.schools using (identity.at_desk());

create table identity.users (
  id uuid primary key,
  name text not null,
  -- In small letters. Null for the owner of a laptop who has set no password.
  email text unique check (email = lower(email)),
  email_verified boolean not null default false,
  image text,
  -- The owner of this computer; a database has at most one.
  local_owner boolean not null default false,
  disabled_at timestamptz,
  last_seen_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index one_local_owner on identity.users (local_owner) where local_owner;

-- Whose a person is, and as what. A person belongs to one school: an identity never has to be asked which is meant.
create table identity.members (
  school_id uuid not null references identity.schools,
  user_id uuid primary key references identity.users on delete cascade,
  roles text[] not null check (cardinality(roles) > 0 and roles <@ array['admin', 'teacher', 'judge', 'student']),
  created_at timestamptz not null default now()
);
create index members_of_school on identity.members (school_id, user_id);

create table identity.sessions (
  id uuid primary key,
  user_id uuid not null references identity.users on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index sessions_of_user on identity.sessions (user_id);

-- What a person signs in with: provider_id 'credential' is a password (scrypt), others are OIDC providers.
create table identity.accounts (
  id uuid primary key,
  user_id uuid not null references identity.users on delete cascade,
  account_id text not null,
  provider_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider_id, account_id)
);
create index accounts_of_user on identity.accounts (user_id);

-- One-time values of a sign-in under way, such as the state of an OIDC redirect.
create table identity.verifications (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index verifications_by_identifier on identity.verifications (identifier);

-- Keys that sign JWTs; private_key is encrypted with the program's secret.
create table identity.jwks (
  id uuid primary key,
  public_key text not null,
  private_key text not null,
  alg text,
  crv text,
  created_at timestamptz not null default now(),
  expires_at timestamptz
);

alter table identity.users enable row level security;
alter table identity.members enable row level security;
alter table identity.sessions enable row level security;
alter table identity.accounts enable row level security;
alter table identity.verifications enable row level security;
alter table identity.jwks enable row level security;
create policy desk on identity.users using (identity.at_desk());
create policy desk on identity.members using (identity.at_desk());
create policy school on identity.members for select
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
create policy desk on identity.sessions using (identity.at_desk());
create policy desk on identity.accounts using (identity.at_desk());
create policy desk on identity.verifications using (identity.at_desk());
create policy desk on identity.jwks using (identity.at_desk());
grant select, insert, update, delete on identity.users, identity.members, identity.sessions, identity.accounts,
  identity.verifications, identity.jwks to assay_app;
grant insert, update on identity.schools to assay_app;
