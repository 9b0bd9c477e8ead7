import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { launchBrowser } from './browser.ts'
import { axeFaults } from './kit/axe.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, type MadeStation, makeNetwork, type Network } from './kit/network.ts'
import { factOf, isWiderThanScreen, part as section } from './kit/page-reading.ts'
import { tellQueuedCharge } from './kit/queued-charge.ts'
import { signInAs } from './kit/people.ts'
import { openStage, type Stage, word } from './kit/stage.ts'
import { openStory } from './kit/story.ts'
import { until } from './kit/until.ts'

const card = '04D01234567891'
const identity = 'DOUBT-1'
const desk = { width: 1440, height: 900 }

let borrowed: Borrowed
let browser: Browser
let network: Network
let station: MadeStation
let stage: Stage
let page: Page

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed(), launchBrowser()])
  network = await makeNetwork(borrowed.server, 'doubt')
  // Prices of yesterday already: the charges are told from a queue.
  await network.rest.post('/v1/tariffs', {
    name: 'Day',
    validFrom: Temporal.Now.instant().subtract({ hours: 24 }).toString(),
    tariff: { currency: 'EUR', elements: [{ price_components: [{ type: 'ENERGY', price: '1.00', step_size: 1 }] }] },
  })
  await addCard(network, card)
  station = await addStation(network, { identity })
  // A meter that began anew at zero, and one that leapt.
  await tellQueuedCharge(network, station, { card, minutesAgo: 200, registers: [100_000, 102_000, 50, 1_050] })
  await tellQueuedCharge(network, station, { card, minutesAgo: 100, registers: [1_050, 2_050, 302_050] })
  await until(async () => (await held()).length === 2)
  stage = await openStage(browser, borrowed.server.url, { viewport: desk })
  page = stage.page
})
afterAll(async () => {
  await browser?.close()
  await borrowed?.close()
})

describe('the story of a doubtful meter', () => {
  const part = openStory(() => stage)

  part('somebody who may decide sees what waits, and why (END-VALIDATE)', async () => {
    const person = { name: 'Paula Palo', mail: 'paula@doubt.example', role: 'biller' } as const
    await signInAs(page, network, person)
    // An alert of the same words stands on the first page.
    const rail = page.getByRole('navigation').first()
    await rail.getByRole('link', { name: new RegExp(`^${word('portal.usage.nav')}`) }).click()
    await page.getByRole('heading', { level: 1, name: word('portal.usage.title') }).waitFor()
    await page.getByText(word('portal.usage.count_other', { count: 2 })).waitFor()
    await until(async () => (await rows().count()) === 2)
    await page
      .locator('tbody')
      .getByText(/fell from 102\.000\skWh to 0\.050\skWh/)
      .first()
      .waitFor()
    await looked('usage-1-list')
  })

  part('the page of one has the readings, the wrong ones marked, what the station said, and both prices', async () => {
    await rows().filter({ hasText: 'fell from' }).getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: /Usage data of session/ }).waitFor()
    const readings = page.getByRole('region', { name: word('portal.usage.readings') })
    await readings.waitFor()
    await expect.poll(() => readings.locator('.usage-marked').count()).toBe(2)
    await page.locator('.usage-frame').filter({ hasText: 'StopTransaction' }).first().waitFor()
    await expect.poll(() => region('portal.usage.either').innerText()).toMatch(/3(\.|,)05/)
    await looked('usage-2-held')
  })

  part('own figures show their price before, and what no connector could give is refused', async () => {
    await page.getByText(word('portal.usage.way.own-figures'), { exact: true }).click()
    await page.getByLabel(word('portal.usage.energy'), { exact: true }).fill('4000')
    await page.getByText(word('portal.usage.would-cost')).waitFor()
    await looked('usage-3-own')
    // While other figures are calculated, the price of the former ones is no longer theirs.
    const held = Promise.withResolvers<void>()
    await page.route('**/calculate', async (route) => {
      await held.promise
      await route.continue()
    })
    await page.getByLabel(word('portal.usage.energy'), { exact: true }).fill('4001')
    await page.getByText(word('portal.usage.calculating')).waitFor()
    expect(await page.getByText(word('portal.usage.would-cost')).count()).toBe(0)
    held.resolve()
    await page.getByText(word('portal.usage.would-cost')).waitFor()
    await page.unroute('**/calculate')
    await page.getByLabel(word('portal.usage.energy'), { exact: true }).fill('90000')
    await region('portal.usage.decision').getByRole('alert').waitFor()
    await page.getByLabel(word('portal.usage.energy'), { exact: true }).fill('4000')
  })

  part('somebody else is first: what they decided is shown', async () => {
    const first = (await held()).find(({ findings }) => findings.some(({ check }) => check === 'register-reset'))
    await network.rest.post(`/v1/usage-errors/${first?.id}/decide`, {
      decision: 'correct',
      reason: 'the meter was new',
    })
    await page.getByLabel(word('portal.usage.why'), { exact: true }).fill('asked the driver')
    await page.getByRole('button', { name: word('portal.usage.do.own-figures') }).click()
    await page.getByText('the meter was new').waitFor()
    await looked('usage-4-decided')
  })

  part('the other is billed with own figures, by a further revision', async () => {
    await page
      .getByRole('link', { name: word('portal.usage.title') })
      .first()
      .click()
    await rows().first().getByRole('link').first().click()
    await page.getByText(word('portal.usage.no-proposal')).waitFor()
    await page.getByLabel(word('portal.usage.energy'), { exact: true }).fill('1500')
    await page.getByLabel(word('portal.usage.why'), { exact: true }).fill('read off the meter on site')
    await page.getByRole('button', { name: word('portal.usage.do.own-figures') }).click()
    await page.getByText('read off the meter on site').waitFor()
    // Priced by the tariff, to the cent, as its record says.
    await expect
      .poll(() => factOf(section(page, word('portal.usage.decision')), word('portal.usage.billed')).innerText())
      .toMatch(/^1\.500?\skWh, €1\.50$/)
    await looked('usage-5-own-figures')
    await page.getByRole('link', { name: /^\d+$/ }).first().click()
    await page.getByText(word('portal.sessions.flag.corrected')).first().waitFor()
    await looked('usage-5-session')
    // Handed on by the worker, soon.
    await expect
      .poll(async () => {
        const { items } = await network.rest.get<{
          items: { revision: number; energyWh: number; handedOn: { state: string }[] }[]
        }>('/v1/session-records')
        const done = items.filter(({ handedOn }) => handedOn[0]?.state === 'done')
        return done.map(({ revision, energyWh }) => [revision, energyWh])
      })
      .toEqual([
        [2, 1_500],
        [2, 3_050],
      ])
  })

  part('nothing waits any more, and what each check does can be chosen', async () => {
    await page.goto('/usage-errors')
    await page.getByText(word('portal.usage.none.title')).waitFor()
    await page.getByRole('link', { name: word('portal.usage.checks.title') }).click()
    const choice = page.getByLabel('The meter began anew at zero')
    await choice.selectOption('accept')
    await until(async () =>
      (await network.rest.get<{ items: { check: string; action: string }[] }>('/v1/usage-checks')).items.some(
        ({ check, action }) => check === 'register-reset' && action === 'accept',
      ),
    )
    await looked('usage-6-checks')
  })

  part('the browser had nothing to complain about', async () => {
    expect(stage.faults()).toEqual([])
  })
})

const rows = (): Locator => page.locator('tbody tr')
const region = (key: string): Locator => page.getByRole('region', { name: word(key), exact: true })

interface Held {
  readonly id: string
  readonly findings: readonly { readonly check: string }[]
}

async function held(): Promise<readonly Held[]> {
  return (await network.rest.get<{ items: Held[] }>('/v1/usage-errors?state=held')).items
}

/** Light and dark, wide and narrow: nothing scrolls sideways, and axe finds nothing. */
async function looked(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await stage.picture(`${name}-${colorScheme}`)
    expect(await axeFaults(page, colorScheme === 'light' ? 'all' : 'contrast')).toEqual([])
  }
  await page.setViewportSize({ width: 320, height: 700 })
  expect(await isWiderThanScreen(page)).toBe(false)
  await stage.picture(`${name}-narrow`)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(desk)
}
