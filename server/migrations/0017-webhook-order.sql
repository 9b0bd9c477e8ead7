-- What is due is taken in this very order, some at a time, however much waits: a backlog must not be sorted for each handful.
drop index webhook_deliveries_due;
create index webhook_deliveries_due on webhook_deliveries (tenant_id, webhook_id, due_at, id) where state = 'waiting';
