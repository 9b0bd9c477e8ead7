-- Lists that go through what has gathered over years, in the order in which they are shown.

create index session_records_by_time on session_records (tenant_id, created_at desc, session_id desc, revision desc);
create index commands_by_time on commands (tenant_id, created_at desc, id desc);
-- Worst first, then the newest (monitoring/store-lists.ts).
create index alerts_worst_first on alerts
  (tenant_id, (case severity when 'critical' then 1 when 'major' then 2 else 3 end), since desc, id);
