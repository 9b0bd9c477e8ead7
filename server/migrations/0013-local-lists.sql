-- Local lists of cards kept in step per station (CARD-VALID), and which station heard of a blocked card.

create table local_lists (
  tenant_id uuid not null references tenants,
  -- The station's own.
  id uuid not null,
  -- Null: as the tenant has it (tenants.settings).
  mode text check (mode in ('off', 'active', 'all')),
  state text not null check (state in ('off', 'behind', 'in-step', 'failed', 'disabled', 'not-supported')),
  -- Version and limits are to be read before anything is sent.
  must_read boolean not null default true,
  -- As the station said; null: it did not.
  enabled boolean,
  longest int,
  part int,
  -- The version the station holds, as far as is known; null: unknown, so that a full list follows.
  held_version bigint,
  -- What that version holds: keyed hash of a uid -> what was said of it (subscribers/rules/local-list.ts).
  held jsonb not null default '{}',
  -- The highest number that was ever sent or said.
  last_version bigint not null default 0,
  wanted_version bigint,
  wanted_entries int not null default 0,
  left_out int not null default 0,
  -- The command on its way, and what it brings.
  command_id uuid,
  pending jsonb,
  attempts int not null default 0,
  failure text,
  failed_at timestamptz,
  sent_at timestamptz,
  checked_at timestamptz,
  due_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, id) references stations
);
call tenant_table('local_lists', 'select, insert, update', 'select, insert, update', true);
create index local_lists_command on local_lists (tenant_id, command_id) where command_id is not null;

-- A card may do less than before: the clearing of a station's cache that tells it so.
create table token_news (
  tenant_id uuid not null,
  token_id uuid not null,
  station_id uuid not null,
  -- Null: not its turn yet.
  command_id uuid,
  tries int not null default 0,
  at timestamptz not null,
  primary key (tenant_id, token_id, station_id),
  foreign key (tenant_id, token_id) references id_tokens,
  foreign key (tenant_id, station_id) references stations
);
call tenant_table('token_news', 'select, insert, update');
create index token_news_command on token_news (tenant_id, command_id) where command_id is not null;
