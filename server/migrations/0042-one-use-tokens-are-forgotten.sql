-- A token made for one remote start serves once and stood among the cards for ever: whoever listed cards read through all of them.

grant delete on id_tokens to {{app}};
create index id_tokens_own on id_tokens (tenant_id, id) where not one_use and removed_at is null;
create index id_tokens_served on id_tokens (tenant_id, created_at) where one_use;
