-- The whole schema, written by `npm run schema` from a freshly migrated database. Never run; a test fails when
-- it differs. Every schema is owned by assay_owner. assay_app may select, insert, update and delete unless a
-- table says otherwise. The job queue's own schema (graphile_worker) and the list of migrations are left out.

CREATE SCHEMA batches;

CREATE OR REPLACE FUNCTION batches.read_standing(asked_school uuid, asked_batch uuid, asked_user uuid)
 RETURNS TABLE(mine boolean, shared boolean, removed boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select b.owner_id is not distinct from asked_user,
      exists (select from batches.shares s
        where s.batch_id = b.batch_id and s.user_id = asked_user and s.school_id = asked_school),
      b.removed_at is not null
    from batches.batches b where b.batch_id = asked_batch and b.school_id = asked_school
  $function$;

CREATE TABLE batches.batches (
    batch_id uuid NOT NULL,
    school_id uuid NOT NULL,
    title text NOT NULL,
    prompt text,
    capacity integer,
    phases text[] NOT NULL,
    locale text NOT NULL,
    run_when_quiet boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    owner_id uuid,
    example boolean DEFAULT false NOT NULL,
    removed_at timestamp with time zone,
    erase_on timestamp with time zone,
    CONSTRAINT batches_pkey PRIMARY KEY (batch_id)
);
CREATE INDEX batches_erase_on_idx ON batches.batches USING btree (erase_on) WHERE (erase_on IS NOT NULL);
CREATE INDEX batches_owner_id_batch_id_idx ON batches.batches USING btree (owner_id, batch_id);
CREATE INDEX batches_removed_at_idx ON batches.batches USING btree (removed_at) WHERE (removed_at IS NOT NULL);
CREATE INDEX batches_school_id_batch_id_idx ON batches.batches USING btree (school_id, batch_id);
ALTER TABLE batches.batches ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON batches.batches USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE batches.known_results (
    school_id uuid NOT NULL,
    phase text NOT NULL,
    text_hash text NOT NULL,
    fingerprint text NOT NULL,
    CONSTRAINT known_results_pkey PRIMARY KEY (school_id, phase, text_hash, fingerprint)
);
ALTER TABLE batches.known_results ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON batches.known_results USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE batches.members (
    file_upload_id uuid NOT NULL,
    school_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    place text NOT NULL,
    essay_id uuid,
    text_hash text,
    run_id uuid,
    CONSTRAINT members_pkey PRIMARY KEY (file_upload_id),
    CONSTRAINT members_place_check CHECK ((place = ANY (ARRAY['reading'::text, 'waiting'::text, 'in-slot'::text, 'gone'::text])))
);
CREATE INDEX members_batch_id_place_idx ON batches.members USING btree (batch_id, place);
CREATE INDEX members_essay_id_idx ON batches.members USING btree (essay_id);
CREATE INDEX members_text_hash_idx ON batches.members USING btree (text_hash) WHERE (text_hash IS NOT NULL);
ALTER TABLE batches.members ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON batches.members USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE batches.run_items (
    run_id uuid NOT NULL,
    phase text NOT NULL,
    essay_id uuid NOT NULL,
    school_id uuid NOT NULL,
    file_upload_id uuid NOT NULL,
    text_hash text NOT NULL,
    status text NOT NULL,
    asked_at timestamp with time zone,
    CONSTRAINT run_items_pkey PRIMARY KEY (run_id, phase, essay_id),
    CONSTRAINT run_items_status_check CHECK ((status = ANY (ARRAY['held'::text, 'asked'::text, 'succeeded'::text, 'failed'::text, 'dropped'::text])))
);
CREATE INDEX run_items_asked_at_idx ON batches.run_items USING btree (asked_at) WHERE (status = 'asked'::text);
CREATE INDEX run_items_essay_id_idx ON batches.run_items USING btree (essay_id);
CREATE INDEX run_items_run_id_phase_essay_id_idx ON batches.run_items USING btree (run_id, phase, essay_id) WHERE (status = 'held'::text);
CREATE INDEX run_items_run_id_phase_idx ON batches.run_items USING btree (run_id, phase) WHERE (status = 'asked'::text);
ALTER TABLE batches.run_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON batches.run_items USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE batches.run_phases (
    run_id uuid NOT NULL,
    phase text NOT NULL,
    school_id uuid NOT NULL,
    "position" integer NOT NULL,
    stage text NOT NULL,
    outcome text,
    pending integer DEFAULT 0 NOT NULL,
    succeeded integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    pruned integer DEFAULT 0 NOT NULL,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    CONSTRAINT run_phases_pkey PRIMARY KEY (run_id, phase),
    CONSTRAINT run_phases_outcome_check CHECK ((outcome = ANY (ARRAY['succeeded'::text, 'succeeded-with-failures'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT run_phases_stage_check CHECK ((stage = ANY (ARRAY['waiting'::text, 'running'::text, 'closed'::text])))
);
ALTER TABLE batches.run_phases ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON batches.run_phases USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE batches.runs (
    run_id uuid NOT NULL,
    school_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    essays uuid[],
    taken boolean DEFAULT false NOT NULL,
    unsettled integer DEFAULT 0 NOT NULL,
    paused boolean DEFAULT false NOT NULL,
    outcome text,
    reason text,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT runs_pkey PRIMARY KEY (run_id),
    CONSTRAINT runs_outcome_check CHECK ((outcome = ANY (ARRAY['succeeded'::text, 'succeeded-with-failures'::text, 'failed'::text, 'cancelled'::text])))
);
CREATE UNIQUE INDEX one_active_run ON batches.runs USING btree (batch_id) WHERE (outcome IS NULL);
CREATE INDEX runs_batch_id_run_id_idx ON batches.runs USING btree (batch_id, run_id);
ALTER TABLE batches.runs ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON batches.runs USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE batches.shares (
    batch_id uuid NOT NULL,
    user_id uuid NOT NULL,
    school_id uuid NOT NULL,
    shared_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT shares_pkey PRIMARY KEY (batch_id, user_id)
);
CREATE INDEX shares_user_id_idx ON batches.shares USING btree (user_id);
ALTER TABLE batches.shares ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON batches.shares USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE SCHEMA bus;

CREATE SEQUENCE bus.events_seq AS bigint START 1 INCREMENT 1 CACHE 1;

CREATE OR REPLACE FUNCTION bus.count_events(after bigint, up_to bigint, only_types text[], at_most integer)
 RETURNS bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select count(*) from (
      select from bus.events e
      where e.seq > after and e.seq <= up_to and (only_types is null or e.type = any (only_types))
      limit at_most
    ) as counted
  $function$;

CREATE OR REPLACE FUNCTION bus.highest_event()
 RETURNS bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select coalesce(max(e.seq), 0) from bus.events e
  $function$;

CREATE OR REPLACE FUNCTION bus.list_dead_letters()
 RETURNS TABLE(subscription text, seq bigint, event_id uuid, type text, school_id uuid, error text, tries integer, failed_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select d.subscription, d.seq, d.event_id, d.type, d.school_id, d.error, d.tries, d.failed_at
    from bus.dead_letters d
    order by d.subscription, d.seq
  $function$;

CREATE OR REPLACE FUNCTION bus.list_long_transactions(older_than interval)
 RETURNS TABLE(pid integer, application text, database text, prepared_as text, seconds double precision)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select a.pid, a.application_name, a.datname::text, null, extract(epoch from clock_timestamp() - a.xact_start)::float8
    from pg_stat_activity a
    where a.backend_xid is not null and a.xact_start < clock_timestamp() - older_than
    union all
    select null, null, p.database::text, p.gid, extract(epoch from clock_timestamp() - p.prepared)::float8
    from pg_prepared_xacts p
    where p.prepared < clock_timestamp() - older_than
  $function$;

CREATE OR REPLACE FUNCTION bus.read_events(after bigint, up_to bigint, only_types text[], at_most integer)
 RETURNS TABLE(seq bigint, id uuid, type text, version integer, key text, school_id uuid, file_upload_id uuid, payload jsonb)
 LANGUAGE sql
 STABLE SECURITY DEFINER ROWS 100
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select e.seq, e.id, e.type, e.version, e.key, e.school_id, e.file_upload_id, e.payload
    from bus.events e
    where e.seq > after and e.seq <= up_to and (only_types is null or e.type = any (only_types))
    order by e.seq
    limit at_most
  $function$;

CREATE OR REPLACE FUNCTION bus.restart_subscription(restarted text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    delete from bus.dead_letters d where d.subscription = restarted;
    update bus.subscriptions s set position = 0 where s.name = restarted;
  $function$;

CREATE TABLE bus.dead_letters (
    subscription text NOT NULL,
    seq bigint NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    school_id uuid NOT NULL,
    error text NOT NULL,
    tries integer NOT NULL,
    failed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT dead_letters_pkey PRIMARY KEY (subscription, seq)
);
ALTER TABLE bus.dead_letters ENABLE ROW LEVEL SECURITY;
CREATE POLICY dead_letters_of_the_school ON bus.dead_letters USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE bus.events (
    tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    seq bigint DEFAULT nextval('bus.events_seq'::regclass) NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    version integer NOT NULL,
    key text NOT NULL,
    school_id uuid NOT NULL,
    file_upload_id uuid,
    payload jsonb NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (seq)
);
ALTER TABLE bus.events ENABLE ROW LEVEL SECURITY;
CREATE POLICY events_of_the_school ON bus.events USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON bus.events TO assay_app;

CREATE TABLE bus.subscriptions (
    name text NOT NULL,
    "position" bigint NOT NULL,
    last_handled_at timestamp with time zone,
    CONSTRAINT subscriptions_pkey PRIMARY KEY (name)
) WITH (fillfactor=20, autovacuum_vacuum_threshold=200, autovacuum_vacuum_scale_factor=0);
GRANT INSERT, SELECT, UPDATE ON bus.subscriptions TO assay_app;

CREATE SCHEMA essays;

CREATE TABLE essays.batches (
    batch_id uuid NOT NULL,
    school_id uuid NOT NULL,
    capacity integer,
    next_number integer DEFAULT 1 NOT NULL,
    CONSTRAINT batches_pkey PRIMARY KEY (batch_id)
);
ALTER TABLE essays.batches ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON essays.batches USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE essays.removed (
    file_upload_id uuid NOT NULL,
    school_id uuid NOT NULL,
    CONSTRAINT removed_pkey PRIMARY KEY (file_upload_id)
);
ALTER TABLE essays.removed ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON essays.removed USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE essays.slots (
    batch_id uuid NOT NULL,
    number integer NOT NULL,
    school_id uuid NOT NULL,
    file_upload_id uuid,
    essay_id uuid,
    text_hash text,
    words integer,
    reserved_until timestamp with time zone,
    CONSTRAINT slots_pkey PRIMARY KEY (batch_id, number),
    CONSTRAINT slots_batch_id_file_upload_id_key UNIQUE (batch_id, file_upload_id)
);
CREATE INDEX slots_batch_id_number_idx ON essays.slots USING btree (batch_id, number) WHERE (file_upload_id IS NULL);
CREATE INDEX slots_file_upload_id_idx ON essays.slots USING btree (file_upload_id);
ALTER TABLE essays.slots ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON essays.slots USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE essays.waiting (
    file_upload_id uuid NOT NULL,
    school_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    text_hash text NOT NULL,
    words integer NOT NULL,
    CONSTRAINT waiting_pkey PRIMARY KEY (file_upload_id)
);
CREATE INDEX waiting_batch_id_file_upload_id_idx ON essays.waiting USING btree (batch_id, file_upload_id);
ALTER TABLE essays.waiting ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON essays.waiting USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE SCHEMA files;

CREATE TABLE files.texts (
    school_id uuid NOT NULL,
    text_hash text NOT NULL,
    body text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT texts_pkey PRIMARY KEY (school_id, text_hash)
);
ALTER TABLE files.texts ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON files.texts USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE files.uploads (
    file_upload_id uuid NOT NULL,
    school_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    file_name text NOT NULL,
    archive text,
    size_bytes bigint NOT NULL,
    sha256 text,
    state text NOT NULL,
    format text,
    words integer,
    text_hash text,
    slot integer,
    essay_id uuid,
    duplicate_of uuid,
    replaces uuid,
    replaced_by uuid,
    remarks jsonb DEFAULT '[]'::jsonb NOT NULL,
    error jsonb,
    received_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    CONSTRAINT uploads_pkey PRIMARY KEY (file_upload_id),
    CONSTRAINT uploads_state_check CHECK ((state = ANY (ARRAY['received'::text, 'reading'::text, 'waiting-for-slot'::text, 'in-slot'::text, 'rejected'::text, 'removed'::text])))
);
CREATE INDEX uploads_batch_id_file_upload_id_idx ON files.uploads USING btree (batch_id, file_upload_id);
CREATE INDEX uploads_essay_id_idx ON files.uploads USING btree (essay_id) WHERE (essay_id IS NOT NULL);
CREATE INDEX uploads_school_id_sha256_idx ON files.uploads USING btree (school_id, sha256);
ALTER TABLE files.uploads ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON files.uploads USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE SCHEMA http;

CREATE TABLE http.idempotency_keys (
    school_id uuid NOT NULL,
    user_id text NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    key text NOT NULL,
    body_hash text NOT NULL,
    status integer NOT NULL,
    body jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (school_id, user_id, method, path, key)
);
CREATE INDEX idempotency_keys_created_at_idx ON http.idempotency_keys USING btree (created_at);
ALTER TABLE http.idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON http.idempotency_keys USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE SCHEMA identity;

CREATE OR REPLACE FUNCTION identity.at_desk()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select coalesce(current_setting('assay.identity', true), '') = 'on' $function$;

CREATE OR REPLACE FUNCTION identity.ensure_local_school()
 RETURNS uuid
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'identity', 'pg_temp'
AS $function$
    insert into identity.schools (name, local) values ('This computer', true) on conflict do nothing;
    select school_id from identity.schools where local
  $function$;

CREATE OR REPLACE FUNCTION identity.list_school_ids()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'identity', 'pg_temp'
AS $function$ select school_id from identity.schools order by school_id $function$;

CREATE TABLE identity.accounts (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    account_id text NOT NULL,
    provider_id text NOT NULL,
    password text,
    access_token text,
    refresh_token text,
    id_token text,
    access_token_expires_at timestamp with time zone,
    refresh_token_expires_at timestamp with time zone,
    scope text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT accounts_provider_id_account_id_key UNIQUE (provider_id, account_id),
    CONSTRAINT accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE
);
CREATE INDEX accounts_of_user ON identity.accounts USING btree (user_id);
ALTER TABLE identity.accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON identity.accounts USING (identity.at_desk());

CREATE TABLE identity.invitations (
    invitation_id uuid NOT NULL,
    school_id uuid NOT NULL,
    email text NOT NULL,
    roles text[] NOT NULL,
    token_hash text NOT NULL,
    invited_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    CONSTRAINT invitations_pkey PRIMARY KEY (invitation_id),
    CONSTRAINT invitations_token_hash_key UNIQUE (token_hash),
    CONSTRAINT invitations_email_check CHECK ((email = lower(email))),
    CONSTRAINT invitations_roles_check CHECK (((cardinality(roles) > 0) AND (roles <@ ARRAY['admin'::text, 'teacher'::text, 'judge'::text, 'student'::text]))),
    CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES identity.users(id) ON DELETE CASCADE,
    CONSTRAINT invitations_school_id_fkey FOREIGN KEY (school_id) REFERENCES identity.schools(school_id)
);
CREATE INDEX invitations_of_school ON identity.invitations USING btree (school_id, invitation_id);
CREATE UNIQUE INDEX one_open_invitation ON identity.invitations USING btree (school_id, email) WHERE (accepted_at IS NULL);
ALTER TABLE identity.invitations ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON identity.invitations USING (identity.at_desk());
CREATE POLICY school ON identity.invitations FOR SELECT USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE identity.jwks (
    id uuid NOT NULL,
    public_key text NOT NULL,
    private_key text NOT NULL,
    alg text,
    crv text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT jwks_pkey PRIMARY KEY (id)
);
ALTER TABLE identity.jwks ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON identity.jwks USING (identity.at_desk());

CREATE TABLE identity.members (
    school_id uuid NOT NULL,
    user_id uuid NOT NULL,
    roles text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT members_pkey PRIMARY KEY (user_id),
    CONSTRAINT members_roles_check CHECK (((cardinality(roles) > 0) AND (roles <@ ARRAY['admin'::text, 'teacher'::text, 'judge'::text, 'student'::text]))),
    CONSTRAINT members_school_id_fkey FOREIGN KEY (school_id) REFERENCES identity.schools(school_id),
    CONSTRAINT members_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE
);
CREATE INDEX members_of_school ON identity.members USING btree (school_id, user_id);
ALTER TABLE identity.members ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON identity.members USING (identity.at_desk());
CREATE POLICY school ON identity.members FOR SELECT USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE identity.password_resets (
    token_hash text NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT password_resets_pkey PRIMARY KEY (token_hash),
    CONSTRAINT password_resets_user_id_key UNIQUE (user_id),
    CONSTRAINT password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE
);
ALTER TABLE identity.password_resets ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON identity.password_resets USING (identity.at_desk());

CREATE TABLE identity.schools (
    school_id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    local boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    keep_days integer,
    CONSTRAINT schools_pkey PRIMARY KEY (school_id),
    CONSTRAINT schools_keep_days_check CHECK ((keep_days > 0))
);
CREATE UNIQUE INDEX one_local_school ON identity.schools USING btree (local) WHERE local;
ALTER TABLE identity.schools ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON identity.schools USING (identity.at_desk());
CREATE POLICY school ON identity.schools USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE identity.sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ip_address text,
    user_agent text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_token_key UNIQUE (token),
    CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE
);
CREATE INDEX sessions_of_user ON identity.sessions USING btree (user_id);
ALTER TABLE identity.sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON identity.sessions USING (identity.at_desk());

CREATE TABLE identity.sso_providers (
    id uuid NOT NULL,
    provider_id text NOT NULL,
    organization_id uuid NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    issuer text NOT NULL,
    domain text NOT NULL,
    oidc_config text NOT NULL,
    saml_config text,
    user_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sso_providers_pkey PRIMARY KEY (id),
    CONSTRAINT sso_providers_provider_id_key UNIQUE (provider_id),
    CONSTRAINT sso_providers_domain_check CHECK ((domain = lower(domain))),
    CONSTRAINT sso_providers_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES identity.schools(school_id)
);
ALTER TABLE identity.sso_providers ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON identity.sso_providers USING (identity.at_desk());

CREATE TABLE identity.throttles (
    key text NOT NULL,
    attempts integer NOT NULL,
    window_ends timestamp with time zone NOT NULL,
    CONSTRAINT throttles_pkey PRIMARY KEY (key)
);
ALTER TABLE identity.throttles ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON identity.throttles USING (identity.at_desk());

CREATE TABLE identity.users (
    id uuid NOT NULL,
    name text NOT NULL,
    email text,
    email_verified boolean DEFAULT false NOT NULL,
    image text,
    local_owner boolean DEFAULT false NOT NULL,
    disabled_at timestamp with time zone,
    last_seen_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_email_check CHECK ((email = lower(email)))
);
CREATE UNIQUE INDEX one_local_owner ON identity.users USING btree (local_owner) WHERE local_owner;
ALTER TABLE identity.users ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON identity.users USING (identity.at_desk());

CREATE TABLE identity.verifications (
    id uuid NOT NULL,
    identifier text NOT NULL,
    value text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT verifications_pkey PRIMARY KEY (id)
);
CREATE INDEX verifications_by_identifier ON identity.verifications USING btree (identifier);
ALTER TABLE identity.verifications ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk ON identity.verifications USING (identity.at_desk());

CREATE SCHEMA language;

CREATE TABLE language.checks (
    school_id uuid NOT NULL,
    text_hash text NOT NULL,
    fingerprint text NOT NULL,
    result jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT checks_pkey PRIMARY KEY (school_id, text_hash, fingerprint)
);
ALTER TABLE language.checks ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON language.checks USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE SCHEMA realtime;

CREATE OR REPLACE FUNCTION realtime.begin_anew()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    update realtime.state set epoch = gen_random_uuid(), silent_to = bus.highest_event();
    delete from realtime.notifications;
    delete from realtime.streams;
    delete from realtime.audience;
  $function$;

CREATE OR REPLACE FUNCTION realtime.keep_installation(installation text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    update realtime.state t set installation_id = installation,
      epoch = case when t.installation_id is null then t.epoch else gen_random_uuid() end
    where t.installation_id is distinct from installation
  $function$;

CREATE OR REPLACE FUNCTION realtime.read_audience(batches uuid[])
 RETURNS TABLE(batch_id uuid, user_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select a.batch_id, a.user_id from realtime.audience a where a.batch_id = any (batches) and a.to_seq is null
  $function$;

CREATE OR REPLACE FUNCTION realtime.read_notifications(users uuid[], schools uuid[], epochs uuid[], after bigint[], at_most integer)
 RETURNS TABLE(place integer, epoch uuid, last_seq bigint, kept_from bigint, seq bigint, name text, meta text, data text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select w.place::int, t.epoch, coalesce(s.last_seq, 0), coalesce(s.kept_from, 1), n.seq, n.name, n.meta, n.data
    from unnest(users, schools, epochs, after) with ordinality w(user_id, school_id, epoch, after, place)
      cross join realtime.state t
      left join realtime.streams s on s.user_id = w.user_id and s.school_id = w.school_id
      left join lateral (
        select n.seq, n.name, n.meta, n.data from realtime.notifications n
        where n.user_id = w.user_id and n.school_id = w.school_id and w.epoch = t.epoch and n.seq > w.after
        order by n.seq limit at_most) n on true
    order by w.place, n.seq
  $function$;

CREATE OR REPLACE FUNCTION realtime.read_stamp(asked_user uuid, asked_school uuid, behind text[])
 RETURNS TABLE(epoch uuid, seq bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select case when p.position >= t.silent_to then t.epoch else '00000000-0000-0000-0000-000000000000'::uuid end,
      coalesce(
        (select n.seq from realtime.notifications n
         where n.user_id = asked_user and n.school_id = asked_school and n.log_seq <= p.position
         order by n.seq desc limit 1),
        s.kept_from - 1, 0)
    from realtime.state t
      cross join (select min(coalesce(b.position, 0)) as position
        from unnest(behind) x left join bus.subscriptions b on b.name = x) p
      left join realtime.streams s on s.user_id = asked_user and s.school_id = asked_school
  $function$;

CREATE TABLE realtime.audience (
    batch_id uuid NOT NULL,
    user_id uuid NOT NULL,
    school_id uuid NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint,
    CONSTRAINT audience_pkey PRIMARY KEY (batch_id, user_id, from_seq)
);
ALTER TABLE realtime.audience ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON realtime.audience USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE realtime.notifications (
    user_id uuid NOT NULL,
    school_id uuid NOT NULL,
    seq bigint NOT NULL,
    event_id uuid NOT NULL,
    log_seq bigint NOT NULL,
    batch_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    name text NOT NULL,
    meta text NOT NULL,
    data text NOT NULL,
    CONSTRAINT notifications_pkey PRIMARY KEY (user_id, school_id, seq)
);
CREATE UNIQUE INDEX one_notification_per_event ON realtime.notifications USING btree (event_id, user_id, school_id);
ALTER TABLE realtime.notifications ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON realtime.notifications USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE realtime.state (
    one boolean DEFAULT true NOT NULL,
    epoch uuid DEFAULT gen_random_uuid() NOT NULL,
    installation_id text,
    silent_to bigint NOT NULL,
    CONSTRAINT state_pkey PRIMARY KEY (one),
    CONSTRAINT state_one_check CHECK (one)
);
GRANT SELECT ON realtime.state TO assay_app;

CREATE TABLE realtime.streams (
    user_id uuid NOT NULL,
    school_id uuid NOT NULL,
    last_seq bigint NOT NULL,
    last_log_seq bigint NOT NULL,
    kept_from bigint DEFAULT 1 NOT NULL,
    CONSTRAINT streams_pkey PRIMARY KEY (user_id, school_id)
) WITH (fillfactor=50);
ALTER TABLE realtime.streams ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON realtime.streams USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE SCHEMA results;

CREATE TABLE results.announced (
    run_id uuid NOT NULL,
    school_id uuid NOT NULL,
    CONSTRAINT announced_pkey PRIMARY KEY (run_id)
);
ALTER TABLE results.announced ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON results.announced USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE results.batches (
    batch_id uuid NOT NULL,
    school_id uuid NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT batches_pkey PRIMARY KEY (batch_id)
);
ALTER TABLE results.batches ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON results.batches USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE results.essay_phases (
    essay_id uuid NOT NULL,
    phase text NOT NULL,
    school_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    status text NOT NULL,
    text_hash text NOT NULL,
    fingerprint text,
    findings integer,
    error jsonb,
    done_at timestamp with time zone,
    CONSTRAINT essay_phases_pkey PRIMARY KEY (essay_id, phase),
    CONSTRAINT essay_phases_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'running'::text, 'succeeded'::text, 'failed'::text])))
);
CREATE INDEX essay_phases_batch_id_idx ON results.essay_phases USING btree (batch_id);
ALTER TABLE results.essay_phases ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON results.essay_phases USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE results.essays (
    essay_id uuid NOT NULL,
    school_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    text_hash text NOT NULL,
    seated_at timestamp with time zone,
    CONSTRAINT essays_pkey PRIMARY KEY (essay_id)
);
CREATE INDEX essays_batch_id_idx ON results.essays USING btree (batch_id);
ALTER TABLE results.essays ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON results.essays USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE SCHEMA spelling;

CREATE TABLE spelling.checks (
    school_id uuid NOT NULL,
    text_hash text NOT NULL,
    fingerprint text NOT NULL,
    result jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT checks_pkey PRIMARY KEY (school_id, text_hash, fingerprint)
);
ALTER TABLE spelling.checks ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON spelling.checks USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE SCHEMA trace;

CREATE TABLE trace.expectations (
    file_upload_id uuid NOT NULL,
    event text NOT NULL,
    school_id uuid NOT NULL,
    since timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    CONSTRAINT expectations_pkey PRIMARY KEY (file_upload_id, event)
);
CREATE INDEX expectations_due_at_idx ON trace.expectations USING btree (due_at);
ALTER TABLE trace.expectations ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON trace.expectations USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));

CREATE TABLE trace.hops (
    seq bigint NOT NULL,
    school_id uuid NOT NULL,
    batch_id uuid,
    file_upload_id uuid,
    correlation_id text NOT NULL,
    event_id uuid NOT NULL,
    causation_id uuid,
    type text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT hops_pkey PRIMARY KEY (seq)
);
CREATE INDEX hops_batch_id_idx ON trace.hops USING btree (batch_id) WHERE (batch_id IS NOT NULL);
CREATE INDEX hops_correlation_id_seq_idx ON trace.hops USING btree (correlation_id, seq);
CREATE INDEX hops_file_upload_id_seq_idx ON trace.hops USING btree (file_upload_id, seq) WHERE (file_upload_id IS NOT NULL);
ALTER TABLE trace.hops ENABLE ROW LEVEL SECURITY;
CREATE POLICY school ON trace.hops USING ((school_id = (NULLIF(current_setting('assay.school_id'::text, true), ''::text))::uuid));
