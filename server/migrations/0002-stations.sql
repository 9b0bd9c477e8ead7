-- Sites, stations, EVSEs and connectors; who was turned away; commands with their outcome; the raw log.

create table sites (
  tenant_id uuid not null references tenants,
  id uuid not null,
  name text not null,
  address text,
  postal_code text,
  city text,
  country char(2) not null,
  latitude numeric(9, 6),
  longitude numeric(9, 6),
  time_zone text not null,
  access text,
  opening_hours text,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (tenant_id, id)
);
call tenant_table('sites', 'select, insert, update, delete', 'select');

create table stations (
  tenant_id uuid not null references tenants,
  id uuid not null,
  -- What people read and type: random digits with a Damm check digit, unique per installation.
  number text not null,
  identity text not null check (length(identity) between 1 and 48),
  name text,
  site_id uuid,
  latitude numeric(9, 6),
  longitude numeric(9, 6),
  state text not null check (state in ('active', 'test', 'disabled')),
  onboarding text not null check (onboarding in ('waiting', 'accepted', 'refused')),
  security_profile int not null check (security_profile between 0 and 3),
  -- Up to when an unencrypted connection is excused (always for profile 0, beyond loopback for profile 1).
  plain_until timestamptz,
  -- Keyed hash of the credential; how it was offered last ('text' or 'raw' bytes).
  credential_hash bytea,
  credential_key_version int,
  credential_form text,
  -- How many drivers at once (SES-DUAL); null: as many as there are EVSEs.
  max_sessions int check (max_sessions >= 1),
  tariff_id uuid,
  cable_timeout_seconds int not null default 120,
  protocol text,
  vendor text,
  model text,
  serial text,
  firmware text,
  boot jsonb,
  booted_at timestamptz,
  -- When a boot was last answered Accepted: remembered over reconnects, forgotten when onboarding is taken back.
  accepted_at timestamptz,
  -- Set while a socket is open; the newest authenticated socket has the highest epoch.
  epoch bigint not null default 0,
  connected_at timestamptz,
  disconnected_at timestamptz,
  last_seen_at timestamptz,
  clock_offset_ms bigint,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  removed_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, number),
  foreign key (tenant_id, site_id) references sites
);
create unique index stations_identity on stations (tenant_id, identity) where removed_at is null;
call tenant_table('stations', 'select, insert, update', 'select, update');

create table evses (
  tenant_id uuid not null,
  station_id uuid not null,
  evse_id int not null check (evse_id between 0 and 255),
  declared boolean not null,
  -- The worst of its connectors as the station last reported, and since when.
  status text,
  phase text,
  error_code text,
  info text,
  vendor_error_code text,
  status_at timestamptz,
  -- Both set in the session's own transaction (sessions/store.ts); null once it is over. The state is the session's.
  open_session_id uuid,
  open_session_state text,
  power_w int,
  primary key (tenant_id, station_id, evse_id),
  foreign key (tenant_id, station_id) references stations
);
call tenant_table('evses', 'select, insert, update, delete', 'select, insert, update');

create table connectors (
  tenant_id uuid not null,
  station_id uuid not null,
  evse_id int not null,
  connector_id int not null check (connector_id between 1 and 255),
  type text,
  format text,
  max_power_w int,
  status text,
  phase text,
  status_at timestamptz,
  primary key (tenant_id, station_id, evse_id, connector_id),
  foreign key (tenant_id, station_id, evse_id) references evses on delete cascade
);
call tenant_table('connectors', 'select, insert, update, delete', 'select, insert, update');

create table refused_stations (
  tenant_id uuid not null references tenants,
  id uuid not null,
  path text not null,
  identity text,
  reason text not null,
  -- Keyed hash of what was offered, so that adopting may keep it.
  offered_hash bytea,
  offered_key_version int,
  offered_form text,
  address text not null,
  protocol text,
  first_at timestamptz not null,
  last_at timestamptz not null,
  count int not null default 1,
  primary key (tenant_id, id)
);
create unique index refused_stations_who on refused_stations (tenant_id, coalesce(identity, ''), reason, left(path, 200));
call tenant_table('refused_stations', 'select, insert, update, delete');

create table commands (
  tenant_id uuid not null references tenants,
  id uuid not null,
  station_id uuid not null,
  session_id uuid,
  kind text not null,
  -- As people may see it: tokens and passwords masked. What is really sent lies sealed under the tenant's key.
  request jsonb not null,
  sealed bytea not null,
  state text not null check (state in ('queued', 'sent', 'answered', 'effect-seen', 'failed', 'timed-out')),
  -- What would show that it worked, e.g. 'session-started'; null: the answer is all there is.
  expected_effect text,
  -- The EVSE on which it should show; null: any.
  effect_evse_id int,
  exact jsonb,
  answer jsonb,
  effect jsonb,
  failure text,
  by_kind text not null check (by_kind in ('staff', 'key', 'system')),
  by_id uuid,
  by_name text,
  created_at timestamptz not null,
  sent_at timestamptz,
  answered_at timestamptz,
  effect_at timestamptz,
  failed_at timestamptz,
  due_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, station_id) references stations
);
create index commands_of_station on commands (tenant_id, station_id, created_at desc);
create index commands_open on commands (tenant_id, station_id) where state in ('queued', 'sent', 'answered');
call tenant_table('commands', 'select, insert, update', 'select, insert, update', true);

-- Frames that were refused, kept as they came (encrypted under the tenant's key).
create table refused_messages (
  tenant_id uuid not null references tenants,
  id uuid not null,
  station_id uuid not null,
  at timestamptz not null,
  action text,
  code text not null,
  why text not null,
  frame bytea not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, station_id) references stations
);
create index on refused_messages (tenant_id, station_id, at desc);
call tenant_table('refused_messages', 'select, insert, delete', 'insert');

-- What a station told us that has no effect of its own yet (firmware progress, vendor data, …), sealed as it came.
create table recorded_messages (
  tenant_id uuid not null references tenants,
  id uuid not null,
  station_id uuid not null,
  at timestamptz not null,
  what text not null,
  content bytea not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, station_id) references stations
);
create index on recorded_messages (tenant_id, station_id, at desc);
call tenant_table('recorded_messages', 'select', 'insert');

-- The raw log: frames as they went over the wire, a second or so of a station in one row, sealed under the tenant's key;
-- daily partitions that are dropped (platform/migrate.ts).
create table ocpp_log (
  tenant_id uuid not null,
  station_id uuid not null,
  -- Of the first frame.
  at timestamptz not null,
  id uuid not null,
  -- What the frames are about, for looking up.
  actions text[] not null,
  frames bytea not null,
  primary key (tenant_id, station_id, at, id)
) partition by range (at);
create table ocpp_log_rest partition of ocpp_log default;
call tenant_table('ocpp_log', 'select', 'insert');
alter table ocpp_log_rest enable row level security, force row level security;
