-- What programs outside were told of an alert, so that they hear of each change once and in order.

alter table alerts
  -- The state that was told last; null: nothing was told.
  add column told_as text,
  -- How often something was told: its place among what is told of this alert.
  add column told_position int not null default 0;

-- Whoever raises an alert asks whether anybody listens, and to nothing else of a webhook.
grant select (tenant_id, types) on webhooks to {{ingest}};
create policy ingest on webhooks to {{ingest}}
  using (tenant_id = any((select nullif(current_setting('app.tenants', true), ''))::uuid[]))
  with check (tenant_id = any((select nullif(current_setting('app.tenants', true), ''))::uuid[]));
