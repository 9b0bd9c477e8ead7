import { hashKey, notifyManager, type QueryClient, type QueryKey } from '@tanstack/react-query'
import type {
  Command,
  Evse,
  List,
  MapStation,
  MeterValue,
  Seen,
  SeenWords,
  Session,
  SessionDetail,
  Station,
  Totals,
} from '../api-types.ts'
import { seenStates } from '../api-types.ts'
import type { LiveEvent } from './connection.ts'

/** Puts what happened into the query cache; the page is drawn once for all of it. */
export function applyEvents(client: QueryClient, events: readonly LiveEvent[]): void {
  notifyManager.batch(() => {
    for (const event of events) applyEvent(client, event)
  })
}

/** Puts what an event says into the query cache; what an event only hints at is asked for again, at most once a second. */
function applyEvent(client: QueryClient, event: LiveEvent): void {
  const content = event.content
  switch (event.type) {
    case 'station.changed':
      stationChanged(client, content.station as MapStation | undefined)
      break
    case 'evse.changed':
      evseChanged(client, content as unknown as EvseChanged)
      break
    case 'session.changed':
      sessionChanged(client, content.session as SessionChanged | undefined)
      break
    case 'meter.read':
      meterRead(client, content as unknown as MeterRead)
      break
    case 'command.changed':
      commandChanged(client, content.command as Command | undefined)
      break
    case 'ocpp.frame':
      frameSeen(client, content as unknown as FrameSeen)
      break
    case 'alert.changed':
      soon(client, ['alerts', 'count'])
      soon(client, ['alerts'])
      break
    case 'refused-station':
      soon(client, ['refused-stations'])
      break
  }
}

interface EvseChanged {
  readonly stationId: string
  readonly evseId: number
  readonly seen: Seen
  readonly words?: SeenWords
  readonly powerW?: number
  readonly sessionId?: string
}

interface MeterRead {
  readonly sessionId?: string
  readonly stationId: string
  readonly evseId: number
  readonly at?: string
  readonly powerW?: number
  readonly registerWh?: number
  readonly energyWh?: number
}

interface FrameSeen {
  readonly stationId: string
  readonly at: string
  readonly direction: 'from-station' | 'to-station'
}

type SessionChanged = Partial<Session> & { readonly id: string; readonly totals?: Totals }

/** The worst of the states, by the order of `seenStates`. */
function worstOf(states: readonly Seen[]): Seen {
  return seenStates.find((state) => states.includes(state)) ?? 'unknown'
}

function stationChanged(client: QueryClient, station: MapStation | undefined): void {
  if (station === undefined) return
  client.setQueryData<List<MapStation>>(['map'], (map) => {
    if (map === undefined) return map
    const known = map.items.some((item) => item.id === station.id)
    const items = known
      ? map.items.map((item) => (item.id === station.id ? { ...item, ...station } : item))
      : [...map.items, station]
    return { ...map, items }
  })
  soon(client, ['station', station.id])
  soon(client, ['stations'], slow)
}

function evseChanged(client: QueryClient, change: EvseChanged): void {
  client.setQueryData<List<MapStation>>(['map'], (map) =>
    map === undefined
      ? map
      : { ...map, items: map.items.map((item) => (item.id === change.stationId ? withEvse(item, change) : item)) },
  )
  client.setQueryData<Station>(['station', change.stationId], (station) =>
    station === undefined ? station : stationWithEvse(station, change),
  )
  soon(client, ['station', change.stationId])
  soon(client, ['stations'], slow)
}

function withEvse(item: MapStation, change: EvseChanged): MapStation {
  const { words: _old, ...known } = item.evses.find((evse) => evse.id === change.evseId) ?? { id: change.evseId }
  const evse = { ...known, seen: change.seen, ...(change.words === undefined ? {} : { words: change.words }) }
  const evses = [...item.evses.filter(({ id }) => id !== change.evseId), evse].sort((one, other) => one.id - other.id)
  return { ...item, evses, seen: worstOf(evses.map(({ seen }) => seen)) }
}

function stationWithEvse(station: Station, change: EvseChanged): Station {
  const evses = station.evses.map((evse): Evse => {
    if (evse.id !== change.evseId) return evse
    const { words: _old, ...rest } = evse
    return {
      ...rest,
      seen: change.seen,
      ...(change.words === undefined ? {} : { words: change.words }),
      ...(change.powerW === undefined ? {} : { powerW: change.powerW }),
    }
  })
  return { ...station, evses, seen: worstOf(evses.map(({ seen }) => seen)) }
}

function sessionChanged(client: QueryClient, change: SessionChanged | undefined): void {
  if (change === undefined) return
  const { totals, ...fields } = change
  const merged = (session: Session): Session => ({
    ...session,
    ...fields,
    ...(totals === undefined || session.cost === undefined ? {} : { cost: { ...session.cost, totals } }),
  })
  const before = client.getQueryData<SessionDetail>(['session', change.id])
  if (before !== undefined) client.setQueryData(['session', change.id], { ...before, ...merged(before) })
  client.setQueriesData<List<Session>>({ queryKey: ['sessions'] }, (list) =>
    // Figures of sessions are kept under the same name, to be asked for anew with them: they are no list.
    list === undefined || !('items' in list)
      ? list
      : { ...list, items: list.items.map((item) => (item.id === change.id ? merged(item) : item)) },
  )
  // Lines, periods and records follow from the session's end; they are not in the event.
  if (before !== undefined && before.state !== change.state) soon(client, ['session', change.id])
  soon(client, ['sessions'], slow)
  soon(client, ['sessions-list'], slow)
}

function meterRead(client: QueryClient, read: MeterRead): void {
  client.setQueryData<Station>(['station', read.stationId], (station) => {
    if (station === undefined) return station
    const evses = station.evses.map((evse): Evse => {
      if (evse.id !== read.evseId) return evse
      const session =
        evse.session === undefined || evse.session.id !== read.sessionId
          ? evse.session
          : { ...evse.session, ...(read.powerW === undefined ? {} : { powerW: read.powerW }) }
      return {
        ...evse,
        ...(read.powerW === undefined ? {} : { powerW: read.powerW }),
        ...(session === undefined ? {} : { session }),
      }
    })
    return { ...station, evses }
  })
  const { at } = read
  if (read.sessionId === undefined || at === undefined) return
  client.setQueryData<SessionDetail>(['session', read.sessionId], (session) =>
    session === undefined ? session : sessionWithReading(session, { ...read, at }),
  )
  // The cost so far is computed when it is read. A query's own interval begins anew at each event, so it would never come.
  soon(client, ['session', read.sessionId], slow)
}

function frameSeen(client: QueryClient, { stationId, at, direction }: FrameSeen): void {
  soon(client, ['ocpp-log', stationId])
  if (direction !== 'from-station') return
  client.setQueryData<Station>(['station', stationId], (station) =>
    station === undefined ? station : { ...station, connection: { ...station.connection, lastMessageAt: at } },
  )
}

function sessionWithReading(session: SessionDetail, read: MeterRead & { readonly at: string }): SessionDetail {
  const { at, powerW, registerWh, energyWh } = read
  const value: MeterValue = {
    at,
    context: 'periodic',
    ...(powerW === undefined ? {} : { powerW }),
    ...(registerWh === undefined ? {} : { registerWh }),
  }
  const known = session.meterValues.some((other) => other.at === at)
  return {
    ...session,
    ...(powerW === undefined ? {} : { powerW }),
    ...(energyWh === undefined ? {} : { energyWh }),
    meterValues: known ? session.meterValues : [...session.meterValues, value],
  }
}

function commandChanged(client: QueryClient, command: Command | undefined): void {
  if (command === undefined) return
  client.setQueryData(['command', command.id], command)
  client.setQueryData<List<Command>>(['commands', command.stationId], (list) => withCommand(list, command))
}

/** A list of commands, newest first, with this one new or changed. */
export function withCommand(list: List<Command> | undefined, command: Command): List<Command> {
  const items = list?.items ?? []
  const known = items.some(({ id }) => id === command.id)
  return {
    ...list,
    items: known ? items.map((item) => (item.id === command.id ? command : item)) : [command, ...items],
  }
}

const waiting = new Map<string, ReturnType<typeof setTimeout>>()

// Lists change with every station of the network; a page need not ask for them each second.
const slow = 3000

/**
 * What is kept under this key is asked for anew a moment later; a list that was paged far as much later, so that it costs no more. An
 * answer that is still on its way is not cut off: where something happens all the time, none would ever come.
 */
function soon(client: QueryClient, queryKey: QueryKey, wait = 1000): void {
  const name = hashKey(queryKey)
  const kept = client.getQueryCache().findAll({ queryKey })
  if (waiting.has(name) || kept.length === 0) return
  const pages = kept.map((query) => (query.isActive() ? pagesIn(query.state.data) : 1))
  const timer = setTimeout(
    () => {
      waiting.delete(name)
      if (client.isFetching({ queryKey }) > 0) soon(client, queryKey, wait)
      else void client.invalidateQueries({ queryKey })
    },
    wait * Math.max(...pages),
  )
  waiting.set(name, timer)
}

function pagesIn(data: unknown): number {
  const isPaged = typeof data === 'object' && data !== null && 'pages' in data && Array.isArray(data.pages)
  return isPaged ? Math.max(1, (data.pages as readonly unknown[]).length) : 1
}
