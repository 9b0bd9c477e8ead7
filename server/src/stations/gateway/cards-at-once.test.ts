import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestTenant, type TestGround, testGround } from '../../platform/testing.ts'
import { addTestStation, connectStation, openTestStations, type TestStations } from '../testing.ts'

const STATIONS = 40

let ground: TestGround
let stations: TestStations
let tenantId: string
const held = Promise.withResolvers<void>()
const looks: number[] = []

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'cards')
  stations = await openTestStations(ground, {
    async judgeTokens(questions) {
      looks.push(questions.length)
      if (looks.length === 1) await held.promise
      return questions.map(({ idToken }) => ({ verdict: idToken.uid === 'CARD-7' ? 'blocked' : 'accepted' }))
    },
  })
})
afterAll(async () => {
  await stations.stop()
  await ground.close()
})

it('cards that are shown at many stations at once are looked up together, and each station hears of its own', async () => {
  const names = Array.from({ length: STATIONS }, (_, n) => `S-${n}`)
  const connected = await Promise.all(
    names.map(async (identity) => {
      await addTestStation(ground, tenantId, { identity })
      return connectStation(stations.port, { path: `/ocpp/cards/${identity}` })
    }),
  )
  await Promise.all(connected.map((station) => station.boot()))
  const answers = connected.map((station, n) => station.call('Authorize', { idTag: `CARD-${n}` }))
  await expect.poll(() => looks.length).toBe(1)
  held.resolve()
  const verdicts = (await Promise.all(answers)).map((answer) => JSON.stringify(answer))
  expect(verdicts.flatMap((text, n) => (text.includes('Blocked') ? [n] : []))).toEqual([7])
  expect(looks.reduce((sum, count) => sum + count, 0)).toBe(STATIONS)
  expect(looks.length).toBeLessThan(STATIONS / 2)
})
