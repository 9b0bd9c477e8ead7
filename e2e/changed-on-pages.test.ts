import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { axeFaults } from './kit/axe.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, addTariff, makeNetwork, type Network } from './kit/network.ts'
import type { List } from './kit/rest.ts'
import { signInAs } from './kit/people.ts'
import { openStage, type Stage } from './kit/stage.ts'
import { wordsOf } from './kit/texts.ts'
import { until } from './kit/until.ts'

/** What is changed after it was made: a card, a tariff's name, the cards that stations keep. In Finnish, in every look. */

const word = wordsOf('fi')
const desk = { width: 1440, height: 900 }
const UID = '04AA00BB11C009'

let borrowed: Borrowed
let browser: Browser
let network: Network
let stage: Stage
let page: Page
let tariffId: string

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed(), launchBrowser()])
  network = await makeNetwork(borrowed.server, 'changed')
  await addCard(network, UID)
  await addStation(network, { identity: 'KEEPS' })
  tariffId = await addTariff(network, 'Arki')
  await network.rest.post('/v1/webhooks', {
    name: 'Laskutus ja valvonta',
    url: 'https://billing.example.com/events',
    types: ['session-record.created', 'alert.raised', 'alert.cleared'],
    state: 'paused',
  })
  const person = { name: 'Aino Ylläpitäjä', mail: 'aino@changed.example', role: 'administrator' } as const
  stage = await openStage(browser, borrowed.server.url, { viewport: desk, locale: 'fi-FI' })
  page = stage.page
  await signInAs(page, network, person, word)
})
afterAll(async () => {
  await browser?.close()
  await borrowed?.close()
})

/** `isNew`: looked at by axe too, once: it takes long. */
async function faultsInEveryLook(name: string, isNew = true): Promise<readonly string[]> {
  const faults: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const width of [1440, 320]) {
      await page.setViewportSize({ width, height: 900 })
      await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' })
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      if (over > 0) faults.push(`${name}, ${colorScheme}, ${width}: ${over} px too wide`)
      if (isNew && colorScheme === 'dark' && width === 320) {
        faults.push(...(await axeFaults(page)).map((one) => `${name}, ${width}: ${one}`))
      }
      await stage.picture(`${name}-${colorScheme}-${width}`)
    }
  }
  await page.setViewportSize(desk)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  return faults
}

const dialog = () => page.getByRole('dialog')

it('a card gets a class, a name and an end, and loses them again', async () => {
  const cardOf = async () => (await network.rest.get<List<Record<string, unknown>>>('/v1/id-tokens')).items[0]
  await page.goto('/cards')
  await page.getByRole('button', { name: word('portal.cards.change') }).click()
  await dialog().getByLabel(word('portal.cards.class'), { exact: true }).fill('Fleet')
  await dialog().getByLabel(word('portal.cards.add.label'), { exact: true }).fill('Pakettiauto')
  await dialog().getByLabel(word('portal.cards.until'), { exact: true }).fill('2031-05-31')
  expect(await faultsInEveryLook('card')).toEqual([])
  await dialog()
    .getByRole('button', { name: word('portal.cards.edit.do') })
    .click()
  await page.getByText('Pakettiauto').waitFor()
  // The day is the network's, to its last minute.
  await page.getByText('31.5.2031').waitFor()
  expect(await cardOf()).toMatchObject({ class: 'fleet', label: 'Pakettiauto', validUntil: '2031-05-31T20:59:00Z' })
  await page.getByRole('button', { name: word('portal.cards.change') }).click()
  await dialog().getByLabel(word('portal.cards.class'), { exact: true }).fill('')
  await page.keyboard.press('Enter')
  await dialog().waitFor({ state: 'detached' })
  expect(await cardOf()).not.toHaveProperty('class')
  expect(await cardOf()).toMatchObject({ label: 'Pakettiauto' })
}, 180_000)

it('the cards that stations keep are set for the whole network', async () => {
  const panel = page.getByRole('region', { name: word('portal.cards.lists.title') })
  await panel.getByRole('combobox').selectOption('active')
  const kept = () => network.rest.get<{ mode: string }>('/v1/local-lists')
  await until(async () => (await kept()).mode === 'active')
  expect(await faultsInEveryLook('cards')).toEqual([])
}, 180_000)

it('a station that waits is accepted on its page', async () => {
  const made = await addStation(network, { identity: 'WAITS', more: { onboarding: 'waiting' } })
  await page.goto(`/stations/${made.id}`)
  await page.getByText(word('portal.stations.onboarding.waiting'), { exact: true }).waitFor()
  await page.getByRole('button', { name: word('portal.stations.edit.title') }).click()
  await dialog().getByText(word('portal.stations.onboarding-note.waiting')).waitFor()
  expect(await faultsInEveryLook('waits')).toEqual([])
  await dialog().getByLabel(word('portal.stations.onboarding.title'), { exact: true }).selectOption('accepted')
  await dialog()
    .getByRole('button', { name: word('portal.stations.edit.save') })
    .click()
  await dialog().waitFor({ state: 'detached' })
  await page.getByText(word('portal.stations.onboarding.waiting'), { exact: true }).waitFor({ state: 'detached' })
  const { onboarding } = await network.rest.get<{ onboarding: string }>(`/v1/stations/${made.id}`)
  expect(onboarding).toBe('accepted')
}, 180_000)

it('a station gets another identity, and other connectors than it was added with (ST-CRUD)', async () => {
  const made = await addStation(network, { identity: 'SLIPPED', evses: 2 })
  await page.goto(`/stations/${made.id}`)
  await page.getByRole('button', { name: word('portal.stations.edit.title') }).click()
  await dialog().getByLabel(word('portal.stations.add.identity'), { exact: true }).fill('AS-TYPED')
  await dialog()
    .getByLabel(word('portal.stations.add.connector', { id: 2 }), { exact: true })
    .selectOption('IEC_62196_T2_COMBO')
  await dialog().getByLabel(word('portal.stations.add.power'), { exact: true }).nth(1).fill('62,5')
  await dialog()
    .getByRole('button', { name: word('portal.stations.add.evse-add') })
    .click()
  await dialog()
    .getByRole('button', { name: word('portal.stations.add.evse-remove', { id: 1 }) })
    .click()
  expect(await faultsInEveryLook('hardware')).toEqual([])
  await dialog()
    .getByRole('button', { name: word('portal.stations.edit.save') })
    .click()
  await dialog().waitFor({ state: 'detached' })
  await page.getByRole('heading', { level: 2, name: word('portal.stations.evse', { id: 3 }) }).waitFor()
  const plug = { id: 1, type: 'IEC_62196_T2_COMBO', maxPowerW: 62_500 }
  expect(await network.rest.get(`/v1/stations/${made.id}`)).toMatchObject({
    identity: 'AS-TYPED',
    evses: [
      { id: 2, connectors: [plug] },
      { id: 3, connectors: [plug] },
    ],
  })
}, 180_000)

it('a tariff is renamed, its versions untouched', async () => {
  await page.goto(`/tariffs/${tariffId}`)
  await page.getByRole('button', { name: word('portal.tariffs.rename.title') }).click()
  await dialog().getByLabel(word('portal.tariffs.name'), { exact: true }).fill('Arki ja pyhä')
  await dialog()
    .getByRole('button', { name: word('portal.tariffs.rename.do') })
    .click()
  await page.getByRole('heading', { level: 1, name: 'Arki ja pyhä' }).waitFor()
  const { version } = await network.rest.get<{ version: number }>(`/v1/tariffs/${tariffId}`)
  expect(version).toBe(1)
  expect(await faultsInEveryLook('tariff')).toEqual([])
}, 180_000)

it('somebody is invited, gets another role and a new link, and is disabled; a key is made and taken back', async () => {
  const people = async () => (await network.rest.get<List<Record<string, unknown>>>('/v1/staff')).items
  await page.goto('/people')
  await page.getByRole('button', { name: word('portal.people.invite.title') }).click()
  await dialog().getByLabel(word('portal.people.name'), { exact: true }).fill('Otto Uusi')
  await dialog().getByLabel(word('portal.sign-in.mail'), { exact: true }).fill('otto@changed.example')
  await dialog().getByLabel(word('portal.people.role'), { exact: true }).selectOption('viewer')
  expect(await faultsInEveryLook('invite')).toEqual([])
  await dialog()
    .getByRole('button', { name: word('portal.people.invite.do') })
    .click()
  const link = dialog().getByLabel(word('portal.people.link.label'))
  expect(await link.inputValue()).toMatch(/\/sign-in#\S+$/)
  await dialog()
    .getByRole('button', { name: word('portal.people.link.done') })
    .click()
  const row = page.getByRole('row').filter({ hasText: 'Otto Uusi' })
  await row.getByText(word('portal.people.state.invited')).waitFor()
  await row.getByRole('button', { name: word('portal.people.change') }).click()
  await dialog().getByLabel(word('portal.people.role'), { exact: true }).selectOption('biller')
  await dialog()
    .getByRole('button', { name: word('portal.people.edit.do') })
    .click()
  await row.getByText(word('portal.people.roles.biller')).waitFor()
  // Somebody who has come is signed out everywhere; a picture of what that takes.
  const own = page.getByRole('row').filter({ hasText: word('portal.people.you') })
  await own.getByRole('button', { name: word('portal.people.change') }).click()
  await dialog().getByText(word('portal.people.sign-out-note')).waitFor()
  expect(await faultsInEveryLook('person')).toEqual([])
  await page.keyboard.press('Escape')
  await row.getByRole('button', { name: word('portal.people.change') }).click()
  await dialog()
    .getByRole('button', { name: word('portal.people.disable'), exact: true })
    .click()
  await row.getByText(word('portal.people.state.disabled')).waitFor()
  expect(await people()).toContainEqual(
    expect.objectContaining({ name: 'Otto Uusi', role: 'biller', status: 'disabled' }),
  )
  const keys = page.getByRole('region', { name: word('portal.people.keys') })
  await keys.getByRole('button', { name: word('portal.people.key.title') }).click()
  await dialog().getByLabel(word('portal.people.name'), { exact: true }).fill('Laskutusohjelma')
  await dialog()
    .getByRole('button', { name: word('portal.people.key.do'), exact: true })
    .click()
  const shown = await dialog().getByLabel(word('portal.people.key.label'), { exact: true }).inputValue()
  const asked = await fetch(`${borrowed.server.url}/v1/stations`, { headers: { authorization: `Bearer ${shown}` } })
  expect(asked.status).toBe(200)
  await dialog()
    .getByRole('button', { name: word('portal.people.key.done') })
    .click()
  expect(await faultsInEveryLook('people')).toEqual([])
  const made = keys.getByRole('row').filter({ hasText: 'Laskutusohjelma' })
  await made.getByRole('button', { name: word('portal.people.revoke') }).click()
  await made.getByRole('button', { name: word('portal.people.really-revoke') }).click()
  await made.getByText(word('portal.people.revoked')).waitFor()
  const refused = await fetch(`${borrowed.server.url}/v1/stations`, { headers: { authorization: `Bearer ${shown}` } })
  expect(refused.status).toBe(401)
}, 180_000)

it('on a phone everything is reached from the bar: the first pages, the others behind its end, and the help', async () => {
  await page.setViewportSize({ width: 320, height: 640 })
  await page.goto('/map')
  const bar = page.getByRole('navigation', { name: word('portal.shell.nav') })
  const more = bar.getByRole('button', { name: word('portal.shell.more') })
  // Nothing of the bar is cut off by the edge.
  const over = await bar.evaluate((nav) => nav.scrollWidth - nav.clientWidth)
  expect(over).toBe(0)
  await more.click()
  await page.getByRole('menuitem', { name: word('portal.limits.nav') }).click()
  await page.getByRole('heading', { level: 1, name: word('portal.limits.title') }).waitFor()
  await more.click()
  await page.getByRole('menuitem', { name: word('portal.keys.title') }).click()
  await dialog().getByText(word('portal.keys.single')).waitFor()
  await page.keyboard.press('Escape')
  await page.setViewportSize(desk)
}, 60_000)

it.each([
  ['limits', '/limits'],
  ['usage', '/usage-errors'],
  ['usage-checks', '/usage-errors/checks'],
  ['webhooks', '/webhooks'],
])(
  'the page of %s is as it should be in Finnish, in light and dark, wide and narrow',
  async (name, path) => {
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await faultsInEveryLook(name, false)).toEqual([])
    expect(stage.faults()).toEqual([])
  },
  180_000,
)

it('on paper a page is dark on light, without what can only be pressed', async () => {
  await page.goto('/cards')
  await page.getByRole('button', { name: word('portal.cards.block') }).waitFor()
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  expect(await page.getByRole('navigation', { name: word('portal.shell.nav') }).isVisible()).toBe(false)
  expect(await page.getByRole('button', { name: word('portal.cards.block') }).isVisible()).toBe(false)
  const ink = await page.evaluate(() => getComputedStyle(document.body).color.match(/\d+/g)?.map(Number) ?? [])
  expect(Math.max(...ink)).toBeLessThan(64)
  await page.emulateMedia({ media: 'screen', colorScheme: 'light' })
}, 60_000)

it('while the server is not reached a page that was never opened says so in its frame, and comes when it is back', async () => {
  await page.goto('/cards')
  await page.getByRole('heading', { level: 1, name: word('portal.cards.title') }).waitFor()
  await page.context().setOffline(true)
  const bar = page.getByRole('navigation', { name: word('portal.shell.nav') })
  await bar.getByRole('link', { name: word('portal.sites.nav') }).click()
  const failed = page.getByRole('alert').filter({ hasText: word('portal.problem.no-answer') })
  await failed.waitFor()
  expect(await bar.isVisible()).toBe(true)
  await page.context().setOffline(false)
  await failed.getByRole('button', { name: word('portal.failed.retry') }).click()
  await page.getByRole('heading', { level: 1, name: word('portal.sites.title') }).waitFor()
}, 60_000)

it('a press after the sign-in has ended keeps what was typed: one signs in over it, and presses once more', async () => {
  const { url } = borrowed.server
  const password = 'neljä iloista hevosta'
  await page.context().request.post(`${url}/v1/sign-in/password`, { data: { password }, headers: { origin: url } })
  const cookies = await page.context().cookies()
  await page.goto('/cards')
  const again = page.getByRole('dialog', { name: word('portal.sign-in.title') })
  await page.getByRole('button', { name: word('portal.cards.change') }).click()
  const form = page.getByRole('dialog', { name: word('portal.cards.edit.title', { last4: UID.slice(-4) }) })
  const label = form.getByLabel(word('portal.cards.add.label'), { exact: true })
  await label.fill('Yövuoron kortti')
  await page.context().clearCookies()
  await page.keyboard.press('Enter')

  await again.getByText(word('portal.sign-in.again', { name: 'Aino Ylläpitäjä' })).waitFor()
  expect(await faultsInEveryLook('again')).toEqual([])
  // Escape leaves neither.
  await page.keyboard.press('Escape')
  await again.getByLabel(word('portal.sign-in.password'), { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await again.waitFor({ state: 'detached' })
  expect(await label.inputValue()).toBe('Yövuoron kortti')
  await form.getByRole('button', { name: word('portal.cards.edit.do') }).click()
  await form.waitFor({ state: 'detached' })
  await page.getByText('Yövuoron kortti').waitFor()

  // Or by a link in another tab: what was open goes on when one comes back to it.
  await page.context().clearCookies()
  await page.getByRole('button', { name: word('portal.cards.block') }).click()
  await again.waitFor()
  await page.context().addCookies(cookies)
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await again.waitFor({ state: 'detached' })
}, 120_000)

// The last: nobody is signed in any more after it.
it('a page that is opened without being signed in leads to signing in, says why, and comes back', async () => {
  await page.context().clearCookies()
  await page.goto('/cards')
  await page.getByText(word('portal.sign-in.goes-on')).waitFor()
  expect(new URL(page.url()).searchParams.get('next')).toBe('/cards')
}, 60_000)
