import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Fleet, startFleet } from '../simulator/index.ts'
import { launchBrowser } from './browser.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, addTariff, type MadeStation, makeNetwork, type Network } from './kit/network.ts'
import { isWiderThanScreen, numberIn } from './kit/page-reading.ts'
import { openStage, spoken, type Stage, word } from './kit/stage.ts'
import { openStory } from './kit/story.ts'
import { until } from './kit/until.ts'

const card = '04D01234567890'
const identity = 'DRIVER-1'
const operator = 'Pohjois-Pohjanmaan sähköautolataus'

let borrowed: Borrowed
let browser: Browser
let network: Network
let made: MadeStation
let fleet: Fleet
let stage: Stage
let page: Page

const places = (): Locator =>
  page.getByRole('list', { name: word('portal.driver.station.evses') }).getByRole('listitem')

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed(), launchBrowser()])
  network = await makeNetwork(borrowed.server, 'driver', operator)
  await addTariff(network)
  await addCard(network, card)
  const site = await network.rest.post<{ id: string }>('/v1/sites', {
    name: 'Harbour',
    address: 'Rantatie 4',
    city: 'Helsinki',
  })
  made = await addStation(network, { identity, evses: 2, more: { siteId: site.id } })
  fleet = startFleet({
    url: network.stationsUrl,
    stations: [
      {
        identity,
        password: made.password,
        protocol: 'ocpp1.6',
        evses: [{ maxPowerW: 22_000 }, { maxPowerW: 22_000 }],
        settings: { sampleInterval: '1' },
      },
    ],
  })
  await fleet.station(identity).until((state) => state.registration === 'Accepted')
  stage = await openStage(browser, borrowed.server.url, {
    viewport: { width: 360, height: 780 },
    isMobile: true,
    hasTouch: true,
  })
  page = stage.page
})
afterAll(async () => {
  await browser?.close()
  await fleet?.stop()
  await borrowed?.close()
})

describe('the story of a driver who reads the code on a station', () => {
  const part = openStory(() => stage)

  part('sees without signing in which place is free and what it costs, tax included', async () => {
    await page.goto(`/s/${made.number}`)
    await page
      .getByRole('heading', { level: 1, name: word('portal.driver.station.title', { number: spoken(made.number) }) })
      .waitFor()
    await until(async () => (await places().allInnerTexts()).every((text) => text.includes(word('portal.state.free'))))
    const price = await page.getByRole('region', { name: word('portal.driver.station.price') }).innerText()
    // 0.249 and 0.39 without, 25.5 % VAT.
    expect(price).toMatch(/€0\.312[45]\d*\b/)
    expect(price).toMatch(/€0\.4(9|89\d*)\b/)
    expect(await isWiderThanScreen(page)).toBe(false)
    await stage.picture('driver-1-free')
  })

  part('reads the whole name of whose station it is, however narrow the phone', async () => {
    const name = page.getByText(operator, { exact: true })
    await page.setViewportSize({ width: 320, height: 720 })
    expect(await name.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0)
    expect(await isWiderThanScreen(page)).toBe(false)
    await stage.picture('driver-1-narrow')
    await page.setViewportSize({ width: 360, height: 780 })
  })

  part('sees their own charge live: state, energy, cost', async () => {
    const hands = fleet.station(identity)
    hands.plug(1, { car: { batteryWh: 80_000, socPercent: 20, maxAcPowerW: 22_000, phases: 3 } })
    hands.presentCard(1, card)
    const first = places().first()
    await first.getByText(word('portal.state.charging'), { exact: true }).waitFor()
    const energy = first.locator('.big-number')
    const cost = first.locator('.now .t32')
    await until(async () => numberIn(await cost.innerText()) >= 0.49)
    const before = { energy: numberIn(await energy.innerText()), cost: numberIn(await cost.innerText()) }
    await until(async () => numberIn(await energy.innerText()) > before.energy)
    await until(async () => numberIn(await cost.innerText()) > before.cost)
    expect(await places().nth(1).innerText()).toContain(word('portal.state.free'))
    expect(await isWiderThanScreen(page)).toBe(false)
    await stage.picture('driver-2-charging')
  })

  part('sees no power of a station that is not heard: what flowed then is no news', async () => {
    const hands = fleet.station(identity)
    const power = places().first().getByText(word('portal.driver.station.power'), { exact: true })
    await power.waitFor()
    hands.goOffline(3)
    await places().first().getByText(word('portal.state.offline'), { exact: true }).waitFor()
    await power.waitFor({ state: 'detached' })
    expect(await isWiderThanScreen(page)).toBe(false)
    await stage.picture('driver-2-away')
    await power.waitFor()
  })

  part('is told nothing about who charges there', async () => {
    const text = await page.locator('body').innerText()
    const answer = await (await fetch(`${borrowed.server.url}/v1/public/stations/${made.number}`)).text()
    for (const secret of [identity, card, card.slice(-4), made.id]) {
      expect(text).not.toContain(secret)
      expect(answer).not.toContain(secret)
    }
  })

  part('sees by itself that the charge is over', async () => {
    const hands = fleet.station(identity)
    hands.presentCard(1, card)
    await places().first().getByText(word('portal.state.cable-still-in'), { exact: true }).waitFor()
    await stage.picture('driver-3-cable-in')
    hands.unplug(1)
    await places().first().getByText(word('portal.state.free'), { exact: true }).waitFor()
    await page.locator('.big-number').waitFor({ state: 'detached' })
  })

  part('is not asked for a card where nothing may be used', async () => {
    const how = page.getByText(word('portal.driver.station.how.start'), { exact: true })
    await how.waitFor()
    await network.rest.patch(`/v1/stations/${made.id}`, { state: 'disabled' })
    await places().nth(1).getByText(word('portal.state.disabled'), { exact: true }).waitFor()
    await how.waitFor({ state: 'detached' })
    await network.rest.patch(`/v1/stations/${made.id}`, { state: 'active' })
    await how.waitFor()
  })

  part('is told that a number with a slip in it cannot be right', async () => {
    const last = Number(made.number.at(-1))
    await page.goto(`/s/${made.number.slice(0, -1)}${(last + 1) % 10}`)
    await page.getByText(word('portal.driver.station.check-digit')).waitFor()
    expect(await isWiderThanScreen(page)).toBe(false)
    await stage.picture('driver-4-slip')
  })

  part('the browser had nothing to complain about', async () => {
    expect(stage.faults()).toEqual([])
  })
})
