-- Alerts that group, come and go, and tell their history; what watchers remember; how long a session may run, by station and by class of token.

alter table alerts
  -- Where it is when it is no single station's.
  add column site_id uuid,
  -- The alert of which this one is a part: many stations at once are one incident.
  add column incident_id uuid,
  -- It comes and goes: cleared only after a while of calm, which began then.
  add column flapping boolean not null default false,
  add column calm_at timestamptz,
  -- What happened to it, bounded: [{ at, what, … }].
  add column history jsonb not null default '[]';
create index alerts_of_incident on alerts (tenant_id, incident_id) where incident_id is not null;
create index alerts_of_subject on alerts (tenant_id, kind, subject, since desc);
create index alerts_cleared on alerts (tenant_id, cleared_at desc) where cleared_at is not null;

-- One row a tenant: when its stations, sessions and queues are looked at next, and since when without a break.
create table watches (
  tenant_id uuid not null references tenants,
  -- The tenant's own.
  id uuid not null,
  due_at timestamptz,
  watching_since timestamptz not null,
  primary key (tenant_id, id)
);
call tenant_table('watches', 'select, insert, update', null, true);

-- What was last seen of a station, so that connections and boots can be counted.
create table station_marks (
  tenant_id uuid not null,
  station_id uuid not null,
  epoch bigint not null,
  booted_at timestamptz,
  -- When it connected and when it booted, the newest last, within the hour.
  connects timestamptz[] not null default '{}',
  boots timestamptz[] not null default '{}',
  primary key (tenant_id, station_id),
  foreign key (tenant_id, station_id) references stations
);
call tenant_table('station_marks', 'select, insert, update, delete');

create index outbox_set_aside on outbox (tenant_id, type) where failed_at is not null;

alter table stations add column max_duration_seconds int check (max_duration_seconds >= 60);
alter table id_tokens add column class text check (class ~ '^[a-z0-9][a-z0-9-]{0,39}$');
