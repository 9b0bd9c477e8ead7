import type { ClientConfig } from 'pg'

/**
 * What every session of ours stands on, whatever the database or the login sets otherwise. Our statements are short, and some look dear to the
 * planner: where PostgreSQL may compile (Debian's does), compiling them takes far longer than they do.
 */
export const SESSION_SETTINGS =
  '-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c search_path=public -c standard_conforming_strings=on -c default_transaction_isolation=read\\ committed -c jit=off'

/** A connection with these settings for its sessions. `?options=` of an address would take their place: what it sets holds where ours say nothing. */
export function withSettings(connection: ClientConfig, settings: string): ClientConfig {
  const [address = '', query = ''] = splitOnce(connection.connectionString ?? '', '?')
  const members = new URLSearchParams(query)
  const given = members.get('options') ?? connection.options
  if (given === undefined || given === null) return { ...connection, options: settings }
  members.delete('options')
  const rest = members.toString()
  const options = `${given} ${settings}`
  if (connection.connectionString === undefined) return { ...connection, options }
  return { ...connection, connectionString: rest === '' ? address : `${address}?${rest}`, options }
}

function splitOnce(text: string, by: string): readonly string[] {
  const at = text.indexOf(by)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
