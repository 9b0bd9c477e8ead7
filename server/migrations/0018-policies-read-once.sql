-- Row policies read whose rows may be seen once a statement, not once a row: the setting was made into ids for every row that was
-- looked for, which with the stations of twenty tenants cost as much as all else. In batches every row is found by its whole key:
-- the list is looked at then (`is true` keeps it out of the index's keys, where each search would sort it anew).

create or replace procedure tenant_table(name text, app_may text, ingest_may text default null, due boolean default false)
language plpgsql as $$
begin
  execute format('alter table %I enable row level security', name);
  execute format('alter table %I force row level security', name);
  execute format('grant %s on %I to {{app}}', app_may, name);
  execute format('create policy app on %I to {{app}} using (false)', name);
  if ingest_may is not null then
    execute format('grant %s on %I to {{ingest}}', ingest_may, name);
    execute format('create policy ingest on %I to {{ingest}} using (false)', name);
  end if;
  call tenant_policies(name);
  if due then
    execute format('grant select (tenant_id, id, due_at) on %I to {{worker}}', name);
    execute format('create policy worker on %I for select to {{worker}} using (true)', name);
    execute format('create index on %I (due_at) where due_at is not null', name);
  end if;
end $$;

-- What the two policies of a tenant's table say.
create procedure tenant_policies(name text) language plpgsql as $$
declare
  own text := 'tenant_id = (select nullif(current_setting(''app.tenant'', true), '''')::uuid)';
  -- The second cast tells a list from a query of rows.
  theirs text := '(tenant_id = any((select nullif(current_setting(''app.tenants'', true), '''')::uuid[])::uuid[])) is true';
begin
  execute format('alter policy app on %I using (%s) with check (%s)', name, own, own);
  if exists (select from pg_policies where schemaname = 'public' and tablename = name and policyname = 'ingest') then
    execute format('alter policy ingest on %I using (%s) with check (%s)', name, theirs, theirs);
  end if;
end $$;
revoke all on procedure tenant_policies from public;

do $$
declare
  named text;
begin
  for named in
    select tablename from pg_policies
    where schemaname = 'public' and policyname = 'app' and qual like '%current_setting(''app.tenant''%'
  loop
    call tenant_policies(named);
  end loop;
end $$;
