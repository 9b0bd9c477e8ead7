-- What stations said beside their sessions is kept for a while, not for ever.

grant delete on recorded_messages to {{app}};
create index recorded_messages_by_time on recorded_messages (tenant_id, at);
