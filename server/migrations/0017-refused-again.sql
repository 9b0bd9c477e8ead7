-- What was refused is counted, not kept once more for each repeat, and can be judged again once there is a rule.

alter table refused_messages
  -- Keyed hash of what was said, its message id apart; null for rows from before.
  add column content_hash bytea,
  add column count int not null default 1,
  add column last_at timestamptz,
  add column protocol text,
  add column socket_opened_at timestamptz,
  add column judged_at timestamptz,
  add column judged_by text,
  -- 'taken': it had its effect; 'no-effect': understood, and there is nothing to take; 'refused': still.
  add column outcome text check (outcome in ('taken', 'no-effect', 'refused')),
  add column outcome_why text;
create unique index refused_messages_content on refused_messages (tenant_id, station_id, content_hash)
  where content_hash is not null;
-- How often a command was sent anew because the connection broke before its answer.
alter table commands add column times_lost int not null default 0;

grant update on refused_messages to {{app}};
grant select, update on refused_messages to {{ingest}};
