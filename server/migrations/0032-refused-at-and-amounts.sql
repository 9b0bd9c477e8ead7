-- Since when staff have refused a station: for a while what ends a session there is still taken.
alter table stations add column refused_at timestamptz;

-- The highest price that a tariff may have, times more energy than any meter counts, is more than a bigint holds: what somebody lets
-- go as it is must be taken, not fail for ever.
alter table billing_records
  alter column excl_tax_minor type numeric(40),
  alter column tax_minor type numeric(40),
  alter column incl_tax_minor type numeric(40);
