-- What END-VALIDATE found in session data records before they were handed on, what was decided and by whom; and what
-- a tenant wants done about each check.

create table usage_errors (
  tenant_id uuid not null,
  id uuid not null,
  session_id uuid not null,
  -- The record that was judged.
  revision int not null,
  station_id uuid not null,
  evse_id int not null,
  found_at timestamptz not null,
  -- held: the record waits for somebody. noted: it went on as it was. accepted: somebody let it go. corrected: a further
  -- revision took its place. superseded: the station said more, and a later record took its place.
  state text not null check (state in ('held', 'noted', 'accepted', 'corrected', 'superseded')),
  checks text[] not null check (cardinality(checks) > 0),
  -- [{ check, values, marks: [{ at, context }] }]
  findings jsonb not null,
  energy_wh bigint not null check (energy_wh >= 0),
  max_power_w int not null,
  -- { energyWh, startedAt, endedAt, series, totals? }; null where nobody can say.
  proposal jsonb,
  decided_at timestamptz,
  decided_by_kind text check (decided_by_kind in ('staff', 'key', 'rule', 'station')),
  decided_by_id uuid,
  decided_by_name text,
  decision text check (decision in ('accept', 'correct', 'own-figures')),
  reason text,
  -- The record that took its place.
  made_revision int,
  primary key (tenant_id, id),
  unique (tenant_id, session_id, revision),
  foreign key (tenant_id, session_id, revision) references session_records,
  check ((state in ('held', 'noted')) = (decided_at is null))
);
-- One record of a session waits at a time.
create unique index usage_errors_held on usage_errors (tenant_id, session_id) where state = 'held';
create index usage_errors_by_time on usage_errors (tenant_id, found_at desc, id desc);
create index usage_errors_of_station on usage_errors (tenant_id, station_id, found_at desc);
call tenant_table('usage_errors', 'select, insert, update');

create table usage_checks (
  tenant_id uuid not null references tenants,
  check_name text not null,
  action text not null check (action in ('hold', 'accept', 'correct')),
  primary key (tenant_id, check_name)
);
call tenant_table('usage_checks', 'select, insert, update');
