/** What every session of ours stands on, whatever the database or the login sets otherwise. */
export const SESSION_SETTINGS =
  '-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c search_path=public -c standard_conforming_strings=on -c default_transaction_isolation=read\\ committed'
