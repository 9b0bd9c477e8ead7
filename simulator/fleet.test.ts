import { describe, expect, it } from 'vitest'
import { openOracle } from './oracle.ts'
import { scenarios } from './scenarios/index.ts'
import { type Payload, protocols } from './state.ts'
import { card, reasonOf, stageForEach, uidOf } from './testing-stage.ts'

const stage = stageForEach()

describe.each(protocols)('a station of %s', (protocol) => {
  const is16 = protocol === 'ocpp1.6'

  it('boots, tells its connectors, charges once and is free again', async () => {
    const oracle = openOracle()
    const station = stage.start(
      { protocol, scenario: 'charge-once', evses: 2 },
      { onAcknowledged: oracle.onAcknowledged },
    )
    await stage.time.passUntil(stage.isIn('Charging'), 60)
    await stage.time.passUntil(() => station.isOver(), 300)
    await stage.time.pass(5)
    expect(stage.actions()[0]).toBe('BootNotification')
    const transactions = oracle.transactions()
    expect(transactions).toHaveLength(2)
    for (const { isStarted, isEnded, startWh, endWh } of transactions) {
      expect({ isStarted, isEnded }).toEqual({ isStarted: true, isEnded: true })
      // A car that can take 11 or 7.4 kW for nearly a minute.
      expect((endWh ?? 0) - (startWh ?? 0)).toBeGreaterThan(100)
      expect((endWh ?? 0) - (startWh ?? 0)).toBeLessThan(190)
    }
    expect(station.state().outbox).toEqual([])
    expect(new Set(Object.values(station.state().reported))).toEqual(new Set(['Available ']))
  })

  it('lives a whole day: registers go on from session to session, every transaction begins and ends once', async () => {
    const oracle = openOracle()
    const station = await stage.begin(
      { protocol, scenario: 'day', evses: 2 },
      { onAcknowledged: oracle.onAcknowledged },
    )
    await stage.time.pass(24 * 3600)
    const isQuiet = () => station.state().evses.every(({ transaction }) => transaction === undefined)
    await stage.time.passUntil(() => isQuiet() && station.state().outbox.length === 0, 3600)
    const transactions = oracle.transactions()
    expect(transactions.length).toBeGreaterThan(200)
    expect(transactions.filter(({ isStarted, isEnded }) => !isStarted || !isEnded)).toEqual([])
    const total = transactions.reduce((sum, { startWh = 0, endWh = 0 }) => sum + endWh - startWh, 0)
    const counted = station.state().evses.reduce((sum, { registerWh }) => sum + registerWh, 0)
    expect(transactions.every(({ startWh = 0, endWh = 0 }) => endWh >= startWh)).toBe(true)
    expect(total).toBeGreaterThan(50_000)
    expect(counted).toBeGreaterThan(total)
    expect(stage.actions().filter((action) => action === 'Heartbeat').length).toBeGreaterThan(280)
  }, 240_000)

  it.each(['Pending', 'Rejected'] as const)(
    'boots again after the interval when answered %s, and says nothing else',
    async (status) => {
      const currentTime = '2026-11-26T08:00:00Z'
      stage.central.when('BootNotification', () => ({ status, currentTime, interval: 40 }))
      const station = stage.start({ protocol, evses: 1 })
      await stage.time.pass(100)
      expect(stage.actions()).toEqual(['BootNotification', 'BootNotification', 'BootNotification'])
      station.plug(1)
      station.presentCard(1, card)
      stage.central.when('BootNotification', () => undefined)
      await stage.time.pass(60)
      expect(station.state().registration).toBe('Accepted')
      expect(stage.actions()).not.toContain('Authorize')
    },
  )

  it('does not start for a card that is refused', async () => {
    const refusal = { status: 'Blocked' }
    stage.central.when('Authorize', () => (is16 ? { idTagInfo: refusal } : { idTokenInfo: refusal }))
    const station = await stage.begin({ protocol })
    station.plug(1)
    station.presentCard(1, card)
    await stage.time.pass(30)
    expect(stage.events).toContainEqual({ kind: 'token-refused', evse: 1, uid: card, status: 'Blocked' })
    expect(stage.transactionMessages()).toEqual([])
  })

  it('ends a transaction whose token is refused at its start (SES-FSM)', async () => {
    const refusal = { status: 'Blocked' }
    stage.central.when('StartTransaction', () => ({ transactionId: 5, idTagInfo: refusal }))
    stage.central.when('TransactionEvent', ({ eventType }) =>
      eventType === 'Started' ? { idTokenInfo: refusal } : undefined,
    )
    const station = await stage.begin({ protocol })
    station.plug(1)
    station.presentCard(1, card)
    await stage.time.passUntil(
      () => stage.evse()?.transaction === undefined && stage.events.some(({ kind }) => kind === 'transaction-ended'),
      30,
    )
    await stage.time.pass(2)
    const last = stage.transactionMessages().at(-1)
    expect(reasonOf(last)).toBe('DeAuthorized')
  })

  it('lets another card of the same group stop, and no stranger', async () => {
    const answer = ({ idTag, idToken }: Payload) => {
      const uid = is16 ? idTag : (idToken as Payload)['idToken']
      const group = uid === 'STRANGER' ? 'G2' : 'G1'
      if (is16) return { idTagInfo: { status: 'Accepted', parentIdTag: group } }
      return { idTokenInfo: { status: 'Accepted', groupIdToken: { idToken: group, type: 'Central' } } }
    }
    stage.central.when('Authorize', answer)
    const station = await stage.begin({ protocol })
    station.plug(1)
    station.presentCard(1, card)
    await stage.time.passUntil(stage.isIn('Charging'), 30)
    station.presentCard(1, 'STRANGER')
    await stage.time.pass(5)
    expect(stage.isIn('Charging')()).toBe(true)
    station.presentCard(1, 'FAMILY')
    await stage.time.pass(5)
    expect(stage.evse()?.transaction).toBeUndefined()
    const last = stage.transactionMessages().at(-1)
    expect(uidOf(last)).toBe('FAMILY')
  })

  it('lets somebody who was let in from outside bring the cable, and goes away in the end', async () => {
    const station = await stage.begin({ protocol, scenario: 'attended' })
    station.presentCard(1, 'VISITOR')
    await stage.time.passUntil(stage.isIn('Charging'), 60)
    await stage.time.pass(60)
    station.presentCard(1, 'VISITOR')
    await stage.time.passUntil(() => stage.evse()?.connector === undefined, 60)
    station.presentCard(1, 'VISITOR')
    await stage.time.passUntil(stage.isIn('Charging'), 60)
  })

  it.each([...scenarios.keys()])(
    'plays %s for 25 minutes within its schemas',
    async (scenario) => {
      const oracle = openOracle()
      stage.start({ protocol, scenario, evses: 2, seed: 7 }, { onAcknowledged: oracle.onAcknowledged })
      await stage.time.pass(1500)
      expect(oracle.all().length).toBeGreaterThan(3)
      const isQuiet = scenario === 'idle' || scenario === 'attended'
      expect(oracle.transactions().length > 0).toBe(!isQuiet)
    },
    240_000,
  )
})
