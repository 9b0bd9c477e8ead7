-- A site's stations are counted and shown together.

create index stations_of_site on stations (tenant_id, site_id) where removed_at is null;
