import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answer, IncomingCall, OcppVersion } from '../../../ocpp/index.ts'
import { carryOutDue, type Clock, newId, ok, openHttp, openTexts, sql, takeDue } from '../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../platform/testing.ts'
import { addTestStation, connectStation, openTestStations, type TestStations, until } from '../stations/testing.ts'
import { type Subscribers, wireSubscribers } from './wire.ts'

let ground: TestGround
let stations: TestStations
let subscribers: Subscribers
let http: Awaited<ReturnType<typeof openHttp>>
let tenantId: string
const alerts: string[] = []
let aheadSeconds = 0
const clock: Clock = { now: () => Temporal.Now.instant().add({ seconds: aheadSeconds }) }

beforeAll(async () => {
  ground = await testGround(clock)
  tenantId = await makeTestTenant(ground, 'lists')
  const texts = openTexts('languages')
  subscribers = wireSubscribers({
    ...ground,
    texts,
    raiseAlert: async (_, { kind, stationId }) => void alerts.push(`${kind} ${stationId}`),
    clearAlert: async (_, { kind, subject }) => void alerts.push(`cleared ${kind} ${subject}`),
    sendToStation: (tx, wanted) => stations.commands.sendToStation(tx, wanted),
  })
  stations = await openTestStations(ground, {
    timing: { answerTimeoutMs: 1_500 },
    async takeReports(tx, reports) {
      await subscribers.takeReports(tx, reports)
      return reports.map(() => ({ kind: 'noted' }))
    },
    commandSettled: (tx, ended) => subscribers.commandSettled(tx, ended),
  })
  http = await openHttp({
    ground,
    texts,
    routes: subscribers.routes,
    async authenticate() {
      const rights = new Set(['stations.read', 'stations.write', 'tokens.read', 'tokens.write'])
      return ok({ kind: 'staff', tenantId, actorId: newId(), actorName: 'Aino', rights, sites: 'all', language: 'en' })
    },
    trustedProxies: [],
    folders: [],
  })
})
afterAll(async () => {
  await http.close()
  await stations.stop()
  await ground.close()
})

async function call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object) {
  const headers = { authorization: 'Bearer key' }
  const answer = await http.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) })
  return { status: answer.statusCode, body: answer.body === '' ? {} : answer.json() }
}

/** The worker, once. */
async function work(): Promise<void> {
  await carryOutDue({ ...ground, handlers: subscribers.effects })
  await takeDue(ground, subscribers.deadlines)
  await takeDue(ground, stations.deadlines)
}

const listOf = async (id: string) => (await call('GET', `/v1/stations/${id}/local-list`)).body
/** The worker works until this is so. */
const workUntil = <T>(look: () => Promise<T>) =>
  until(async () => {
    await work()
    return look()
  })
interface Held {
  version: number
  cards: Map<string, string | undefined>
  /** Instead of what it would do. */
  answers: (Answer | undefined)[]
  isDeaf: boolean
}

/** The list of a station in either family of versions, with its updates in `sent`. */
function listStation(version: OcppVersion) {
  const held: Held = { version: 0, cards: new Map(), answers: [], isDeaf: false }
  const sent: { version: number; type: string; cards: string[] }[] = []
  const answer = ({ action, payload }: IncomingCall): Answer => {
    if (held.isDeaf) return { kind: 'silence' }
    if (action === 'GetConfiguration') return result({ configurationKey: settings, unknownKey: [] })
    if (action === 'GetVariables') return result({ getVariableResult: variables })
    if (action === 'GetLocalListVersion') {
      return result(version === 'ocpp1.6' ? { listVersion: held.version } : { versionNumber: held.version })
    }
    if (action !== 'SendLocalList') return result({ status: 'Accepted' })
    const said = payload as Record<string, unknown>
    const number = Number(said['listVersion'] ?? said['versionNumber'])
    const entries = (said['localAuthorizationList'] ?? []) as Record<string, Record<string, string> & string>[]
    const instead = held.answers.shift()
    sent.push({ version: number, type: String(said['updateType']), cards: entries.map((entry) => uidOf(entry)) })
    if (instead !== undefined) return instead
    if (said['updateType'] === 'Full') held.cards.clear()
    for (const entry of entries) {
      const info = entry['idTagInfo'] ?? entry['idTokenInfo']
      if (info === undefined) held.cards.delete(uidOf(entry))
      else held.cards.set(uidOf(entry), info['status'])
    }
    held.version = number
    return result({ status: 'Accepted' })
  }
  return { held, sent, answer }
}

const result = (payload: object): Answer => ({ kind: 'result', payload })
const uidOf = (entry: Record<string, Record<string, string> & string>): string =>
  String(entry['idTag'] ?? entry['idToken']?.['idToken'])
const settings = [{ key: 'SendLocalListMaxLength', readonly: true, value: '2' }]
const component = { name: 'LocalAuthListCtrlr' }
const variables = [
  { component, variable: { name: 'ItemsPerMessage' }, attributeStatus: 'Accepted', attributeValue: '2' },
  { component, variable: { name: 'Enabled' }, attributeStatus: 'UnknownVariable' },
]

let serial = 0
async function station(version: OcppVersion) {
  serial += 1
  const identity = `L-${serial}`
  const id = await addTestStation(ground, tenantId, { identity })
  const { held, sent, answer } = listStation(version)
  const connect = () => connectStation(stations.port, { path: `/ocpp/lists/${identity}`, version, answer })
  const socket = await connect()
  await socket.boot()
  return { id, held, sent, socket, connect }
}

const addCard = async (uid: string) => (await call('POST', '/v1/id-tokens', { uid })).body.id as string

describe('local lists kept in step (CARD-VALID; OCPP 1.6, 4.4; 2.0.1 part 2, D)', () => {
  it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)(
    'follow the cards of the network in %s: full, then what changed, in parts the station can take',
    async (version) => {
      const uids = [1, 2, 3].map((n) => `04AA${serial}${n}BB`)
      const [first = ''] = await Promise.all(uids.map(addCard))
      const { id, held, sent } = await station(version)
      expect(await listOf(id)).toMatchObject({ mode: 'off', state: 'off' })
      await work()
      expect(sent).toEqual([])
      expect((await call('PATCH', `/v1/stations/${id}/local-list`, { mode: 'all' })).status).toBe(200)
      const list = await workUntil(async () => {
        const now = await listOf(id)
        return now.state === 'in-step' ? now : undefined
      })
      expect(list).toMatchObject({ versionThere: held.version, versionWanted: held.version, part: 2, attempts: 0 })
      expect(list.entriesThere).toBe(held.cards.size)
      expect(uids.map((uid) => held.cards.get(uid))).toEqual(['Accepted', 'Accepted', 'Accepted'])
      expect(sent.map(({ type }) => type)).toEqual(['Full', ...sent.slice(1).map(() => 'Differential')])
      expect(sent.map((one) => one.version)).toEqual(sent.map((_, index) => index + 1))
      expect(Math.max(...sent.map(({ cards }) => cards.length))).toBe(2)

      const before = sent.length
      await call('PATCH', `/v1/id-tokens/${first}`, { status: 'blocked' })
      await workUntil(async () => held.cards.get(uids[0] ?? '') === 'Blocked')
      expect(sent.slice(before)).toEqual([{ version: before + 1, type: 'Differential', cards: [uids[0]] }])
      aheadSeconds += 50
      const reach = await workUntil(async () => {
        const { blockedReach } = (await call('GET', `/v1/id-tokens/${first}`)).body
        return blockedReach.answered === blockedReach.stations ? blockedReach : undefined
      })
      expect(reach).toMatchObject({ failed: 0, told: reach.stations })
      expect(await call('DELETE', `/v1/id-tokens/${first}`)).toMatchObject({ status: 204 })
      await workUntil(async () => !held.cards.has(uids[0] ?? ''))
      await call('PATCH', `/v1/stations/${id}/local-list`, { mode: 'off' })
      await workUntil(async () => (await listOf(id)).state === 'off')
      expect(held.cards.size).toBe(0)
    },
  )

  it.each(['ocpp2.0.1', 'ocpp2.1'] as const)(
    'send the whole list again when the station says VersionMismatch, or lost it and booted (%s)',
    async (version) => {
      const [uid, another] = [`04CCDD${version.length}01`, `04CCDD${version.length}02`]
      await addCard(uid)
      const { id, held, sent, socket } = await station(version)
      await call('PATCH', `/v1/stations/${id}/local-list`, { mode: 'active' })
      await workUntil(async () => held.cards.has(uid) && (await listOf(id)).state === 'in-step')
      held.answers.push(result({ status: 'VersionMismatch' }))
      const before = sent.length
      await addCard(another)
      await workUntil(async () => (await listOf(id)).failure?.code === 'version-mismatch')
      aheadSeconds += 30
      await workUntil(async () => held.cards.has(another))
      expect(
        sent
          .slice(before)
          .map(({ type }) => type)
          .slice(0, 2),
      ).toEqual(['Differential', 'Full'])
      await workUntil(async () => (await listOf(id)).state === 'in-step')
      Object.assign(held, { version: 0, cards: new Map() })
      await socket.boot()
      await workUntil(async () => held.cards.has(uid) && held.cards.has(another))
      await call('PATCH', `/v1/stations/${id}/local-list`, { mode: null })
      await socket.close()
    },
  )

  it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)(
    'believe the station’s version number where an answer was lost (%s)',
    async (version) => {
      const [uid, another] = [`04CC${version.length}${version.at(-1)}E3`, `04CC${version.length}${version.at(-1)}E4`]
      await addCard(uid)
      const { id, held, sent, socket } = await station(version)
      await call('PATCH', `/v1/stations/${id}/local-list`, { mode: 'active' })
      await workUntil(async () => (await listOf(id)).state === 'in-step')
      // It takes the list, and its answer never comes.
      const before = sent.length
      held.answers.push({ kind: 'silence' })
      await addCard(another)
      await workUntil(async () => (await listOf(id)).failure?.code === 'no-answer')
      held.version += 1
      held.cards.set(another, 'Accepted')
      aheadSeconds += 30
      const list = await workUntil(async () => {
        const now = await listOf(id)
        return now.state === 'in-step' ? now : undefined
      })
      expect(list.versionThere).toBe(held.version)
      expect(list.failure).toBeUndefined()
      expect(sent.length).toBe(before + 1)
      await socket.close()
    },
  )

  it('give up after a few refusals, tell staff, and go on when a person asks', async () => {
    const { id, held, sent, socket } = await station('ocpp1.6')
    held.answers.push(...Array.from({ length: 5 }, () => result({ status: 'Failed' })))
    await call('PATCH', `/v1/stations/${id}/local-list`, { mode: 'active' })
    const list = await workUntil(async () => {
      aheadSeconds += 20
      const now = await listOf(id)
      return now.state === 'failed' ? now : undefined
    })
    expect(list).toMatchObject({ attempts: 5, failure: { code: 'list-refused' } })
    expect(list.failure.message).toMatch(/refused/)
    expect(alerts).toContain(`local-list-failed ${id}`)
    expect(sent).toHaveLength(5)
    await addCard('04CCDDEE05')
    await work()
    expect(sent).toHaveLength(5)
    expect((await call('POST', `/v1/stations/${id}/local-list/send`)).status).toBe(202)
    await workUntil(async () => held.cards.has('04CCDDEE05') && (await listOf(id)).state === 'in-step')
    expect(alerts).toContain(`cleared local-list-failed ${id}`)
    await socket.close()
  })

  it('wait for a station that is away, and follow the network’s setting where there is no other', async () => {
    const { id, held, socket, connect } = await station('ocpp1.6')
    await socket.close()
    expect((await call('PATCH', '/v1/local-lists', { mode: 'active' })).body.mode).toBe('active')
    await work()
    expect((await listOf(id)).state).toBe('behind')
    const back = await connect()
    await workUntil(async () => held.cards.size > 0 && (await listOf(id)).state === 'in-step')
    const overview = await call('PATCH', '/v1/local-lists', { mode: 'off' })
    expect(overview.body.mode).toBe('off')
    await workUntil(async () => held.cards.size === 0)
    await back.close()
  })

  it('are refused a sending anew where no list is kept, with what to do', async () => {
    const { id, socket } = await station('ocpp1.6')
    const refused = await call('POST', `/v1/stations/${id}/local-list/send`)
    expect(refused).toMatchObject({ status: 409, body: { code: 'local-list-off' } })
    expect((await call('GET', `/v1/stations/${newId()}/local-list`)).status).toBe(404)
    await socket.close()
  })
})

describe('a card that is blocked (trust.md, attack 18)', () => {
  it('is counted as answered, or as failed after further tries, station by station', async () => {
    const [fine, mute, away] = await Promise.all([station('ocpp1.6'), station('ocpp2.0.1'), station('ocpp1.6')])
    await away.socket.close()
    mute.held.isDeaf = true
    const id = await addCard('04FEEDBEEF')
    await call('PATCH', `/v1/id-tokens/${id}`, { status: 'blocked' })
    const reachOf = async () => (await call('GET', `/v1/id-tokens/${id}`)).body.blockedReach
    const { stations: count } = await reachOf()
    aheadSeconds += 50
    const reach = await workUntil(async () => {
      const now = await reachOf()
      return now.failed === 1 ? now : undefined
    })
    expect(reach.told).toBeLessThan(count)
    expect(mute.socket.calls.filter(({ action }) => action === 'ClearCache')).toHaveLength(3)
    expect(fine.socket.calls.filter(({ action }) => action === 'ClearCache')).toHaveLength(1)
    // The one that was away is told when it comes back.
    const back = await away.connect()
    await workUntil(async () => back.calls.some(({ action }) => action === 'ClearCache'))
    mute.held.isDeaf = false
  })

  it('is told again a day later to a station that did not answer, or was not let in then', async () => {
    const [mute, refused] = [await station('ocpp2.0.1'), await station('ocpp1.6')]
    mute.held.isDeaf = true
    const onboard = (onboarding: string) =>
      ground.database.inTenant(tenantId, (tx) =>
        tx.run(sql`
          update stations set onboarding = ${onboarding}, accepted_at = case when ${onboarding} = 'accepted' then now() end
          where tenant_id = ${tenantId} and id = ${refused.id}`),
      )
    await onboard('refused')
    await refused.socket.close()
    const id = await addCard('04FADEDCAF')
    await call('PATCH', `/v1/id-tokens/${id}`, { status: 'blocked' })
    const waiting = await refused.connect()
    const clearings = (socket: typeof waiting) => socket.calls.filter(({ action }) => action === 'ClearCache').length
    aheadSeconds += 50
    await workUntil(async () => clearings(mute.socket) === 3)
    await workUntil(async () => (await call('GET', `/v1/id-tokens/${id}`)).body.blockedReach.failed === 2)
    expect(clearings(waiting)).toBe(0)
    await waiting.close()
    await onboard('accepted')
    mute.held.isDeaf = false
    aheadSeconds += 86_400
    const accepted = await refused.connect()
    await workUntil(async () => clearings(accepted) > 0 && clearings(mute.socket) > 3)
    await workUntil(async () => (await call('GET', `/v1/id-tokens/${id}`)).body.blockedReach.failed === 0)
    await accepted.close()
  })
})
