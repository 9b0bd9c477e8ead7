import type { Database } from './db.ts'
import { must } from './result.ts'
import { json, sql } from './sql.ts'

/** A fact of the whole installation: the value that was kept first, which is `proposed` when there was none. */
export async function keepFirstFact<T>(database: Database, name: string, proposed: T): Promise<T> {
  return database.inDirectory(async (tx) => {
    await tx.run(
      sql`insert into directory.facts (name, value) values (${name}, ${json(proposed)}::jsonb) on conflict do nothing`,
    )
    const row = await tx.row<{ value: T }>(sql`select value from directory.facts where name = ${name}`)
    return must(row, `the fact ${name}`).value
  })
}
