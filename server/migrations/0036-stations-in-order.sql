-- The list of stations goes on from its last one, however many there are, instead of sorting all for each page.

create index stations_in_order on stations (tenant_id, created_at, id) where removed_at is null;
