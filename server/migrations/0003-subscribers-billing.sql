-- Id tokens; tariffs that never change; the built-in billing system's records.

create table id_tokens (
  tenant_id uuid not null references tenants,
  id uuid not null,
  -- Encrypted whole (local lists need it), beside a keyed hash of its lower case for looking up.
  uid bytea not null,
  uid_hash bytea not null,
  last4 text not null,
  type text,
  label text,
  status text not null check (status in ('active', 'blocked', 'expired')),
  valid_until timestamptz,
  group_uid bytea,
  group_hash bytea,
  group_last4 text,
  max_sessions int check (max_sessions >= 1),
  -- A one-use token made by us for a remote start: where it may be used, and for which session.
  one_use boolean not null default false,
  station_id uuid,
  session_id uuid,
  blocked_at timestamptz,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  removed_at timestamptz,
  primary key (tenant_id, id)
);
create unique index id_tokens_uid on id_tokens (tenant_id, uid_hash) where removed_at is null;
create index id_tokens_group on id_tokens (tenant_id, group_hash) where group_hash is not null;
call tenant_table('id_tokens', 'select, insert, update', 'select');

create table tariffs (
  tenant_id uuid not null references tenants,
  id uuid not null,
  name text not null,
  is_default boolean not null default false,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index tariffs_one_default on tariffs (tenant_id) where is_default;
call tenant_table('tariffs', 'select, insert, update', 'select');

create table tariff_versions (
  tenant_id uuid not null,
  tariff_id uuid not null,
  version int not null check (version >= 1),
  -- As OCPI writes it, as it was given.
  tariff jsonb not null,
  currency char(3) not null,
  valid_from timestamptz not null,
  created_at timestamptz not null,
  created_by text,
  primary key (tenant_id, tariff_id, version),
  foreign key (tenant_id, tariff_id) references tariffs
);
call tenant_table('tariff_versions', 'select, insert', 'select');

-- The built-in billing system: takes each session record once.
create table billing_records (
  tenant_id uuid not null references tenants,
  session_id uuid not null,
  revision int not null check (revision >= 1),
  taken_at timestamptz not null,
  currency char(3),
  excl_tax_minor bigint,
  tax_minor bigint,
  incl_tax_minor bigint,
  energy_wh bigint not null,
  record jsonb not null,
  primary key (tenant_id, session_id, revision),
  check (incl_tax_minor is null or incl_tax_minor = excl_tax_minor + tax_minor)
);
call tenant_table('billing_records', 'select, insert');
