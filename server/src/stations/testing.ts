import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket } from 'ws'
import {
  type Answer,
  basicAuthHeader,
  type IncomingCall,
  type OcppVersion,
  openPeer,
  type Peer,
} from '../../../ocpp/index.ts'
import { type Ground, must, newId, ok, refuse, sql } from '../platform/index.ts'
import { CREDENTIAL_PURPOSE } from './gateway/refusals.ts'
import type { HandedIn, SettledCommand } from './handed-in.ts'
import type { StationReport } from './model.ts'
import { canonicalPassword } from './rules/credential.ts'
import { stationNumber } from './rules/number.ts'
import { type Stations, type StationsDeps, wireStations } from './wire.ts'

/** Stations on a real server and a real database, and what was handed up from them. For tests. */
export interface TestStations extends Stations {
  readonly port: number
  readonly reports: StationReport[]
  readonly settled: SettledCommand[]
  stop(): Promise<void>
}

export async function openTestStations(
  ground: Ground,
  more: Partial<HandedIn> & Pick<StationsDeps, 'timing' | 'messagesPerSecond' | 'raiseAlert'> = {},
): Promise<TestStations> {
  const reports: StationReport[] = []
  const settled: SettledCommand[] = []
  let lastNumber = 1000
  const stations: Stations = wireStations({
    ground,
    async takeReports(_, batch) {
      reports.push(...batch)
      return batch.map(({ body }) => {
        if (body.kind === 'transaction-started') {
          lastNumber += 1
          const number = 'number' in body.transaction ? body.transaction.number : String(lastNumber)
          return { kind: 'transaction', number, token: { verdict: 'accepted' } }
        }
        return body.kind === 'transaction-ended' ? { kind: 'transaction', number: '1' } : { kind: 'noted' }
      })
    },
    judgeTokens: async (questions) =>
      questions.map(({ idToken }) => ({ verdict: idToken.uid === 'BLOCKED' ? 'blocked' : 'accepted' })),
    async commandSettled(_, ended) {
      settled.push(ended)
    },
    /** Sessions judge a start; here each that names a card is good. */
    async startForStaff(tx, { stationId, evse, idToken, caller }) {
      if (idToken === undefined) return refuse('start-refused')
      const command = { kind: 'start-transaction', evse, idToken, remoteStartId: 1 } as const
      const by = { kind: caller.kind, id: caller.actorId, name: caller.actorName }
      return ok(must(await stations.commands.sendToStation(tx, { stationId, command, by }), 'command of a start'))
    },
    ...more,
  })
  const server = http.createServer()
  stations.gateway.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...stations,
    port: (server.address() as AddressInfo).port,
    reports,
    settled,
    async stop() {
      await stations.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const TEST_PASSWORD = '0123456789abcdef0123456789abcdef01234567'

/** A station straight in the database. */
export async function addTestStation(
  ground: Ground,
  tenantId: string,
  more: {
    readonly identity: string
    readonly password?: string
    readonly securityProfile?: number
    readonly onboarding?: 'waiting' | 'accepted' | 'refused'
    readonly plainUntil?: string
    readonly evses?: number
  },
): Promise<string> {
  const id = newId()
  const key = await ground.keys.tenant(tenantId)
  const hash = key.hash(CREDENTIAL_PURPOSE, canonicalPassword(more.password ?? TEST_PASSWORD))
  const number = stationNumber(9, (from, to) => from + Math.floor(Math.random() * (to - from)))
  await ground.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      insert into stations (tenant_id, id, number, identity, state, onboarding, security_profile, plain_until,
        credential_hash, credential_key_version, created_at, changed_at)
      values (${tenantId}, ${id}, ${number}, ${more.identity}, 'active', ${more.onboarding ?? 'accepted'},
        ${more.securityProfile ?? 1}, ${more.plainUntil ?? null}, ${hash}, ${key.version}, ${ground.clock.now()},
        ${ground.clock.now()})`)
    for (let evse = 1; evse <= (more.evses ?? 1); evse += 1) {
      await tx.run(
        sql`insert into evses (tenant_id, station_id, evse_id, declared) values (${tenantId}, ${id}, ${evse}, true)`,
      )
      await tx.run(
        sql`insert into connectors (tenant_id, station_id, evse_id, connector_id, type, max_power_w)
          values (${tenantId}, ${id}, ${evse}, 1, 'IEC_62196_T2', 22000)`,
      )
    }
  })
  return id
}

export interface TestSocket {
  readonly peer: Peer
  readonly socket: WebSocket
  /** CALLs of ours that came, in order. */
  readonly calls: IncomingCall[]
  /** Sends a CALL and gives its payload; throws the error code otherwise. */
  call(action: string, payload: object): Promise<Readonly<Record<string, unknown>>>
  boot(): Promise<Readonly<Record<string, unknown>>>
  readonly closed: Promise<number>
  close(): Promise<number>
}

const boots: Readonly<Record<OcppVersion, object>> = {
  'ocpp1.6': { chargePointVendor: 'Test', chargePointModel: 'One' },
  'ocpp2.0.1': { reason: 'PowerUp', chargingStation: { vendorName: 'Test', model: 'Two' } },
  'ocpp2.1': { reason: 'PowerUp', chargingStation: { vendorName: 'Test', model: 'Three' } },
}

/** A station's side of a socket. Rejects with the HTTP status when it is not let in. */
export async function connectStation(
  port: number,
  options: {
    readonly path: string
    readonly user?: string
    readonly password?: string | Uint8Array | null
    readonly version?: OcppVersion
    readonly headers?: Readonly<Record<string, string>>
    readonly answer?: (call: IncomingCall) => Answer | Promise<Answer>
  },
): Promise<TestSocket> {
  const version = options.version ?? 'ocpp1.6'
  const { path, password = TEST_PASSWORD } = options
  const user = options.user ?? decodeURIComponent(path.split('/').pop() ?? '')
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, [version], {
    headers: {
      ...(password === null ? {} : { authorization: basicAuthHeader(user, password) }),
      ...options.headers,
    },
  })
  const calls: IncomingCall[] = []
  const peer = openPeer({
    version,
    role: 'station',
    timeoutMs: 45_000,
    socket: { send: (text, onSent) => socket.send(text, onSent) },
    handle(call) {
      calls.push(call)
      return options.answer?.(call) ?? { kind: 'result', payload: { status: 'Accepted' } }
    },
  })
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.on('message', (data: Buffer) => peer.receive(data.toString()))
  socket.once('close', () => peer.closed())
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (request, response) => {
      request.destroy()
      reject(new Error(String(response.statusCode)))
    })
    socket.on('error', reject)
  })
  const call: TestSocket['call'] = async (action, payload) => {
    const outcome = await peer.call(action, payload)
    if (outcome.kind === 'answered') return outcome.payload
    throw new Error(outcome.kind === 'error' ? outcome.code : outcome.kind)
  }
  return {
    peer,
    socket,
    calls,
    call,
    boot: () => call('BootNotification', boots[version]),
    closed,
    close() {
      socket.close(1000)
      return closed
    },
  }
}

/** Waits for a fact. */
export async function until<T>(look: () => T | Promise<T>, timeoutMs = 45_000): Promise<NonNullable<T>> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== null && found !== false) return found
    if (performance.now() > end) throw new Error('this never came true')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
