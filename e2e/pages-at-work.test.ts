import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addStation, addTariff, makeNetwork, type Network } from './kit/network.ts'
import { signInAs } from './kit/people.ts'
import { openStage, spoken, type Stage, word } from './kit/stage.ts'
import { bootOf, openStation } from './kit/station-socket.ts'
import { until } from './kit/until.ts'

/** What somebody runs into who works in the console all day, in a network where much happens. */

let borrowed: Borrowed
let browser: Browser
let network: Network
let stage: Stage
let page: Page

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed(), launchBrowser()])
  network = await makeNetwork(borrowed.server, 'work')
  stage = await openStage(browser, borrowed.server.url, { viewport: { width: 1440, height: 900 } })
  page = stage.page
  await signInAs(page, network, { name: 'Otto', mail: 'otto@work.example', role: 'administrator' })
})
afterAll(async () => {
  await browser?.close()
  await borrowed?.close()
})

it('rows lie still while a pointer moves over them, say what is new, and find their order when it rests', async () => {
  const stations = [
    await addStation(network, { identity: 'STILL-1' }),
    await addStation(network, { identity: 'STILL-2' }),
  ]
  const [first, second] = stations.toSorted((one, other) => Number(one.number) - Number(other.number))
  if (first === undefined || second === undefined) throw new Error('two stations')
  const speak = async ({ identity, password }: typeof first) => {
    const socket = await openStation({ url: `${network.stationsUrl}/${identity}`, user: identity, password })
    await socket.call(...bootOf('ocpp1.6'))
    await socket.call('StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' })
    return socket
  }
  const sockets = [await speak(first), await speak(second)]
  await page.clock.install()
  await page.goto('/map')
  const rows = page.getByRole('table', { name: word('portal.map.list') }).locator('tbody tr')
  const numbers = () => rows.locator('[data-row]').allInnerTexts()
  await expect.poll(numbers).toEqual([spoken(first.number), spoken(second.number)])
  await rows.nth(1).getByText(word('portal.state.free')).waitFor()
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000))
  const box = (await rows.nth(1).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  let x = box.x + 10
  const move = () => page.mouse.move((x += 1), box.y + box.height / 2)
  await move()
  await sockets[1]?.call('StatusNotification', { connectorId: 1, status: 'Faulted', errorCode: 'GroundFailure' })
  await until(async () => {
    await move()
    await page.clock.runFor(300)
    return rows.nth(1).getByText(word('portal.state.faulted')).isVisible()
  })
  expect(await numbers()).toEqual([spoken(first.number), spoken(second.number)])
  await page.clock.runFor(5_000)
  await expect.poll(numbers).toEqual([spoken(second.number), spoken(first.number)])
  await page.clock.resume()
  for (const socket of sockets) socket.socket.terminate()
})

it('every tariff can be reached, however many there are', async () => {
  for (let n = 1; n <= 205; n += 1) await addTariff(network, `Tariff ${n}`, false)
  await page.goto('/tariffs')
  await page.getByRole('link', { name: 'Tariff 1', exact: true }).waitFor()
  await page.getByRole('button', { name: word('portal.more') }).click()
  await page.getByRole('link', { name: 'Tariff 205', exact: true }).waitFor()
})

it('a dialog begins in its first field, and at the way out where there is nothing to fill in', async () => {
  const { id } = await network.rest.post<{ id: string }>('/v1/webhooks', {
    name: 'Billing',
    url: 'https://billing.example/hook',
    types: ['alert.raised'],
  })
  const dialog = page.getByRole('dialog')
  const isFocused = (name: string, role: 'textbox' | 'button') =>
    expect
      .poll(() => dialog.getByRole(role, { name, exact: true }).evaluate((one) => one === document.activeElement))
      .toBe(true)
  await page.goto('/sites')
  await page.getByRole('button', { name: word('portal.sites.add.title') }).click()
  await isFocused(word('portal.sites.name'), 'textbox')
  await page.goto(`/webhooks/${id}`)
  await page.getByRole('button', { name: word('portal.webhooks.new-secret') }).click()
  await isFocused(word('portal.cancel'), 'button')
})

it('a page that somebody may not open has its name all the same', async () => {
  const other = await openStage(browser, borrowed.server.url)
  await signInAs(other.page, network, { name: 'Veikko', mail: 'veikko@work.example', role: 'viewer' })
  await other.page.goto('/people')
  await other.page.getByText(word('portal.no-right.title')).waitFor()
  expect(await other.page.getByRole('heading', { level: 1 }).allInnerTexts()).toEqual([word('portal.people.nav')])
  expect(await other.page.title()).toContain(word('portal.people.nav'))
  await other.close()
})
