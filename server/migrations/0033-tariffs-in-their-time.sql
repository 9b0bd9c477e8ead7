-- Which tariff a station had when, and which was the network's default: a session that is told late is priced by what held as it
-- began. `tariff_history`: what it had before, `[{ tariffId, until }]`, oldest first.
alter table stations add column tariff_history jsonb not null default '[]';
alter table tariffs add column default_during tstzmultirange not null default '{}';

-- As the owner sees rows only while policies are not forced on it.
alter table tariffs no force row level security;
update tariffs set default_during = '{(,)}' where is_default;
alter table tariffs force row level security;
