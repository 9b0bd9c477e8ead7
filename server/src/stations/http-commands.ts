import { z } from 'zod'
import { recordChange } from '../audit/index.ts'
import {
  type AnyRoute,
  cursorFrom,
  listOf,
  must,
  ok,
  pageOf,
  paging,
  refuse,
  type Result,
  type StaffOrKey,
  tenantRoute,
  type Tx,
  wholeListOf,
} from '../platform/index.ts'
import { type CommandBody, commandBody, commandFrom, withoutAbsent } from './commands/body.ts'
import type { CommandQueue } from './commands/queue.ts'
import { type CommandRow, commandStates, countCommands, findCommand, listCommands } from './commands/store.ts'
import { commandView } from './commands/view.ts'
import type { HandedIn } from './handed-in.ts'
import { findStation, NO_STATION } from './http-stations.ts'
import type { IdToken, StationCommand } from './model.ts'
import { commandKinds, protocolNamed, rawCallFault } from './protocols/index.ts'
import { secretFault } from './rules/secret-out.ts'
import * as shapes from './shapes.ts'

const TAG = 'commands'

export interface CommandRouteDeps {
  readonly commands: CommandQueue
  readonly startForStaff: HandedIn['startForStaff']
}

export function commandRoutes(deps: CommandRouteDeps): readonly AnyRoute[] {
  return [sendRoute(deps), readRoute, listRoute, kindsRoute]
}

function sendRoute(deps: CommandRouteDeps): AnyRoute {
  return tenantRoute({
    method: 'POST',
    path: '/v1/stations/:id/commands',
    tag: TAG,
    summary: 'Ask something of a station; how it ends is read under the address in Location',
    right: 'commands.send',
    params: shapes.idParams,
    body: commandBody,
    answer: shapes.command,
    status: 202,
    refusals: { ...NO_STATION, 'bad-input': 400, 'not-supported': 422, 'start-refused': 409 },
    async handle(tx, call) {
      const { params, body, caller, at } = call
      const parts = await findStation(tx, params.id, caller.sites)
      if (parts === undefined) return refuse('no-such-station')
      const { protocol, securityProfile } = parts.station
      const sent = await send(tx, deps, { stationId: params.id, protocol, securityProfile, body, caller, at })
      if (!sent.ok) return sent
      const row = await findCommand(tx, sent.value)
      const view = commandView(must(row, 'the command'))
      const change = {
        caller,
        at,
        objectKind: 'station',
        objectId: params.id,
        after: { kind: view.kind, request: view.request },
      }
      await recordChange(tx, { ...change, action: 'command.sent' })
      call.setHeader('location', `/v1/commands/${view.id}`)
      return ok(view)
    },
  })
}

async function send(
  tx: Tx,
  deps: CommandRouteDeps,
  asked: {
    readonly stationId: string
    readonly protocol: string | null
    readonly securityProfile: number
    readonly body: CommandBody
    readonly caller: StaffOrKey
    readonly at: Temporal.Instant
  },
): Promise<Result<string, 'no-such-station' | 'bad-input' | 'not-supported' | 'start-refused'>> {
  const { stationId, protocol, securityProfile, body, caller, at } = asked
  if (body.kind === 'start-transaction') {
    if (deps.startForStaff === undefined) return refuse('not-supported')
    const { evseId, connectorId, idToken } = body
    return deps.startForStaff(tx, {
      stationId,
      evse: evseId,
      caller,
      at,
      ...(connectorId === undefined ? {} : { connector: connectorId }),
      ...(idToken === undefined ? {} : { idToken: withoutAbsent(idToken) as IdToken }),
    })
  }
  const command = commandFrom(body)
  const secret = secretFault(command, securityProfile)
  if (secret !== undefined) return refuse('bad-input', { fields: [secret] })
  const fault = protocol === null ? undefined : faultOf(protocol, command)
  if (fault !== undefined) return fault
  const by = { kind: caller.kind, id: caller.actorId, name: caller.actorName }
  const id = await deps.commands.sendToStation(tx, { stationId, command, by })
  return id === undefined ? refuse('no-such-station') : ok(id)
}

/** What can be known before it is sent: the version has not got it, or the payload does not fit. */
function faultOf(
  protocol: string,
  command: StationCommand,
): ReturnType<typeof refuse<'bad-input' | 'not-supported'>> | undefined {
  if (command.kind === 'raw-call') {
    const fault = rawCallFault(protocol, command.action, command.payload)
    if (fault === undefined) return undefined
    const { pointer, code, why } = fault
    return refuse('bad-input', { fields: [{ pointer, code, values: { why } }] })
  }
  const calls = protocolNamed(protocol)?.commandTo(command, { requestId: 1 })
  return calls === 'not-supported' ? refuse('not-supported') : undefined
}

const NOT_FOUND = { 'no-such-command': 404 } as const

const readRoute = tenantRoute({
  method: 'GET',
  path: '/v1/commands/:id',
  tag: TAG,
  summary: 'A command: what was asked, what was answered, what came of it',
  right: 'stations.read',
  params: shapes.idParams,
  answer: shapes.command,
  refusals: NOT_FOUND,
  async handle(tx, { params, caller }) {
    const row = await findCommand(tx, params.id)
    if (row === undefined || !(await maySee(tx, row, caller))) return refuse('no-such-command')
    return ok(commandView(row))
  },
})

async function maySee(tx: Tx, row: CommandRow, { sites }: StaffOrKey): Promise<boolean> {
  return sites === 'all' || (await findStation(tx, row.stationId, sites)) !== undefined
}

const listRoute = tenantRoute({
  method: 'GET',
  path: '/v1/commands',
  tag: TAG,
  summary: 'Commands, newest first',
  right: 'stations.read',
  query: z.strictObject({
    ...paging,
    stationId: z.uuid().optional(),
    state: z.enum(commandStates).optional(),
  }),
  answer: listOf(shapes.command),
  async handle(tx, { query, caller: { sites } }) {
    const { stationId, state } = query
    const after = cursorFrom(query.cursor)
    const rows = await listCommands(tx, { stationId, state, sites, after, limit: query.limit + 1 })
    const { shown, next } = pageOf(rows, query.limit, ({ createdAt, id }) => [String(createdAt), id])
    const total = query.count === 'true' ? { total: await countCommands(tx, { stationId, state, sites }) } : {}
    return ok({ items: shown.map(commandView), next, ...total })
  },
})

const kindsRoute = tenantRoute({
  method: 'GET',
  path: '/v1/stations/:id/command-kinds',
  tag: TAG,
  summary: 'What can be asked of this station, by the version it speaks',
  right: 'stations.read',
  params: shapes.idParams,
  answer: wholeListOf(z.strictObject({ kind: z.string(), supported: z.boolean() })),
  refusals: NO_STATION,
  async handle(tx, { params, caller }) {
    const parts = await findStation(tx, params.id, caller.sites)
    if (parts === undefined) return refuse('no-such-station')
    // Until it has spoken nobody knows what it can do.
    const protocol = protocolNamed(parts.station.protocol ?? '')
    return ok({ items: protocol === undefined ? [] : [...commandKinds(protocol)], next: null })
  },
})
