import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answer, IncomingCall, OcppVersion } from '../../../../ocpp/index.ts'
import { type Clock, newId, sql, takeDue } from '../../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../../platform/testing.ts'
import type { StationCommand } from '../model.ts'
import { addTestStation, connectStation, openTestStations, type TestStations, until } from '../testing.ts'
import { findCommand } from './store.ts'
import { type CommandView, commandView } from './view.ts'

let ground: TestGround
let stations: TestStations
let tenantId: string
/** Real time, moved on by hand. */
let aheadSeconds = 0
const clock: Clock = { now: () => Temporal.Now.instant().add({ seconds: aheadSeconds }) }

beforeAll(async () => {
  ground = await testGround(clock)
  tenantId = await makeTestTenant(ground, 'power')
  stations = await openTestStations(ground, { timing: { answerTimeoutMs: 1_500 } })
})
afterAll(async () => {
  await stations.stop()
  await ground.close()
})

function send(stationId: string, command: StationCommand): Promise<string> {
  return ground.database.inTenant(tenantId, async (tx) => {
    const id = await stations.commands.sendToStation(tx, { stationId, command, by: { kind: 'system' } })
    if (id === undefined) throw new Error('no station')
    return id
  })
}

function read(id: string): Promise<CommandView> {
  return ground.database.inTenant(tenantId, async (tx) => {
    const row = await findCommand(tx, id)
    if (row === undefined) throw new Error('no command')
    return commandView(row)
  })
}

const ended = (id: string, state: string): Promise<CommandView> =>
  until(async () => {
    const view = await read(id)
    return view.state === state ? view : undefined
  })

async function station(
  identity: string,
  version: OcppVersion,
  answer?: (call: IncomingCall) => Answer | Promise<Answer>,
) {
  const id = await addTestStation(ground, tenantId, { identity })
  const socket = await connectStation(stations.port, {
    path: `/ocpp/power/${identity}`,
    version,
    ...(answer === undefined ? {} : { answer }),
  })
  await socket.boot()
  return { id, socket }
}

const result = (payload: object): Answer => ({ kind: 'result', payload })

describe('commands are rows with an outcome', () => {
  it('goes from queued over sent and answered to its effect', async () => {
    const { id, socket } = await station('C-1', 'ocpp1.6')
    const command = await send(id, {
      kind: 'start-transaction',
      evse: 1,
      idToken: { uid: 'S-ABCDEF1234' },
      remoteStartId: 1,
    })
    await ended(command, 'answered')
    expect(socket.calls.at(-1)).toMatchObject({
      action: 'RemoteStartTransaction',
      payload: { idTag: 'S-ABCDEF1234', connectorId: 1 },
    })
    await socket.call('StartTransaction', {
      connectorId: 1,
      idTag: 'S-ABCDEF1234',
      meterStart: 0,
      timestamp: clock.now().toString(),
    })
    const view = await ended(command, 'effect-seen')
    expect(view.steps.map(({ state }) => state)).toEqual(['queued', 'sent', 'answered', 'effect-seen'])
    expect(view).not.toHaveProperty('dueAt')
    // A token is never whole in what people see, nor in the columns that are not sealed.
    expect(JSON.stringify(view)).not.toContain('S-ABCDEF1234')
    expect(stations.settled.filter((settled) => settled.id === command)).toMatchObject([
      { state: 'answered', answer: { outcome: 'accepted' }, command: { idToken: { uid: 'S-ABCDEF1234' } } },
    ])
    await socket.close()
  })

  it('a stop has its effect when its own transaction ends, not another of the station', async () => {
    const { id, socket } = await station('C-STOP', 'ocpp2.0.1')
    const ends = (transactionId: string) =>
      socket.call('TransactionEvent', {
        eventType: 'Ended',
        timestamp: clock.now().toString(),
        triggerReason: 'RemoteStop',
        seqNo: 1,
        transactionInfo: { transactionId, stoppedReason: 'Remote' },
      })
    const command = await send(id, { kind: 'stop-transaction', transactionNumber: 'tx-1' })
    await ended(command, 'answered')
    await ends('tx-2')
    expect((await read(command)).state).toBe('answered')
    await ends('tx-1')
    await ended(command, 'effect-seen')
    await socket.close()
  })

  it('sends one CALL at a time, in the order in which they were asked', async () => {
    let open = 0
    let most = 0
    const { id, socket } = await station('C-2', 'ocpp2.0.1', async () => {
      open += 1
      most = Math.max(most, open)
      await new Promise((resolve) => setTimeout(resolve, 5))
      open -= 1
      return result({ status: 'Accepted' })
    })
    const ids = await ground.database.inTenant(tenantId, async (tx) => {
      const made: string[] = []
      for (const content of ['a', 'b', 'c', 'd']) {
        const command: StationCommand = { kind: 'vendor-data', vendorId: 'x', content }
        made.push(String(await stations.commands.sendToStation(tx, { stationId: id, command, by: { kind: 'system' } })))
      }
      return made
    })
    for (const one of ids) await ended(one, 'answered')
    expect(socket.calls.map(({ payload }) => payload['data'])).toEqual(['a', 'b', 'c', 'd'])
    expect(most).toBe(1)
    await socket.close()
  })

  it.each([
    ['rejected', { kind: 'result', payload: { status: 'Rejected' } }, 'failed', 'rejected'],
    ['an error', { kind: 'error', code: 'InternalError' }, 'failed', 'station-error'],
    ['not known to the station', { kind: 'error', code: 'NotImplemented' }, 'failed', 'not-supported'],
  ] as const)('keeps that the answer was %s', async (_, answer, state, failure) => {
    const { id, socket } = await station(`C-3-${failure}`, 'ocpp2.1', () => answer)
    const view = await ended(await send(id, { kind: 'clear-cache' }), state)
    expect(view).toMatchObject({ failure, exact: { action: 'ClearCache' } })
    await socket.close()
  })

  it('times out when no answer comes, and the next one still goes', async () => {
    let calls = 0
    const answer = result({ status: 'Accepted' })
    let answerLate = (): void => {}
    const { id, socket } = await station('C-4', 'ocpp1.6', () => {
      calls += 1
      return calls === 1 ? new Promise<Answer>((resolve) => (answerLate = () => resolve(answer))) : answer
    })
    const first = await send(id, { kind: 'trigger', message: 'status' })
    const second = await send(id, { kind: 'trigger', message: 'heartbeat' })
    expect(await ended(first, 'timed-out')).toMatchObject({ failure: 'no-answer' })
    // Late: when nobody waits for it any more.
    answerLate()
    await ended(second, 'answered')
    await socket.call('Heartbeat', {})
    await ended(second, 'effect-seen')
    await socket.close()
  })

  it('fails soon for a station that is away, when it makes no sense later', async () => {
    const id = await addTestStation(ground, tenantId, { identity: 'C-5' })
    const unlock = await send(id, { kind: 'unlock', evse: 1, connector: 1 })
    const clear = await send(id, { kind: 'clear-cache' })
    await takeDue(ground, stations.deadlines)
    expect(await read(unlock)).toMatchObject({ state: 'failed', failure: 'station-offline' })
    expect(await read(clear)).toMatchObject({ state: 'queued' })
    expect(stations.settled.find((settled) => settled.id === unlock)).toMatchObject({ state: 'failed' })

    const socket = await connectStation(stations.port, { path: '/ocpp/power/C-5' })
    await socket.boot()
    await ended(clear, 'answered')
    await socket.close()
  })

  it('that waited too long behind another is not said to have met a station that was away', async () => {
    const { id, socket } = await station('C-14', 'ocpp1.6', () => ({ kind: 'silence' }))
    // Each is waited for in turn: half a minute of them.
    for (let n = 0; n < 20; n += 1) await send(id, { kind: 'clear-cache' })
    await until(async () => socket.calls.length > 0)
    const start = await send(id, {
      kind: 'start-transaction',
      evse: 1,
      idToken: { uid: 'S-1', type: 'Central' },
      remoteStartId: 1,
    })
    aheadSeconds += 31
    await takeDue(ground, stations.deadlines)
    expect(await read(start)).toMatchObject({ state: 'failed', failure: 'not-sent-in-time' })
    await socket.close()
  })

  it('says when what should have come of it was not seen in time', async () => {
    const { id, socket } = await station('C-6', 'ocpp2.0.1')
    const command = await send(id, { kind: 'trigger', message: 'meter', evse: 1 })
    await ended(command, 'answered')
    aheadSeconds += 120
    await takeDue(ground, stations.deadlines)
    expect(await read(command)).toMatchObject({ state: 'timed-out', failure: 'no-effect' })
    await socket.close()
  })

  it('collects the settings of a 2.x station from all parts of its report', async () => {
    let requestId: unknown
    const { id, socket } = await station('C-7', 'ocpp2.0.1', (call) => {
      requestId = call.payload['requestId']
      return result({ status: 'Accepted' })
    })
    const command = await send(id, { kind: 'read-settings' })
    await ended(command, 'answered')
    const part = (seqNo: number, tbc: boolean, name: string, value: string) => ({
      requestId,
      generatedAt: '2026-11-26T12:00:00Z',
      seqNo,
      tbc,
      reportData: [
        {
          component: { name: 'SecurityCtrlr' },
          variable: { name },
          variableAttribute: [{ value, mutability: 'ReadWrite' }],
        },
      ],
    })
    await socket.call('NotifyReport', part(0, true, 'Identity', 'C-7'))
    await socket.call('NotifyReport', part(1, false, 'BasicAuthPassword', 'a-secret-of-the-station'))
    const view = await ended(command, 'effect-seen')
    expect(view.answer).toMatchObject({
      settings: [
        { name: 'SecurityCtrlr.Identity', value: 'C-7', readonly: false },
        { name: 'SecurityCtrlr.BasicAuthPassword', value: '•••' },
      ],
    })
    await socket.close()
  })

  it('writes 1.6 settings one after the other and stops at the first refusal', async () => {
    const { id, socket } = await station('C-8', 'ocpp1.6', (call) =>
      result({ status: call.payload['key'] === 'B' ? 'Rejected' : 'Accepted' }),
    )
    const settings = ['A', 'B', 'C'].map((name) => ({ name, value: '1' }))
    const view = await ended(await send(id, { kind: 'write-settings', settings }), 'failed')
    expect(view).toMatchObject({
      failure: 'rejected',
      answer: { raw: [{ status: 'Accepted' }, { status: 'Rejected' }] },
    })
    expect(socket.calls.map(({ payload }) => payload['key'])).toEqual(['A', 'B'])
    await socket.close()
  })

  it('sends any message of the version, and none that does not fit it', async () => {
    const { id, socket } = await station('C-9', 'ocpp1.6', () => result({ listVersion: 3 }))
    const good = await ended(
      await send(id, { kind: 'raw-call', action: 'GetLocalListVersion', payload: {} }),
      'answered',
    )
    expect(good.answer).toMatchObject({ raw: { listVersion: 3 } })
    const bad = await ended(await send(id, { kind: 'raw-call', action: 'Reset', payload: { type: 'Odd' } }), 'failed')
    expect(bad).toMatchObject({ failure: 'invalid-call' })
    await socket.close()
  })

  it('does not start a station that is not let in yet', async () => {
    const id = await addTestStation(ground, tenantId, { identity: 'C-10', onboarding: 'waiting' })
    const socket = await connectStation(stations.port, { path: '/ocpp/power/C-10' })
    expect(await socket.boot()).toMatchObject({ status: 'Pending' })
    const command = await send(id, { kind: 'start-transaction', evse: 1, idToken: { uid: 'X' }, remoteStartId: 1 })
    expect(await ended(command, 'failed')).toMatchObject({ failure: 'station-not-accepted' })
    await ended(await send(id, { kind: 'read-settings', names: ['HeartbeatInterval'] }), 'failed')
    await socket.close()
  })

  it('asks again after a broken connection where that does no harm', async () => {
    const { id, socket } = await station('C-11', 'ocpp1.6', () => new Promise<Answer>(() => {}))
    const command = await send(id, { kind: 'clear-cache' })
    await ended(command, 'sent')
    socket.socket.terminate()
    await ended(command, 'queued')
    const again = await connectStation(stations.port, { path: '/ocpp/power/C-11' })
    await ended(command, 'answered')
    await again.close()
  })

  it('that wait for a station are taken back with their session, and never go out', async () => {
    const id = await addTestStation(ground, tenantId, { identity: 'C-12' })
    const sessionId = newId()
    const command = { kind: 'start-transaction', evse: 1, idToken: { uid: 'X' }, remoteStartId: 1 } as const
    const by = { kind: 'system' } as const
    await ground.database.inTenant(tenantId, (tx) =>
      stations.commands.sendToStation(tx, { stationId: id, command, by, sessionId }),
    )
    await ground.database.inTenant(tenantId, (tx) => stations.commands.takeBack(tx, sessionId, ground.clock.now()))
    const [row] = await ground.database.inTenant(tenantId, (tx) =>
      tx.rows<{ state: string; failure: string }>(
        sql`select state, failure from commands where session_id = ${sessionId}`,
      ),
    )
    expect(row).toEqual({ state: 'failed', failure: 'taken-back' })
  })

  it('what a station must not miss waits for it, however many weeks it is away', async () => {
    const id = await addTestStation(ground, tenantId, { identity: 'C-15' })
    const clear = await send(id, { kind: 'clear-cache' })
    const open = await send(id, { kind: 'set-availability', operative: true })
    aheadSeconds += 40 * 86_400
    await takeDue(ground, stations.deadlines)
    expect([await read(clear), await read(open)]).toMatchObject([{ state: 'queued' }, { state: 'queued' }])
    const socket = await connectStation(stations.port, { path: '/ocpp/power/C-15' })
    await socket.boot()
    await ended(clear, 'answered')
    await ended(open, 'answered')
    await socket.close()
  })
})
