-- A tariff that nobody ever used may be removed, with its versions.
grant delete on tariffs, tariff_versions to {{app}};
