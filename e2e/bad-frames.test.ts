import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, addTariff, type MadeStation, makeNetwork, type Network } from './kit/network.ts'
import type { List } from './kit/rest.ts'
import type { Server } from './kit/server.ts'
import { bootOf, openStation, type StationSocket } from './kit/station-socket.ts'
import { found } from './kit/until.ts'

let borrowed: Borrowed
let server: Server
let network: Network

beforeAll(async () => {
  borrowed = await startBorrowed()
  server = borrowed.server
  network = await makeNetwork(server, 'sloppy')
  await addTariff(network)
  await addCard(network, 'GOODCARD0001')
})
afterAll(() => borrowed.close())

async function connected(identity: string, protocol: string): Promise<{ station: MadeStation; socket: StationSocket }> {
  const station = await addStation(network, { identity })
  const { password } = station
  const socket = await openStation({
    url: `${network.stationsUrl}/${identity}`,
    user: identity,
    password,
    protocols: [protocol],
  })
  expect((await socket.call(...bootOf(protocol)))[0]).toBe(3)
  return { station, socket }
}

const now = (): string => Temporal.Now.instant().toString({ smallestUnit: 'second' })

describe('a frame that is wrong is answered with the version’s error and leaves the connection usable', () => {
  const status16 = { connectorId: 1, errorCode: 'NoError', status: 'Available' }
  const status2 = { timestamp: '2026-01-01T00:00:00Z', connectorStatus: 'Available', evseId: 1, connectorId: 1 }
  /** What is sent, and the code each version answers; undefined: no answer at all. */
  const cases: readonly [
    what: string,
    of16: string,
    of2: string,
    code16: RegExp | undefined,
    code2: RegExp | undefined,
  ][] = [
    ['no JSON', 'hello', 'hello', /FormationViolation|GenericError/, /RpcFrameworkError|FormatViolation/],
    [
      'JSON cut short',
      '[2,"a1","Heartbeat",{',
      '[2,"a1","Heartbeat",{',
      /FormationViolation/,
      /FormatViolation|RpcFrameworkError/,
    ],
    [
      'no array',
      '{"a":1}',
      '{"a":1}',
      /FormationViolation|GenericError|ProtocolError/,
      /RpcFrameworkError|FormatViolation/,
    ],
    [
      'an id that is a number',
      '[2,7,"Heartbeat",{}]',
      '[2,7,"Heartbeat",{}]',
      /./,
      /RpcFrameworkError|FormatViolation/,
    ],
    [
      'too few elements',
      '[2,"a2","Heartbeat"]',
      '[2,"a2","Heartbeat"]',
      /./,
      /RpcFrameworkError|FormatViolation|ProtocolError/,
    ],
    [
      'a payload that is a list',
      '[2,"a3","Heartbeat",[]]',
      '[2,"a3","Heartbeat",[]]',
      /FormationViolation|TypeConstraintViolation/,
      /FormatViolation|TypeConstraintViolation/,
    ],
    [
      'an action that is none',
      '[2,"a4","MakeCoffee",{}]',
      '[2,"a4","MakeCoffee",{}]',
      /NotImplemented/,
      /NotImplemented/,
    ],
    [
      'an action that is ours to send',
      '[2,"a5","RemoteStopTransaction",{"transactionId":1}]',
      '[2,"a5","RequestStopTransaction",{"transactionId":"1"}]',
      /NotImplemented|NotSupported/,
      /NotImplemented|NotSupported/,
    ],
    [
      'a member of the wrong type',
      JSON.stringify([2, 'a6', 'StatusNotification', { ...status16, connectorId: 'one' }]),
      JSON.stringify([2, 'a6', 'StatusNotification', { ...status2, connectorId: 'one' }]),
      /TypeConstraintViolation/,
      /TypeConstraintViolation/,
    ],
    [
      'a member that is missing',
      JSON.stringify([2, 'a7', 'StatusNotification', { connectorId: 1, status: 'Available' }]),
      JSON.stringify([2, 'a7', 'StatusNotification', { timestamp: now() }]),
      /OccurenceConstraintViolation|ProtocolError/,
      /OccurrenceConstraintViolation|ProtocolError/,
    ],
    [
      'a value outside of its list',
      JSON.stringify([2, 'a8', 'StatusNotification', { ...status16, status: 'Sleeping' }]),
      JSON.stringify([2, 'a8', 'StatusNotification', { ...status2, connectorStatus: 'Sleeping' }]),
      /PropertyConstraintViolation/,
      /PropertyConstraintViolation/,
    ],
    [
      'a text that is too long',
      JSON.stringify([2, 'a9', 'Authorize', { idTag: 'x'.repeat(500) }]),
      JSON.stringify([2, 'a9', 'Authorize', { idToken: { idToken: 'x'.repeat(500), type: 'ISO14443' } }]),
      /PropertyConstraintViolation/,
      /PropertyConstraintViolation/,
    ],
    [
      '17 levels',
      `[2,"b1","DataTransfer",{"vendorId":"x","data":${'['.repeat(20)}${']'.repeat(20)}}]`,
      `[2,"b1","DataTransfer",{"vendorId":"x","data":${'['.repeat(20)}${']'.repeat(20)}}]`,
      /FormationViolation/,
      /FormatViolation/,
    ],
    ['an answer to nothing', '[3,"b2",{}]', '[3,"b2",{}]', undefined, undefined],
    ['an error to nothing', '[4,"b3","GenericError","",{}]', '[4,"b3","GenericError","",{}]', undefined, undefined],
    ['a type that is none', '[9,"b4","Heartbeat",{}]', '[9,"b4","Heartbeat",{}]', undefined, undefined],
  ]

  it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'])('%s', async (protocol) => {
    const { socket } = await connected(`WRONG-${protocol}`, protocol)
    for (const [what, of16, of2, code16, code2] of cases) {
      socket.raw(protocol === 'ocpp1.6' ? of16 : of2)
      const code = protocol === 'ocpp1.6' ? code16 : code2
      if (code !== undefined) {
        const [, , answered, description, details] = await socket.next(([type]) => type === 4)
        expect(answered, what).toMatch(code)
        expect(String(description).length, what).toBeLessThanOrEqual(255)
        expect(details, what).toBeTypeOf('object')
      }
      // Usable, and nothing else was said in between.
      expect(await socket.call('Heartbeat', {}), what).toMatchObject([
        3,
        expect.any(String),
        { currentTime: expect.any(String) },
      ])
    }
    // A frame of bytes is no text.
    socket.socket.send(Buffer.from([1, 2, 3]))
    await socket.close()
  })

  it('and is kept as it came, for the station’s page', async () => {
    const { station, socket } = await connected('KEPT-1', 'ocpp1.6')
    socket.raw('[2,"k1","StatusNotification",{"connectorId":"one","errorCode":"NoError","status":"Available"}]')
    await socket.next(([type]) => type === 4)
    const kept = await found(
      async () =>
        (
          await network.rest.get<List<{ action: string; code: string; text: string }>>(
            `/v1/stations/${station.id}/refused-messages`,
          )
        ).items[0],
    )
    expect(kept).toMatchObject({ action: 'StatusNotification', code: 'TypeConstraintViolation' })
    expect(kept.text).toContain('"connectorId":"one"')
    await socket.close()
  })
})

describe('absurd content of a valid transaction message is accepted, recorded and flagged', () => {
  interface Seen {
    readonly id: string
    readonly state: string
    readonly flags: readonly string[]
    readonly energyWh: number
    readonly cost?: { readonly totals: { readonly inclTax: { readonly minor: string } } }
  }
  const sessionsOf = async ({ id }: MadeStation): Promise<readonly Seen[]> =>
    (await network.rest.get<List<Seen>>(`/v1/sessions?stationId=${id}`)).items

  const start = (more = {}): unknown => ({
    connectorId: 1,
    idTag: 'GOODCARD0001',
    meterStart: 1000,
    timestamp: Temporal.Now.instant().subtract({ seconds: 5 }).toString({ smallestUnit: 'second' }),
    ...more,
  })

  it.each<[what: string, begin: Record<string, unknown>, end: Record<string, unknown>, flag: RegExp]>([
    ['a register that runs backwards', {}, { meterStop: 10 }, /register-backwards/],
    ['an end long before the start', {}, { meterStop: 1500, timestamp: '1996-01-01T00:00:00Z' }, /clock-corrected/],
    ['an end in the year 9999', {}, { meterStop: 1500, timestamp: '9999-12-31T23:59:59Z' }, /clock-corrected/],
    ['a gigawatt hour in a second', {}, { meterStop: 1_000_001_000 }, /./],
    ['a start from thirty years ago', { timestamp: '1996-01-01T00:00:00Z' }, { meterStop: 1500 }, /clock-corrected/],
    ['a card nobody knows', { idTag: 'NOBODY' }, { meterStop: 1500 }, /not-authorised/],
    // No reading at all: the end is there, and the meter is asked (END-METER).
    ['a register below zero', { meterStart: -500 }, { meterStop: -100 }, /./],
    ['a connector that was not declared', { connectorId: 7 }, { meterStop: 1500 }, /./],
  ])('%s', async (what, begin, end, flag) => {
    const { station, socket } = await connected(`ABSURD-${what.replaceAll(/[^a-z]+/g, '-')}`.slice(0, 40), 'ocpp1.6')
    const [type, , answer] = await socket.call('StartTransaction', start(begin))
    expect(type).toBe(3)
    const { transactionId } = answer as { transactionId: number }
    expect(transactionId).toBeGreaterThan(0)
    const [stopped] = await socket.call('StopTransaction', { transactionId, meterStop: 0, timestamp: now(), ...end })
    expect(stopped).toBe(3)
    const session = await found(async () =>
      (await sessionsOf(station)).find(({ state }) => state === 'ended' || state === 'waiting-for-meter'),
    )
    const { evses } = await network.rest.get<{ evses: readonly { id: number; declared: boolean }[] }>(
      `/v1/stations/${station.id}`,
    )
    const undeclared = evses.filter(({ declared }) => !declared).map(({ id }) => `EVSE ${id} was not declared`)
    const waits = session.state === 'waiting-for-meter' ? ['waits for the meter'] : []
    expect([...session.flags, ...undeclared, ...waits].join()).toMatch(flag)
    expect(session.energyWh).toBeGreaterThanOrEqual(0)
    expect(BigInt(session.cost?.totals.inclTax.minor ?? '0') >= 0n).toBe(true)
    expect((await socket.call('Heartbeat', {}))[0]).toBe(3)
    await socket.close()
  })

  it('the end of a transaction that nobody knows', async () => {
    const { station, socket } = await connected('ABSURD-ORPHAN', 'ocpp1.6')
    expect((await socket.call('StopTransaction', { transactionId: 12345, meterStop: 10, timestamp: now() }))[0]).toBe(3)
    const alerts = async (): Promise<readonly { stationId?: string }[]> =>
      (await network.rest.get<List<{ stationId?: string }>>('/v1/alerts?state=open&limit=200')).items
    await found(async () => {
      const flagged = (await sessionsOf(station)).some(({ flags }) => flags.includes('orphan'))
      return flagged || (await alerts()).some(({ stationId }) => stationId === station.id) ? true : undefined
    })
    await socket.close()
  })
})
