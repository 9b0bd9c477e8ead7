-- Sessions (ours), transactions (the station's), meter values, session data records; alerts.

create table sessions (
  tenant_id uuid not null,
  id uuid not null,
  number bigint not null,
  station_id uuid not null,
  evse_id int not null,
  connector_id int,
  state text not null check (state in ('waiting-for-station', 'waiting-for-cable', 'waiting-for-token', 'delivering', 'paused',
    'waiting-for-meter', 'ended', 'refused', 'abandoned')),
  -- What the pure machine keeps between two facts (sessions/rules/session-json.ts); what each meter value changes of it
  -- stands apart, short, so that the rest is neither written nor parsed anew: [first register, last register, power,
  -- sequence numbers seen as ranges [from, to, …], newest report].
  machine jsonb not null,
  progress jsonb not null,
  -- Lines of its history so far.
  change_count int not null default 0,
  flags text[] not null default '{}',
  started_by text not null check (started_by in ('card', 'staff', 'key', 'station')),
  started_by_id uuid,
  started_by_name text,
  id_token_id uuid,
  token_last4 text,
  remote_start_id int,
  -- Keyed hash of the one-use token or card a remote start sent: how a 1.6 start finds its wish.
  wish_uid_hash bytea,
  tariff_id uuid,
  tariff_version int,
  started_at timestamptz not null,
  ended_at timestamptz,
  stop_reason text,
  energy_wh bigint not null default 0 check (energy_wh >= 0),
  power_w int,
  revision int not null default 0,
  due_at timestamptz,
  changed_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, number),
  foreign key (tenant_id, station_id) references stations
) with (fillfactor = 60);
create index sessions_of_station on sessions (tenant_id, station_id, started_at desc);
create index sessions_by_time on sessions (tenant_id, started_at desc);
create index sessions_open on sessions (tenant_id, station_id) where state not in ('ended', 'refused', 'abandoned');
create index sessions_of_token on sessions (tenant_id, id_token_id) where state not in ('ended', 'refused', 'abandoned');
call tenant_table('sessions', 'select, insert, update', 'select, insert, update', true);

-- The station's own record of a delivery: how its reports find their session. Written once; what its reports said is
-- kept with the session, so that a report costs one update.
create table transactions (
  tenant_id uuid not null,
  id uuid not null,
  station_id uuid not null,
  -- 2.x: the station's own; 1.6: ours, random, 31 bits.
  number text not null,
  -- 1.6: connector|idTag in lower case|timestamp|meterStart, keyed hash of it (it holds a token).
  start_key bytea,
  session_id uuid not null,
  -- Month in which this row was made; also the partition of its meter values.
  month date not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, station_id, number),
  unique (tenant_id, station_id, start_key),
  foreign key (tenant_id, session_id) references sessions
);
create index transactions_of_session on transactions (tenant_id, session_id);
call tenant_table('transactions', 'select, insert', 'select, insert');

-- One narrow row per timestamp and context.
create table meter_values (
  tenant_id uuid not null,
  month date not null,
  transaction_id uuid not null,
  at timestamptz not null,
  context text not null,
  received_at timestamptz not null,
  register_wh bigint,
  power_w int,
  currents_ma int[],
  voltages_mv int[],
  soc_tenths int,
  estimated boolean not null default false,
  rest jsonb,
  primary key (tenant_id, month, transaction_id, at, context)
) partition by range (month);
create table meter_values_rest partition of meter_values default;
call tenant_table('meter_values', 'select, insert, update', 'select, insert, update');
alter table meter_values_rest enable row level security, force row level security;

-- Signed readings exactly as received, apart.
create table signed_meter_values (
  tenant_id uuid not null,
  id uuid not null,
  transaction_id uuid not null,
  at timestamptz not null,
  context text not null,
  signed text not null,
  primary key (tenant_id, id)
);
call tenant_table('signed_meter_values', 'select, insert', 'insert');

-- What happened to a session: states of the machine, and what the car and the station did (priced time).
create table session_changes (
  tenant_id uuid not null,
  session_id uuid not null,
  n int not null,
  at timestamptz not null,
  reported_at timestamptz,
  kind text not null check (kind in ('state', 'charging', 'authorised', 'flag')),
  value text not null,
  cause text not null,
  primary key (tenant_id, session_id, n)
);
call tenant_table('session_changes', 'select, insert', 'select, insert');

-- Session data records: a correction is a further revision.
create table session_records (
  tenant_id uuid not null,
  session_id uuid not null,
  revision int not null check (revision >= 1),
  created_at timestamptz not null,
  reason text not null,
  record jsonb not null,
  primary key (tenant_id, session_id, revision),
  foreign key (tenant_id, session_id) references sessions
);
call tenant_table('session_records', 'select, insert', 'select, insert');

create table alerts (
  tenant_id uuid not null references tenants,
  id uuid not null,
  kind text not null,
  severity text not null check (severity in ('critical', 'major', 'minor')),
  -- What it is about: one open alert per kind and subject.
  subject text not null,
  station_id uuid,
  session_id uuid,
  since timestamptz not null,
  last_at timestamptz not null,
  count int not null default 1,
  evidence jsonb not null default '{}',
  acknowledged_at timestamptz,
  acknowledged_by text,
  note text,
  cleared_at timestamptz,
  primary key (tenant_id, id)
);
create unique index alerts_open on alerts (tenant_id, kind, subject) where cleared_at is null;
call tenant_table('alerts', 'select, insert, update', 'select, insert, update');
