import type { Browser, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addStation, makeNetwork, type Network } from './kit/network.ts'
import type { List } from './kit/rest.ts'
import { signInAs } from './kit/people.ts'
import { openStage } from './kit/stage.ts'
import { wordsOf } from './kit/texts.ts'
import { until } from './kit/until.ts'

/** What people do that nobody plans for: press twice, go back and forth, work beside a colleague; and answers that do not come. */

const word = wordsOf('en')

let borrowed: Borrowed
let browser: Browser
let network: Network
let page: Page
let stationId: string

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed(), launchBrowser()])
  network = await makeNetwork(borrowed.server, 'pressed')
  stationId = (await addStation(network, { identity: 'PRESSED' })).id
  const person = { name: 'Aino Admin', mail: 'aino@pressed.example', role: 'administrator' } as const
  const stage = await openStage(browser, borrowed.server.url, { locale: 'en-GB' })
  page = stage.page
  await signInAs(page, network, person, word)
})
beforeEach(() => page.unrouteAll())
afterAll(async () => {
  await browser?.close()
  await borrowed?.close()
})

const dialog = () => page.getByRole('dialog')

it('a double press asks whether a key is to be revoked, or a site removed, and does neither', async () => {
  await network.rest.post('/v1/keys', { name: 'Billing', role: 'viewer', sites: 'all' })
  await network.rest.post('/v1/sites', { name: 'Harbour' })
  await page.goto('/people')
  const keyRow = page.getByRole('row').filter({ hasText: 'Billing' })
  await keyRow.getByRole('button', { name: word('portal.people.revoke') }).dblclick()
  await keyRow.getByRole('button', { name: word('portal.people.really-revoke') }).waitFor()
  const keys = await network.rest.get<List<{ name: string; revokedAt?: string }>>('/v1/keys')
  expect(keys.items.find(({ name }) => name === 'Billing')?.revokedAt).toBeUndefined()
  // Once more, with thought.
  await keyRow.getByRole('button', { name: word('portal.people.really-revoke') }).click()
  await keyRow.getByText(word('portal.people.revoked')).waitFor()

  await page.goto('/sites')
  const siteRow = page.getByRole('row').filter({ hasText: 'Harbour' })
  await siteRow.getByRole('button', { name: word('portal.sites.remove') }).dblclick()
  const really = siteRow.getByRole('button', { name: word('portal.sites.really-remove', { name: 'Harbour' }) })
  await really.waitFor()
  expect((await network.rest.get<List<object>>('/v1/sites')).items).toHaveLength(1)
  await really.click()
  await siteRow.waitFor({ state: 'detached' })
}, 60_000)

it('a name that is mended leaves the role as a colleague has set it meanwhile', async () => {
  const mail = 'veikko@pressed.example'
  const { id } = await network.rest.post<{ id: string }>('/v1/staff', { name: 'Veiko', mail, role: 'administrator' })
  await page.goto('/people')
  const row = page.getByRole('row').filter({ hasText: mail })
  await row.getByRole('button', { name: word('portal.people.change') }).click()
  await network.rest.patch(`/v1/staff/${id}`, { role: 'viewer' })
  await dialog().getByLabel(word('portal.people.name'), { exact: true }).fill('Veikko')
  await dialog()
    .getByRole('button', { name: word('portal.people.edit.do') })
    .click()
  await dialog().waitFor({ state: 'detached' })
  const people = await network.rest.get<List<{ id: string; name: string; role: string }>>('/v1/staff')
  expect(people.items.find((one) => one.id === id)).toMatchObject({ name: 'Veikko', role: 'viewer' })
}, 60_000)

it('a list that did not come is not said to hold nothing', async () => {
  for (const [path, title, count] of [
    ['/stations', 'portal.stations.title', word('portal.stations.count_other', { count: '0' })],
    ['/sessions', 'portal.sessions.title', word('portal.sessions.count_other', { count: '0' })],
    ['/usage-errors', 'portal.usage.title', word('portal.usage.count_other', { count: '0' })],
  ] as const) {
    await page.route(`**/v1${path}?*`, (route) => route.abort())
    await page.goto(path)
    await page.getByRole('heading', { level: 1, name: word(title) }).waitFor()
    await page.getByText(word('portal.problem.no-answer')).waitFor()
    expect(await page.getByText(count, { exact: true }).count()).toBe(0)
  }
}, 60_000)

it('a log that is filtered as it was before shows what it is filtered for, and nothing else', async () => {
  const row = (id: string, action: string) => ({
    id,
    at: '2026-11-24T04:30:00Z',
    direction: 'from-station',
    action,
    messageId: id,
    request: { at: '2026-11-24T04:30:00Z', text: '{}' },
    marks: [],
  })
  await page.route('**/ocpp-log?*', async (route: Route) => {
    const isFiltered = new URL(route.request().url()).searchParams.has('action')
    const items = [row('1', 'Heartbeat'), ...(isFiltered ? [] : [row('2', 'Authorize')])]
    await route.fulfill({ json: { items, next: null } })
  })
  await page.goto(`/stations/${stationId}`)
  const rows = page.getByRole('region', { name: word('portal.stations.log.rows') }).getByRole('button')
  const filter = page.getByRole('searchbox', { name: word('portal.stations.log.filter') })
  const shows = (count: number) => until(async () => (await rows.count()) === count)
  await shows(2)
  await filter.fill('Heartbeat')
  await shows(1)
  await filter.fill('')
  await shows(2)
  await filter.fill('Heartbeat')
  await page.waitForURL(/action=Heartbeat/)
  await rows.first().waitFor()
  expect(await rows.allInnerTexts()).toEqual([expect.stringContaining('Heartbeat')])
}, 60_000)

it('what could not be copied is not called copied: it stays selected, to be copied by hand', async () => {
  await page.goto(`/stations/${stationId}`)
  const copy = page.getByRole('button', { name: word('portal.copy') }).first()
  await copy.waitFor()
  const browserCopies = (does: boolean) =>
    page.evaluate((answer) => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })
      document.execCommand = () => answer
    }, does)
  await browserCopies(false)
  await copy.click()
  await until(() => page.evaluate(() => window.getSelection()?.toString().startsWith('ws://') === true))
  expect(await page.getByText(word('portal.copied'), { exact: true }).count()).toBe(0)
  await browserCopies(true)
  await copy.click()
  await page.getByText(word('portal.copied'), { exact: true }).waitFor()
}, 60_000)

it('sites to choose from are all of them, and where they do not come it is said', async () => {
  await page.goto('/people')
  await page.route('**/v1/sites?*', (route) => route.abort())
  await page.getByRole('button', { name: word('portal.people.invite.title') }).click()
  await dialog().getByText(word('portal.people.named-sites'), { exact: true }).click()
  await dialog().getByText(word('portal.problem.no-answer')).waitFor()
  await page.unrouteAll()
  await page.route('**/v1/sites?*', async (route: Route) => {
    const isSecond = new URL(route.request().url()).searchParams.has('cursor')
    const site = { id: isSecond ? 'b' : 'a', name: isSecond ? 'Far away' : 'Near by', country: 'FI', stations: 0 }
    await route.fulfill({ json: { items: [site], next: isSecond ? null : 'more' } })
  })
  await dialog()
    .getByRole('button', { name: word('portal.failed.retry') })
    .click()
  await dialog().getByLabel('Near by').waitFor()
  await dialog().getByLabel('Far away').waitFor()
  await page.keyboard.press('Escape')
}, 60_000)

it('a site that was made before its station was refused is shown as the chosen one, and is made once', async () => {
  await page.goto('/stations/add')
  const identity = page.getByLabel(word('portal.stations.add.identity'), { exact: true })
  const site = page.getByLabel(word('portal.stations.site'), { exact: true })
  await identity.fill('not an identity')
  await site.selectOption('new')
  await page.getByLabel(word('portal.stations.add.site-name'), { exact: true }).fill('Quay')
  await page.getByRole('button', { name: word('portal.stations.add.make') }).click()
  await page.getByRole('alert').waitFor()
  expect(await site.locator('option:checked').innerText()).toBe('Quay')
  await identity.fill('QUAY-1')
  await page.getByRole('button', { name: word('portal.stations.add.make') }).click()
  await page.getByText(word('portal.stations.add.wait.title')).first().waitFor()
  const { items } = await network.rest.get<List<{ name: string }>>('/v1/sites')
  expect(items.filter(({ name }) => name === 'Quay')).toHaveLength(1)
}, 60_000)

it('what is changed after it was saved is not called saved', async () => {
  await page.goto('/limits')
  const form = page.getByRole('region', { name: word('portal.limits.sessions') })
  const duration = form.getByLabel(word('portal.limits.duration'), { exact: true })
  const saved = form.getByText(word('portal.limits.saved'), { exact: true })
  await duration.fill('120')
  await form.getByRole('button', { name: word('portal.limits.save') }).click()
  await saved.waitFor()
  await duration.fill('130')
  await saved.waitFor({ state: 'detached' })
}, 60_000)

it("a driver's page is live again after a proxy answered for a server that was away", async () => {
  const { number } = await network.rest.get<{ number: string }>(`/v1/stations/${stationId}`)
  let isAway = true
  await page.route('**/v1/public/stations/*/events', (route) =>
    isAway ? route.fulfill({ status: 502, body: 'bad gateway' }) : route.continue(),
  )
  const refused = page.waitForResponse((response) => response.status() === 502)
  await page.goto(`/s/${number}`)
  await refused
  isAway = false
  await page.getByText(word('portal.live.on'), { exact: true }).waitFor()
}, 60_000)
