-- The ground every feature stands on: roles that own nothing, the directory, tenants, people and machines, outbox.
-- {{app}}, {{ingest}}, {{worker}}, {{directory}} and {{login}} are this installation's role names (see platform/migrate.ts).

create schema directory;
grant usage on schema directory to {{directory}};
grant usage on schema public to {{app}}, {{ingest}}, {{worker}}, {{directory}};

-- Makes a table a tenant's table: forced row policies for the roles that may touch it.
-- app_may, ingest_may: privileges, as in a grant; due: the worker may see (tenant_id, id, due_at) of all tenants.
create procedure tenant_table(name text, app_may text, ingest_may text default null, due boolean default false)
language plpgsql as $$
begin
  execute format('alter table %I enable row level security', name);
  execute format('alter table %I force row level security', name);
  execute format('grant %s on %I to {{app}}', app_may, name);
  execute format(
    'create policy app on %I to {{app}} using (tenant_id = (select nullif(current_setting(''app.tenant'', true), ''''))::uuid) '
    'with check (tenant_id = (select nullif(current_setting(''app.tenant'', true), ''''))::uuid)', name);
  if ingest_may is not null then
    execute format('grant %s on %I to {{ingest}}', ingest_may, name);
    execute format(
      'create policy ingest on %I to {{ingest}} using (tenant_id = any((select nullif(current_setting(''app.tenants'', true), ''''))::uuid[])) '
      'with check (tenant_id = any((select nullif(current_setting(''app.tenants'', true), ''''))::uuid[]))', name);
  end if;
  if due then
    execute format('grant select (tenant_id, id, due_at) on %I to {{worker}}', name);
    execute format('create policy worker on %I for select to {{worker}} using (true)', name);
    execute format('create index on %I (due_at) where due_at is not null', name);
  end if;
end $$;
revoke all on procedure tenant_table from public;

create table tenants (
  tenant_id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$'),
  name text not null,
  currency char(3) not null,
  country char(2) not null,
  time_zone text not null,
  languages text[] not null check (cardinality(languages) > 0),
  demo boolean not null default false,
  settings jsonb not null default '{}',
  -- The tenant's own data key, wrapped by the installation's (platform/keys.ts).
  wrapped_key bytea not null,
  next_session_number bigint not null default 1,
  created_at timestamptz not null
);
call tenant_table('tenants', 'select, insert, update', 'select, update');

-- Before a tenant is known: ids and keyed hashes only, no person's data.
create table directory.tenants (
  slug text primary key,
  tenant_id uuid not null unique
);
create table directory.api_keys (
  id uuid primary key,
  tenant_id uuid not null
);
create table directory.mails (
  mail_hash bytea not null,
  tenant_id uuid not null,
  staff_id uuid not null,
  primary key (mail_hash, tenant_id)
);
create table directory.sign_ins (
  token_hash bytea primary key,
  -- Null: the installation's own link, by which the first network is made.
  tenant_id uuid,
  id uuid not null,
  kind text not null check (kind in ('link', 'session')),
  expires_at timestamptz not null
);
create index on directory.sign_ins (expires_at);
create table directory.station_numbers (
  number text primary key check (number ~ '^[0-9]{5,9}$'),
  tenant_id uuid not null,
  station_id uuid not null
);
create table directory.facts (
  name text primary key,
  value jsonb not null
);
grant select, insert, update, delete on all tables in schema directory to {{directory}};

create table api_keys (
  tenant_id uuid not null references tenants,
  id uuid not null,
  name text not null,
  secret_hash bytea not null,
  key_version int not null,
  role text not null,
  -- Null: all sites.
  sites uuid[],
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id)
);
call tenant_table('api_keys', 'select, insert, update');

create table staff (
  tenant_id uuid not null references tenants,
  id uuid not null,
  name text not null,
  -- Encrypted under the tenant's key, beside a keyed hash that keeps it unique.
  mail bytea not null,
  mail_hash bytea not null,
  password_hash text,
  role text not null,
  sites uuid[],
  language text not null,
  status text not null check (status in ('invited', 'active', 'disabled')),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, mail_hash)
);
call tenant_table('staff', 'select, insert, update');

create table sign_ins (
  tenant_id uuid not null references tenants,
  id uuid not null,
  staff_id uuid not null,
  kind text not null check (kind in ('link', 'session')),
  -- How a session began: one begun by a link may set a password without naming the former one.
  begun_by text check (begun_by in ('link', 'password')),
  token_hash bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  ended_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, staff_id) references staff
);
call tenant_table('sign_ins', 'select, insert, update');
create index on sign_ins (tenant_id, staff_id);

create table audit (
  tenant_id uuid not null references tenants,
  id uuid not null,
  at timestamptz not null,
  actor_kind text not null,
  actor_id uuid,
  actor_name text,
  action text not null,
  object_kind text not null,
  object_id text,
  before jsonb,
  after jsonb,
  primary key (tenant_id, id)
);
call tenant_table('audit', 'select, insert');

-- What must be done after saving; carried out by the worker, at least once, each under its own key.
create table outbox (
  tenant_id uuid not null references tenants,
  id uuid not null,
  type text not null,
  version int not null,
  -- The natural key of the effect: leaving it twice has one effect.
  key text not null,
  payload jsonb not null,
  attempts int not null default 0,
  last_error text,
  created_at timestamptz not null,
  -- Null: done, or set aside (failed_at).
  due_at timestamptz,
  done_at timestamptz,
  failed_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, type, key)
);
call tenant_table('outbox', 'select, insert, update, delete', 'select, insert', true);

create table idempotency_keys (
  tenant_id uuid not null references tenants,
  key text not null,
  route text not null,
  actor_id uuid not null,
  body_hash bytea not null,
  status int,
  answer jsonb,
  created_at timestamptz not null,
  primary key (tenant_id, actor_id, key)
);
call tenant_table('idempotency_keys', 'select, insert, update, delete');
