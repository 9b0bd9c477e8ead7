import fs from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Fleet, startFleet } from '../simulator/index.ts'
import { launchBrowser } from './browser.ts'
import { axeFaults } from './kit/axe.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, addTariff, type MadeStation, makeNetwork, type Network } from './kit/network.ts'
import { isWiderThanScreen } from './kit/page-reading.ts'
import type { List } from './kit/rest.ts'
import { bootOf, openStation } from './kit/station-socket.ts'
import { signInAs } from './kit/people.ts'
import { openStage, spoken, type Stage, word } from './kit/stage.ts'
import { found } from './kit/until.ts'

/** A station is cut off while it charges: staff are told what is known, and nothing old as if it were now; its session as a table. */

const card = '04D01234567892'

let borrowed: Borrowed
let browser: Browser
let network: Network
let made: MadeStation
let fleet: Fleet
let stage: Stage
let page: Page

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed(), launchBrowser()])
  network = await makeNetwork(borrowed.server, 'away')
  await addTariff(network)
  await addCard(network, card)
  made = await addStation(network, { identity: 'AWAY-1', more: { name: '=HYPERLINK("https://x.example")' } })
  const evses = [{ maxPowerW: 11_000 }]
  const { identity, password } = made
  fleet = startFleet({
    url: network.stationsUrl,
    stations: [{ identity, password, protocol: 'ocpp2.0.1', evses, settings: { sampleInterval: '1' } }],
  })
  await fleet.station(identity).until((state) => state.registration === 'Accepted')
  stage = await openStage(browser, borrowed.server.url, { viewport: { width: 1440, height: 900 } })
  page = stage.page
  const person = { name: 'Otto', mail: 'otto@away.example', role: 'operator' } as const
  await signInAs(page, network, person)
})
afterAll(async () => {
  await browser?.close()
  await fleet?.stop()
  await borrowed?.close()
})

async function looksRight(name: string): Promise<void> {
  for (const [colorScheme, width] of [
    ['light', 1440],
    ['dark', 320],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 900 })
    expect(await axeFaults(page), name).toEqual([])
    expect(await isWiderThanScreen(page), name).toBe(false)
    await stage.picture(`${name}-${width}`)
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.setViewportSize({ width: 1440, height: 900 })
}

it('no power of then is shown as if it flowed now, and the session says that its station is not heard', async () => {
  const hands = fleet.station(made.identity)
  hands.plug(1)
  hands.presentCard(1, card)
  const session = await found(async () => {
    const { items } = await network.rest.get<List<{ id: string; number: number; powerW?: number }>>('/v1/sessions')
    return items.find(({ powerW }) => powerW !== undefined && powerW > 0)
  })
  const number = spoken(session.number)
  await page.goto(`/stations/${made.id}`)
  await page.getByText(/^Cuts session .*kW\)/).waitFor()

  hands.goOffline()
  await page.getByText(word('portal.stations.hard.cuts-unheard', { number })).waitFor()
  await page.locator('.evse-power', { hasText: '–' }).waitFor()
  await looksRight('away-station')
  await page.goto(`/sessions/${session.id}`)
  await page.getByText(word('portal.sessions.station-away-note')).waitFor()
  await page
    .getByRole('region', { name: word('portal.sessions.figures') })
    .getByText(/^told .* ago$/)
    .waitFor()
  await looksRight('away-session')

  hands.goOnline()
  await page.getByText(word('portal.sessions.station-away-note')).waitFor({ state: 'detached' })
  expect(stage.faults()).toEqual([])
}, 120_000)

it('what the filters find is downloaded as a table for a bookkeeper, in which nothing is a formula (attack 14)', async () => {
  await page.goto('/sessions?open=true')
  const button = page.getByRole('button', { name: word('portal.sessions.csv.do') })
  await button.waitFor()
  await looksRight('sessions-csv')
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
  expect(download.suggestedFilename()).toMatch(/^sessions-\d{4}-\d\d-\d\d\.csv$/)
  const lines = fs
    .readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\r\n')
  const { items } = await network.rest.get<List<{ id: string }>>('/v1/sessions?open=true')
  expect(lines).toHaveLength(1 + items.length)
  expect(lines[0]).toMatch(/^\ufeffSession,State,/)
  expect(lines[1]).toContain(`"'=HYPERLINK(""https://x.example"")"`)
  expect(lines[1]).toMatch(/,\d{4}-\d\d-\d\dT[\d:]{8}\+0[23]:00,/)
  expect(lines[1]?.endsWith(`,EUR,${items[0]?.id}`)).toBe(true)
  expect(stage.faults()).toEqual([])
}, 60_000)

it('a download that takes long says how far it is, and can be stopped', async () => {
  await page.goto('/sessions')
  const further = /\/v1\/sessions\?.*limit=200/
  // No answer comes.
  await page.route(further, () => {})
  await page.getByRole('button', { name: word('portal.sessions.csv.do') }).click()
  await page.getByText(/^0 of \d+ fetched$/).waitFor()
  await page.getByRole('button', { name: word('portal.sessions.csv.stop') }).click()
  await page.getByRole('button', { name: word('portal.sessions.csv.do') }).waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
  await page.unroute(further)
}, 60_000)

it('where only the meter is waited for nothing is offered to be stopped', async () => {
  const second = '04D01234567893'
  await addCard(network, second)
  const { id, identity, password } = await addStation(network, { identity: 'FREE-1' })
  const socket = await openStation({ url: `${network.stationsUrl}/${identity}`, user: identity, password })
  await socket.call(...bootOf('ocpp1.6'))
  const timestamp = Temporal.Now.instant().toString({ smallestUnit: 'second' })
  await socket.call('StartTransaction', { connectorId: 1, idTag: second, meterStart: 100, timestamp })
  await page.goto(`/stations/${id}`)
  const stop = page.getByRole('button', { name: word('portal.stations.stop') })
  await stop.waitFor()
  // Its stop was lost: the connector shows free.
  await socket.call('StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' })
  const session = await found(async () => {
    const { items } = await network.rest.get<List<{ id: string; state: string }>>(`/v1/sessions?stationId=${id}`)
    return items.find(({ state }) => state === 'waiting-for-meter')
  })
  await stop.waitFor({ state: 'detached' })
  await stage.picture('meter-waited-for')
  await page.goto(`/sessions/${session.id}`)
  await page.getByText(word('portal.sessions.state.waiting-for-meter')).first().waitFor()
  expect(await stop.count()).toBe(0)
  await socket.close()
}, 60_000)
