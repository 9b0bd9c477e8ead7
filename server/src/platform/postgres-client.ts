import pg from 'pg'

/** One connection, outside pools: for what the owner does. */
export async function openPostgres(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(connection)
  await client.connect()
  return client
}
