import pg from 'pg'
import { SESSION_SETTINGS, withSettings } from './session-settings.ts'

/** One connection, outside pools: for what the owner does. */
export async function openPostgres(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(withSettings(connection, SESSION_SETTINGS))
  await client.connect()
  return client
}
