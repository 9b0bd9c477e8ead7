-- Events for programs outside, handed on by signed webhook: targets, what happened, and each delivery with its fate.

create table webhooks (
  tenant_id uuid not null references tenants,
  id uuid not null,
  name text not null,
  url text not null,
  types text[] not null check (cardinality(types) > 0),
  -- paused: by a person; disabled: by us, after long failure or because the target asked for it.
  state text not null check (state in ('active', 'paused', 'disabled')),
  -- Sealed under the tenant's key. The former one signs too, until its time is over.
  secret bytea not null,
  former_secret bytea,
  former_until timestamptz,
  -- How the target is: failures in a row over all its deliveries; retry_at is set while only one delivery at a time is tried.
  failures int not null default 0 check (failures >= 0),
  failing_since timestamptz,
  retry_at timestamptz,
  last_cause text,
  last_success_at timestamptz,
  disabled_at timestamptz,
  -- When there is something to do for this target: one row a target, so that none hides another.
  due_at timestamptz,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (tenant_id, id)
);
call tenant_table('webhooks', 'select, insert, update, delete', null, true);

create table webhook_events (
  tenant_id uuid not null references tenants,
  id uuid not null,
  type text not null,
  version int not null,
  -- The natural key of what happened: it is told once.
  key text not null,
  -- The very bytes that are signed and sent, the same at each try.
  body text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, type, key)
);
call tenant_table('webhook_events', 'select, insert, delete');

create table webhook_deliveries (
  tenant_id uuid not null,
  id uuid not null,
  webhook_id uuid not null,
  event_id uuid not null,
  type text not null,
  -- What keeps its order (a session's records by revision): a later one waits until the earlier ones have been taken.
  ordering text,
  position bigint not null,
  state text not null check (state in ('waiting', 'delivered', 'dead')),
  -- All tries; and those that count against it, which a target that is down does not.
  attempts int not null default 0,
  tries int not null default 0,
  due_at timestamptz,
  -- Why it was not taken: target (nothing gets through) or message (this one is not wanted).
  fault text check (fault in ('target', 'message')),
  cause text,
  -- The last tries, newest last.
  history jsonb not null default '[]',
  created_at timestamptz not null,
  last_attempt_at timestamptz,
  delivered_at timestamptz,
  dead_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, webhook_id, event_id),
  foreign key (tenant_id, webhook_id) references webhooks on delete cascade,
  foreign key (tenant_id, event_id) references webhook_events on delete cascade,
  check ((state = 'waiting') = (due_at is not null))
);
create index webhook_deliveries_due on webhook_deliveries (tenant_id, webhook_id, due_at) where state = 'waiting';
create index webhook_deliveries_order on webhook_deliveries (tenant_id, webhook_id, ordering, position) where state <> 'delivered';
create index webhook_deliveries_dead on webhook_deliveries (tenant_id, webhook_id) where state = 'dead';
create index webhook_deliveries_of_event on webhook_deliveries (tenant_id, event_id);
call tenant_table('webhook_deliveries', 'select, insert, update, delete');
