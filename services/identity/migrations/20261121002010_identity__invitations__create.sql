-- Days after which a batch is erased; null keeps it until somebody erases it.
alter table identity.schools add column keep_days integer check (keep_days > 0);

-- The token of a link is kept as its SHA-256 only: who reads the table cannot use it.
create table identity.invitations (
  invitation_id uuid primary key,
  school_id uuid not null references identity.schools,
  email text not null check (email = lower(email)),
  roles text[] not null check (cardinality(roles) > 0 and roles <@ array['admin', 'teacher', 'judge', 'student']),
  token_hash text not null unique,
  invited_by uuid not null references identity.users on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- Once accepted it is history, and its link is good no more.
  accepted_at timestamptz
);
create index invitations_of_school on identity.invitations (school_id, invitation_id);
-- A person has one open invitation of a school: a new one takes the place of the old, whose link dies.
create unique index one_open_invitation on identity.invitations (school_id, email) where accepted_at is null;

create table identity.password_resets (
  token_hash text primary key,
  user_id uuid not null unique references identity.users on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

-- Attempts in a window of time, by what is counted: an account, an address. The key is a SHA-256.
create table identity.throttles (
  key text primary key,
  attempts integer not null,
  window_ends timestamptz not null
);

-- Where a school's people sign in with OIDC. oidc_config holds the client's secret, so the row is for the desk
-- alone; that is why its school is not named school_id, which would open it to connections with the school set.
create table identity.sso_providers (
  id uuid primary key,
  provider_id text not null unique,
  organization_id uuid not null references identity.schools,
  name text not null default '',
  issuer text not null,
  -- Only addresses of this domain get in.
  domain text not null check (domain = lower(domain)),
  oidc_config text not null,
  saml_config text,
  user_id uuid,
  created_at timestamptz not null default now()
);

alter table identity.invitations enable row level security;
alter table identity.password_resets enable row level security;
alter table identity.throttles enable row level security;
alter table identity.sso_providers enable row level security;
create policy desk on identity.invitations using (identity.at_desk());
create policy school on identity.invitations for select
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
create policy desk on identity.password_resets using (identity.at_desk());
create policy desk on identity.throttles using (identity.at_desk());
create policy desk on identity.sso_providers using (identity.at_desk());
grant select, insert, update, delete on identity.invitations, identity.password_resets, identity.throttles,
  identity.sso_providers to assay_app;
