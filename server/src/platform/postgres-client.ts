import pg from 'pg'
import { SESSION_SETTINGS } from './session-settings.ts'

/** One connection, outside pools: for what the owner does. */
export async function openPostgres(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({ options: SESSION_SETTINGS, ...connection })
  await client.connect()
  return client
}
