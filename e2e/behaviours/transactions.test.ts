import { afterAll, beforeAll, expect } from 'vitest'
import { behaviour } from './behaviour.ts'
import { openSpeaker, sessionsOf, start, stop } from './station.ts'
import { openWhole, type Whole } from './whole.ts'

let whole: Whole
beforeAll(async () => {
  whole = await openWhole()
})
afterAll(() => whole.close())

behaviour('start-repeated', async (version) => {
  const station = await openSpeaker(whole, version)
  const first = await start(whole, station, { number: 'twice' })
  const second = await start(whole, station, { number: 'twice' })
  expect(second).toEqual(first)
  await stop(whole, station, first.told, 2_000)
  expect(await sessionsOf(whole, station)).toMatchObject([{ state: 'ended', energyWh: 1_000, flags: [] }])
  await station.close()
})
