-- The policy that 0021 made says what all others say since 0018.
call tenant_policies('webhooks');
