-- What has served is found without reading through the rest, and may go; sign-ins and news of removed cards stood for ever.

create index outbox_done on outbox (tenant_id, done_at) where done_at is not null;
create index idempotency_keys_by_time on idempotency_keys (tenant_id, created_at);
create index audit_of_object on audit (tenant_id, object_kind, object_id, id);

grant delete on sign_ins, token_news to {{app}};
create index sign_ins_by_end on sign_ins (tenant_id, expires_at);
create index id_tokens_removed on id_tokens (tenant_id, removed_at) where removed_at is not null;

-- A batch of reports takes numbers for its sessions, and nothing else of a network is its to change.
revoke update on tenants from {{ingest}};
grant update (next_session_number) on tenants to {{ingest}};
