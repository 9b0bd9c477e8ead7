-- Two machines with one station's key (attack 2): when its socket changed hands while the older still lived, and until when
-- nobody is let in.
alter table stations
  add column swapped_at timestamptz[] not null default '{}',
  add column quarantined_until timestamptz;
