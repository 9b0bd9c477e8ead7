import type { Browser, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { axeFaults } from './kit/axe.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addStation, addTariff, makeNetwork, type Network } from './kit/network.ts'
import type { List } from './kit/rest.ts'
import { signInAs } from './kit/people.ts'
import { openStage, type Stage } from './kit/stage.ts'
import { wordsOf } from './kit/texts.ts'

/** Forms keep what one typed, what the station has and where one is, whatever comes between: a lost answer, a colleague, a list that does not come. */

const word = wordsOf('en')

let borrowed: Borrowed
let browser: Browser
let network: Network
let stage: Stage
let page: Page

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed(), launchBrowser()])
  network = await makeNetwork(borrowed.server, 'keeping')
  const person = { name: 'Aino Admin', mail: 'aino@keeping.example', role: 'administrator' } as const
  stage = await openStage(browser, borrowed.server.url, { locale: 'en-GB' })
  page = stage.page
  await signInAs(page, network, person, word)
})
beforeEach(() => page.unrouteAll())
afterAll(async () => {
  await browser?.close()
  await borrowed?.close()
})

const dialog = () => page.getByRole('dialog')

it('a webhook whose answer was lost is not made twice by a second press, and shows its secret', async () => {
  await page.goto('/webhooks')
  await page.getByRole('button', { name: word('portal.webhooks.add.title') }).click()
  await dialog().getByLabel(word('portal.webhooks.name'), { exact: true }).fill('Billing')
  await dialog().getByLabel(word('portal.webhooks.target'), { exact: true }).fill('https://billing.example.com/events')
  const press = dialog().getByRole('button', { name: word('portal.webhooks.add.do') })
  await page.route('**/v1/webhooks', async (route: Route) => {
    if (route.request().method() !== 'POST') return route.continue()
    await route.fetch()
    await route.abort()
  })
  await press.click()
  await dialog().getByText(word('portal.problem.no-answer')).waitFor()
  await page.unrouteAll()
  await press.click()
  await dialog()
    .getByText(/^whsec_/)
    .or(dialog().locator('input[value^="whsec_"]'))
    .first()
    .waitFor()
  expect((await network.rest.get<List<object>>('/v1/webhooks')).items).toHaveLength(1)
}, 60_000)

it('prices one typed stay when a colleague publishes a version, and it is said', async () => {
  await addTariff(network, 'Everyday')
  const id = await addTariff(network, 'Night', false)
  const { tariff } = await network.rest.get<{ tariff: object }>(`/v1/tariffs/${id}`)
  await page.goto(`/tariffs/${id}`)
  const price = page.getByLabel(word('portal.tariffs.price'), { exact: true }).first()
  await price.fill('0.77')
  await network.rest.post(`/v1/tariffs/${id}/versions`, {
    tariff: { ...tariff, elements: [{ price_components: [{ type: 'FLAT', price: '3', vat: '25.5', step_size: 1 }] }] },
  })
  // Asks for the tariff anew.
  await page.getByRole('button', { name: word('portal.tariffs.make-default') }).click()
  await page.getByText(word('portal.tariffs.behind', { version: '2' })).waitFor()
  expect(await price.inputValue()).toBe('0.77')
  await stage.picture('tariff-behind')
  expect(await axeFaults(page)).toEqual([])
  await page.getByRole('button', { name: word('portal.tariffs.behind-take', { version: '2' }) }).click()
  expect(await price.inputValue()).toMatch(/^3/)
  await page.getByText(word('portal.tariffs.behind', { version: '2' })).waitFor({ state: 'detached' })
  // One's own version is no colleague's.
  await price.fill('4')
  await page.getByRole('button', { name: word('portal.tariffs.publish', { version: '3' }) }).click()
  await page.getByRole('button', { name: word('portal.tariffs.publish', { version: '4' }) }).waitFor()
  expect(await page.getByText(word('portal.tariffs.behind', { version: '3' })).count()).toBe(0)
}, 60_000)

it('a station keeps its site and tariff in its form where those lists do not come', async () => {
  const site = await network.rest.post<{ id: string }>('/v1/sites', { name: 'Harbour' })
  const tariffId = await addTariff(network, 'Own', false)
  const more = { siteId: site.id, tariffId }
  const { id } = await addStation(network, { identity: 'KEPT', evses: 2, more })
  await page.route(/\/v1\/(sites|tariffs)\?/, (route) => route.abort())
  await page.goto(`/stations/${id}`)
  await page.getByRole('button', { name: word('portal.stations.edit.title') }).click()
  for (const label of ['portal.stations.site', 'portal.stations.tariff'] as const) {
    const shown = dialog().getByLabel(word(label), { exact: true }).locator('option:checked')
    expect(await shown.innerText()).toBe(word('portal.stations.edit.as-now'))
  }
  await dialog().getByText(word('portal.problem.no-answer')).first().waitFor()
  await stage.picture('station-form-without-lists')
  await page.unrouteAll()
  for (const _list of ['sites', 'tariffs'])
    await dialog()
      .getByRole('button', { name: word('portal.failed.retry') })
      .first()
      .click()
  await dialog().locator('option:checked', { hasText: 'Harbour' }).waitFor({ state: 'attached' })
  await dialog().locator('option:checked', { hasText: 'Own' }).waitFor({ state: 'attached' })

  // Who works by keyboard goes on where the row was.
  const remove = (n: string) =>
    dialog().getByRole('button', { name: word('portal.stations.add.evse-remove', { id: n }) })
  const focused = () => page.evaluate(() => document.activeElement?.textContent || document.activeElement?.ariaLabel)
  await remove('1').focus()
  await page.keyboard.press('Enter')
  await expect.poll(focused).toBe(word('portal.stations.add.evse-remove', { id: '2' }))
  await page.keyboard.press('Enter')
  await expect.poll(focused).toBe(word('portal.stations.add.evse-add'))
}, 60_000)
