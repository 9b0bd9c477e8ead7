import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Fleet, startFleet } from '../simulator/index.ts'
import { launchBrowser } from './browser.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, addTariff, type MadeStation, makeNetwork, type Network } from './kit/network.ts'
import { isWiderThanScreen, pressInTurn } from './kit/page-reading.ts'
import { openStage, spoken, type Stage, word } from './kit/stage.ts'
import { openStory } from './kit/story.ts'
import { until } from './kit/until.ts'

const card = '04AB01234567890'
const person = { name: 'Aino Koski', mail: 'aino@keys.example', role: 'operator' }
const password = 'twelve letters and more'

let borrowed: Borrowed
let browser: Browser
let network: Network
let made: MadeStation
let fleet: Fleet
let stage: Stage
let page: Page

const button = (key: string): Locator => page.getByRole('button', { name: word(key), exact: true })

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed(), launchBrowser()])
  network = await makeNetwork(borrowed.server, 'keys')
  await addTariff(network)
  await addCard(network, card)
  await addStation(network, { identity: 'OTHER-1' })
  made = await addStation(network, { identity: 'KEYS-1' })
  fleet = startFleet({
    url: network.stationsUrl,
    stations: [
      { identity: made.identity, password: made.password, protocol: 'ocpp2.0.1', settings: { sampleInterval: '1' } },
    ],
  })
  const hands = fleet.station(made.identity)
  await hands.until((state) => state.registration === 'Accepted')
  hands.plug(1)
  hands.presentCard(1, card)
  await hands.until((state) => state.evses[0]?.transaction?.chargingState === 'Charging')
  stage = await openStage(browser, borrowed.server.url, { viewport: { width: 1280, height: 800 } })
  page = stage.page
})
afterAll(async () => {
  await browser?.close()
  await fleet?.stop()
  await borrowed?.close()
})

describe('the keyboard alone', () => {
  const part = openStory(() => stage)

  part('sets a password after an invitation, and signs in with it', async () => {
    const { invitationUrl } = await network.rest.post<{ invitationUrl: string }>('/v1/staff', person)
    await page.goto(invitationUrl)
    await tabTo(page.getByLabel(word('portal.sign-in.set.new'), { exact: true }))
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: word('portal.alerts.title') }).waitFor()
    await page.context().clearCookies()
    await page.goto('/map')
    await tabTo(page.getByLabel(word('portal.sign-in.mail'), { exact: true }))
    await page.keyboard.type(person.mail)
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: word('portal.map.title') }).waitFor()
  })

  part('goes from the list of the map to a station', async () => {
    const link = page.getByRole('link', { name: spoken(made.number), exact: true })
    await link.waitFor()
    for (let n = 0; n < 3 && !(await hasFocus(link)); n += 1) await page.keyboard.press('j')
    expect(await hasFocus(link)).toBe(true)
    await page.keyboard.press('Enter')
    await button('portal.stations.stop').waitFor()
  })

  part('stops at rows only, from the first on', async () => {
    const before = page.url()
    for (const path of ['/stations', '/tariffs']) {
      await page.goto(path)
      const first = page.locator('tbody [data-row]').first()
      await first.waitFor()
      await page.keyboard.press('j')
      expect(await hasFocus(first), path).toBe(true)
    }
    await page.goto(before)
    await button('portal.stations.stop').waitFor()
  })

  part('stops the session there, and always shows where it is', async () => {
    await tabTo(button('portal.stations.stop'))
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)
    expect(ring).not.toBe('none')
    await page.keyboard.press('Enter')
    const effect = word('portal.stations.step.effect', { effect: word('portal.stations.effect.transaction-ended') })
    await page
      .getByRole('listitem')
      .filter({ hasText: `${word('portal.step.done')} ${effect}` })
      .waitFor()
  })

  part('goes on by two keys, and back', async () => {
    await pressInTurn(page, 'g', 'e')
    await page.getByRole('heading', { name: word('portal.sessions.title'), exact: true }).waitFor()
    // The state's word stands among the filters too: it is the row that matters.
    const row = page.locator('tr', { has: page.locator('[data-row]'), hasText: word('portal.sessions.state.ended') })
    await row.first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: word('portal.sessions.numbered', { number: '1' }) }).waitFor()
  })

  part('comes back from a dialog to what opened it', async () => {
    await page.goto(`/stations/${made.id}`)
    for (const key of ['portal.stations.command.fetch-meter', 'portal.stations.settings.title']) {
      const opener = button(key)
      await opener.focus()
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await until(() => hasFocus(opener))
    }
  })

  part('types a year digit by digit, and the page stays', async () => {
    const tariffs = await network.rest.get<{ items: { id: string }[] }>('/v1/tariffs')
    await page.goto(`/tariffs/${tariffs.items[0]?.id}`)
    const start = page.getByLabel(word('portal.tariffs.start'), { exact: true })
    await tabTo(start)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    for (const digit of '2031') {
      await page.keyboard.press(digit)
      expect(await start.inputValue()).not.toBe('')
    }
    expect(await start.inputValue()).toMatch(/^2031-/)
  })

  part('is told that making a tariff is not theirs, instead of a form that leads nowhere', async () => {
    await page.goto('/tariffs/new')
    await page.getByText(word('portal.no-right.title')).first().waitFor()
  })

  part('at 320 pixels nothing of this has to be scrolled sideways', async () => {
    await page.setViewportSize({ width: 320, height: 640 })
    for (const path of ['/map', `/stations/${made.id}`, '/sessions', '/sign-in']) {
      await page.goto(path)
      await page.locator('h1').first().waitFor()
      await page.locator('.bone').first().waitFor({ state: 'detached' })
      expect(await isWiderThanScreen(page), path).toBe(false)
      await stage.picture(`keys-${path.split('/')[1]}`)
    }
  })

  part('the browser had nothing to complain about', async () => {
    expect(stage.faults()).toEqual([])
  })
})

/** Tab, as often as a person may be asked to press it. */
async function tabTo(wanted: Locator): Promise<void> {
  await wanted.waitFor()
  for (let n = 0; n < 40; n += 1) {
    if (await hasFocus(wanted)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`40 tabs do not lead to ${wanted.toString()}`)
}

const hasFocus = (wanted: Locator): Promise<boolean> => wanted.evaluate((element) => element === document.activeElement)
