import type pg from 'pg'
import { must } from '../../server/src/platform/result.ts'
import type { Faulty } from './faulty.ts'
import { addStation, addTariff, makeNetwork } from './network.ts'
import { bootOf, openStation } from './station-socket.ts'
import { found, until } from './until.ts'

/** Row 17: deadlines that fall due while the server is killed and started again, over and over. */
export interface DeadlinesInput {
  readonly deadlines: number
  readonly restarts: number
  /** They fall due spread over this time. */
  readonly overMs: number
  readonly chance: () => number
}

export interface DeadlinesOutcome {
  readonly acted: number
  /** How many acted not at all, and how many more than once. */
  readonly never: number
  readonly twice: number
  readonly restarts: number
  readonly lateP99Ms: number
  readonly latestMs: number
}

export async function runDeadlines(faulty: Faulty, input: DeadlinesInput): Promise<DeadlinesOutcome> {
  const network = await makeNetwork(faulty.server(), 'deadlines')
  await addTariff(network)
  const { id, identity, password } = await addStation(network, { identity: 'WAITS' })
  const socket = await openStation({ url: `${network.stationsUrl}/${identity}`, user: identity, password })
  await socket.call(...bootOf('ocpp1.6'))
  // A wish whose cable never comes.
  const wish = network.rest.post<{ id: string }>('/v1/sessions', { stationId: id, evseId: 1 })
  const [, messageId] = await socket.next(([type, , action]) => type === 2 && action === 'RemoteStartTransaction')
  socket.raw(JSON.stringify([3, messageId, { status: 'Accepted' }]))
  const { id: sessionId } = await wish
  await found(async () => {
    const { state } = await network.rest.get<{ state: string }>(`/v1/sessions/${sessionId}`)
    return state === 'waiting-for-cable' || undefined
  })
  await socket.close()
  const owner = await faulty.openOwner()
  try {
    const first = await multiply(owner, sessionId, input)
    let restarts = 0
    for (; restarts < input.restarts; restarts += 1) {
      await new Promise((resolve) => setTimeout(resolve, (input.overMs / input.restarts) * 0.5 * input.chance()))
      await faulty.server().kill()
      await faulty.restart()
    }
    const waiting = async (): Promise<number> => {
      const { rows } = await owner.query<{ n: number }>(
        `select count(*)::int as n from sessions where state = 'waiting-for-cable'`,
      )
      return rows[0]?.n ?? 0
    }
    await until(async () => (await waiting()) === 0, input.overMs + 400_000, 250)
    return { ...(await outcome(owner, input, first)), restarts }
  } finally {
    await owner.end()
  }
}

/** The number of the one that they were made from, and when the first of them is due. */
interface First {
  readonly number: number
  readonly ms: number
}

/** As many of it as are wanted, each with its own deadline. */
async function multiply(owner: pg.Client, sessionId: string, { deadlines, overMs }: DeadlinesInput): Promise<First> {
  const { rows } = await owner.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = 'sessions'::regclass and attnum > 0 and not attisdropped`,
  )
  const copied = rows.map(({ name }) => name).filter((name) => !['id', 'number', 'due_at', 'machine'].includes(name))
  const due = `(now() + interval '2 s' + n * $3::float8 * interval '1 ms')`
  const { rows: made } = await owner.query<First>(
    `select number::int as number, extract(epoch from now() + interval '2 s')::float8 * 1000 as ms from sessions where id = $1`,
    [sessionId],
  )
  await owner.query(
    `insert into sessions (id, number, due_at, machine, ${copied.join(', ')})
     select gen_random_uuid(), number + n, ${due},
       jsonb_set(machine::jsonb, '{deadlines}', jsonb_build_object('cable', to_char(${due} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))::text,
       ${copied.join(', ')}
     from sessions, generate_series(1, $2::int) as n where id = $1`,
    [sessionId, deadlines, overMs / deadlines],
  )
  // The one they were made from is none of them.
  await owner.query(`update sessions set state = 'abandoned', due_at = null where id = $1`, [sessionId])
  return must(made[0], 'the first of them')
}

async function outcome(
  owner: pg.Client,
  { deadlines, overMs }: DeadlinesInput,
  first: First,
): Promise<Omit<DeadlinesOutcome, 'restarts'>> {
  const { rows } = await owner.query<{ lateMs: number; times: number }>(
    `select count(*)::int as times,
       extract(epoch from min(c.at))::float8 * 1000 - $2 - (s.number - $1) * $3::float8 as "lateMs"
     from sessions s join session_changes c on c.tenant_id = s.tenant_id and c.session_id = s.id
     where s.state = 'abandoned' and c.kind = 'state' and c.value = 'abandoned' group by s.tenant_id, s.id`,
    [first.number, first.ms, overMs / deadlines],
  )
  const late = rows.map(({ lateMs }) => lateMs).toSorted((a, b) => a - b)
  return {
    acted: rows.length,
    never: deadlines - rows.length,
    twice: rows.filter(({ times }) => times > 1).length,
    lateP99Ms: Math.round(late[Math.floor(late.length * 0.99)] ?? 0),
    latestMs: Math.round(late.at(-1) ?? 0),
  }
}
