import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ocppVersions } from '../ocpp/index.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { chanceFrom } from './kit/chance.ts'
import { fuzzSocket, fuzzWire } from './kit/fuzz.ts'
import { addCard, addStation, addTariff, makeNetwork, type Network } from './kit/network.ts'
import { bootOf, openStation } from './kit/station-socket.ts'

describe('20,000 spoilt frames of each version (attack 10)', () => {
  it.each(ocppVersions)(
    '%s: no crash, no prototype reached, always the answer that fits',
    async (version) => {
      const outcome = await fuzzWire(version, 20_000, chanceFrom(10))
      console.log(version, { ...outcome, faults: outcome.faults.slice(0, 5) })
      expect(outcome.faults).toEqual([])
      // Both ways are gone often: what was spoilt in vain, and what was refused.
      expect(Math.min(outcome.results, outcome.errors)).toBeGreaterThan(2_000)
    },
    400_000,
  )
})

describe('spoilt frames over real sockets', () => {
  let borrowed: Borrowed
  let network: Network
  beforeAll(async () => {
    borrowed = await startBorrowed({ STATION_MESSAGES_PER_SECOND: '100000' })
    network = await makeNetwork(borrowed.server, 'fuzz')
    await addTariff(network)
    await addCard(network, '04AABBCCDD1122')
  })
  afterAll(() => borrowed?.close())

  it.each(ocppVersions)(
    '%s: the server keeps, refuses or judges each, and nothing of it is a fault of ours',
    async (version) => {
      const { identity, password } = await addStation(network, { identity: `FUZZ-${version}` })
      const wishes = { url: `${network.stationsUrl}/${identity}`, user: identity, password }
      const first = await openStation({ ...wishes, protocols: [version] })
      await first.call(...bootOf(version))
      await first.close()
      const outcome = await fuzzSocket(wishes, version, 400, chanceFrom(12))
      console.log(version, outcome)
      expect(outcome.faults).toEqual([])
      expect(borrowed.server.stderr()).not.toContain('"level":50')
      expect((await fetch(`${borrowed.server.url}/readyz`)).status).toBe(200)
    },
    400_000,
  )
})
