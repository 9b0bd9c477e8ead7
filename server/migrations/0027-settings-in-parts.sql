-- A report of settings in parts (2.x NotifyReport) lay in one process's memory: what had been acknowledged was gone with a restart of
-- ours, and nobody sends it again. A part is a row before it is acknowledged; the rows go when the report is whole.

-- Under which number the station reports what this command asked of it.
alter table commands add column report_id int;

create table settings_parts (
  tenant_id uuid not null,
  command_id uuid not null,
  -- The part's own number: one that is sent again counts once.
  seq_no int not null,
  station_id uuid not null,
  -- As people may see them: secrets masked.
  settings jsonb not null,
  primary key (tenant_id, command_id, seq_no),
  foreign key (tenant_id, command_id) references commands on delete cascade
);
create index settings_parts_of_station on settings_parts (tenant_id, station_id);
call tenant_table('settings_parts', 'select, insert, delete');
