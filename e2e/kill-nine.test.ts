import { describe, expect, it } from 'vitest'
import type { Acknowledgement } from '../simulator/index.ts'
import { chanceFrom } from './kit/chance.ts'
import { runKills } from './kit/kills.ts'
import { missingFrom, notHandedOn } from './kit/missing.ts'
import type { KeptTransaction } from './kit/store-kept.ts'

const seed = 4711

describe('kill -9 of Node and of every PostgreSQL process (row 1)', () => {
  it('loses nothing that was acknowledged, 10 times under load, and makes each record once', async () => {
    const outcome = await runKills({
      times: 10,
      stations: 20,
      leastAcknowledged: 1_000,
      lifeMs: [300, 2_500],
      chance: chanceFrom(seed),
    })
    console.log(outcome)
    expect(outcome).toMatchObject({ kills: 10, missing: [], notOnce: [], refused: 0 })
    expect(outcome.acknowledged).toBeGreaterThan(1_000)
    expect(outcome.sessionsEnded).toBeGreaterThan(20)
  }, 900_000)

  // The planted fault: an answer that leaves before its commit is durable. With the database told to answer commits
  // early, that is just what happens, without a fail point in the program.
  it('would show an answer that left before its commit', async () => {
    const outcome = await runKills({
      times: 15,
      stations: 20,
      lifeMs: [1_500, 2_500],
      chance: chanceFrom(seed),
      answersBeforeCommit: true,
      isEnough: ({ missing }) => missing.length > 0,
    })
    expect(outcome.missing).not.toEqual([])
  }, 400_000)
})

describe('the comparison of what was acknowledged with what is kept', () => {
  const at = '2026-11-26T12:00:00.000Z'
  const reading = [{ timestamp: at, sampledValue: [{ value: '5000', measurand: 'Energy.Active.Import.Register' }] }]
  const said = (action: string, payload: Acknowledgement['payload'], answer = {}): Acknowledgement => ({
    identity: 'A',
    protocol: 'ocpp1.6',
    action,
    key: '',
    at: Temporal.Instant.from(at),
    payload,
    answer,
    repeat: 0,
    wasLost: false,
  })
  const kept: KeptTransaction = {
    state: 'ended',
    endedAt: Temporal.Instant.from(at),
    energyWh: 5n,
    seen: [0, 3, 5, 5],
    records: [1],
    billed: [1],
    held: [],
    readings: new Map([[Temporal.Instant.from(at).epochMilliseconds, 5000n]]),
  }
  const everything = [
    said('StartTransaction', { idTag: 'X', meterStart: 1 }, { transactionId: 7 }),
    said('MeterValues', { transactionId: 7, meterValue: reading }),
    said('StopTransaction', { transactionId: 7 }),
    said('TransactionEvent', {
      transactionInfo: { transactionId: '7' },
      seqNo: 5,
      eventType: 'Ended',
      meterValue: reading,
    }),
    said('Heartbeat', {}),
  ]
  const beside = (more: Partial<KeptTransaction>): readonly string[] =>
    missingFrom(everything, new Map([['A|7', { ...kept, ...more }]]))

  it('finds nothing missing where everything is there', () => expect(beside({})).toEqual([]))
  it('misses a whole transaction', () => expect(missingFrom(everything, new Map())).toEqual(['A|7: the transaction']))
  it('misses an event', () => expect(beside({ seen: [0, 4] })).toEqual(['A|7: event 5']))
  it('misses an end', () => expect(beside({ state: 'delivering', endedAt: null })).toEqual(['A|7: its end']))
  it('misses a reading', () =>
    expect(beside({ readings: new Map() })).toEqual([`A|7: the reading of 2026-11-26T12:00:00Z`]))
  it('misses the right register', () =>
    expect(beside({ readings: new Map([[Temporal.Instant.from(at).epochMilliseconds, 4999n]]) })[0]).toMatch(
      /register 5000/,
    ))
  it.each([
    [{ records: [] as number[], billed: [] as number[] }],
    [{ records: [1, 2] }],
    [{ billed: [] as number[] }],
    [{ billed: [1, 1] }],
  ])('sees a record that was not made and handed on once: %j', (more) => {
    expect(notHandedOn(new Map([['A|7', { ...kept, ...more }]]))).toHaveLength(1)
    expect(notHandedOn(new Map([['A|7', kept]]))).toEqual([])
  })

  it('looks for the stop of a start that nobody answered among those the server had to number itself', () => {
    const lost = said('StopTransaction', { transactionId: -1, transactionData: reading })
    const beside = (more: Partial<KeptTransaction>): readonly string[] =>
      missingFrom([lost], new Map([['A|-1:x', { ...kept, ...more }]]))
    expect(beside({})).toEqual([])
    expect(beside({ readings: new Map() })).toHaveLength(1)
    expect(missingFrom([lost], new Map([['A|7', kept]]))).toEqual(['A|-1: the transaction'])
  })

  it('looks for readings of such a one also where its start is known, though the answer was lost', () => {
    const lost = said('MeterValues', { transactionId: -1, connectorId: 1, meterValue: reading })
    const beside = (more: Partial<KeptTransaction>): readonly string[] =>
      missingFrom([lost], new Map([['A|7', { ...kept, ...more }]]))
    expect(beside({})).toEqual([])
    expect(beside({ readings: new Map() })).toHaveLength(1)
  })

  it('lets only such a one wait for somebody instead of being handed on', () => {
    const held = { ...kept, billed: [], held: [1] }
    expect(notHandedOn(new Map([['A|-1:x', held]]))).toEqual([])
    expect(notHandedOn(new Map([['A|-1:x', { ...held, billed: [1] }]]))).toHaveLength(1)
    expect(notHandedOn(new Map([['A|7', held]]))).toHaveLength(1)
  })
})
