import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { testTarget, type TestTarget } from '../server/src/events/webhooks/testing-target.ts'
import { launchBrowser } from './browser.ts'
import { axeFaults } from './kit/axe.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { makeNetwork, type Network } from './kit/network.ts'
import { part as section, pressInTurn } from './kit/page-reading.ts'
import type { List } from './kit/rest.ts'
import { openStage, spoken, type Stage, word } from './kit/stage.ts'
import type { StationSocket } from './kit/station-socket.ts'
import { openStory } from './kit/story.ts'
import { found } from './kit/until.ts'
import { addChargingStation, allowTargets, charge, connectStation } from './kit/webhooks.ts'

let borrowed: Borrowed
let browser: Browser
let stage: Stage
let page: Page
let network: Network
let target: TestTarget
let socket: StationSocket

const field = (key: string): Locator => page.getByLabel(word(key), { exact: true })
const button = (key: string): Locator => page.getByRole('button', { name: word(key), exact: true })
const dialog = (): Locator => page.getByRole('dialog')

beforeAll(async () => {
  ;[borrowed, browser, target] = await Promise.all([startBorrowed(), launchBrowser(), testTarget()])
  const { server } = borrowed
  network = await makeNetwork(server, 'webhooks')
  socket = await connectStation(network, await addChargingStation(network))
  stage = await openStage(browser, server.url, { viewport: { width: 1440, height: 900 } })
  page = stage.page
  const person = { name: 'Aino', mail: 'aino@webhooks.example', role: 'administrator' }
  const { id } = await network.rest.post<{ id: string }>('/v1/staff', person)
  const { invitationUrl } = await network.rest.post<{ invitationUrl: string }>(`/v1/staff/${id}/sign-in-link`)
  await page.goto(invitationUrl)
  await button('portal.sign-in.set.later').click()
})
afterAll(async () => {
  await socket?.close()
  await browser?.close()
  await borrowed?.close()
  await target?.close()
})

const looks = [
  { colorScheme: 'light', width: 1440 },
  { colorScheme: 'dark', width: 320 },
] as const

/** Light and wide, dark and narrow: nothing that axe finds, nothing that scrolls sideways. */
async function looksRight(name: string): Promise<void> {
  for (const { colorScheme, width } of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 900 })
    expect(await axeFaults(page), `${name} ${colorScheme} ${width}`).toEqual([])
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(over, `${name} ${width} px`).toBe(0)
    await stage.picture(`webhook-${name}-${width}-${colorScheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.setViewportSize({ width: 1440, height: 900 })
}

describe('the story of a webhook', () => {
  const part = openStory(() => stage)

  part('an administrator opens the empty list by a key, and is told why an address is not allowed', async () => {
    await page.getByRole('heading', { name: word('portal.alerts.title') }).waitFor()
    await pressInTurn(page, 'g', 'w')
    await page.getByText(word('portal.webhooks.none.title')).waitFor()
    await button('portal.webhooks.add.title').click()
    await field('portal.webhooks.name').fill('Billing')
    await field('portal.webhooks.target').fill(target.url)
    await button('portal.webhooks.add.do').click()
    await dialog().getByRole('alert').getByText(word('events.field.private-address')).waitFor()
    await looksRight('refused')
  })

  part('once the platform has opened the way it is added, and its secret is shown once', async () => {
    await allowTargets(borrowed.server, network, [target.port])
    await button('portal.webhooks.add.do').click()
    const secret = dialog().getByLabel(word('portal.webhooks.secret.label'), { exact: true })
    expect(await secret.inputValue()).toMatch(/^whsec_/)
    await stage.picture('webhook-secret')
    await button('portal.webhooks.secret.done').click()
    await dialog().waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Billing' }).waitFor()
    expect(await page.content()).not.toContain('whsec_')
  })

  part('a test is sent, and the page says that it was taken', async () => {
    await page.getByRole('link', { name: 'Billing' }).click()
    await button('portal.webhooks.test').click()
    await page.getByText(word('portal.webhooks.tested.delivered')).waitFor()
    expect(target.received.map(({ event }) => event.type)).toEqual(['webhook.test'])
  })

  part('a session’s record that the target does not take stands there with its cause', async () => {
    target.behave(() => ({ status: 422, headers: {}, text: '<b>unknown customer</b>' }))
    await charge(socket)
    const deliveries = section(page, word('portal.webhooks.deliveries-head'))
    await deliveries.getByText('answered with status 422').waitFor()
    await looksRight('not-taken')
    await deliveries.getByRole('link', { name: word('portal.webhooks.type.session-record.created') }).click()
    await dialog()
      .getByText(`${word('portal.webhooks.detail.answer')}: <b>unknown customer</b>`)
      .first()
      .waitFor()
    await dialog()
      .getByRole('link', { name: /^Session [\d ]+$/ })
      .waitFor()
    await dialog().locator('pre').getByText('"type": "session-record.created"').waitFor()
    await looksRight('delivery')
    await dialog()
      .getByRole('button', { name: word('portal.close') })
      .click()
  })

  part('it is sent again by a press, and the session says to whom its record was handed on', async () => {
    target.behave(() => 200)
    const deliveries = section(page, word('portal.webhooks.deliveries-head'))
    const row = deliveries.getByRole('row').filter({ hasText: word('portal.webhooks.type.session-record.created') })
    await row.getByRole('button').click()
    await row.getByText(word('portal.webhooks.delivery.delivered'), { exact: true }).waitFor()
    const { items } = await network.rest.get<List<{ number: number }>>('/v1/sessions')
    const number = spoken(items[0]?.number ?? 0)
    await row.getByRole('link', { name: word('portal.sessions.numbered', { number }), exact: true }).click()
    await page.getByRole('heading', { level: 1, name: number }).waitFor()
    const records = section(page, word('portal.sessions.records'))
    await records.getByRole('link', { name: word('portal.sessions.hand.done', { to: 'Billing' }) }).waitFor()
    await records
      .getByText(word('portal.sessions.hand.done', { to: word('portal.sessions.hand-to.built-in-billing') }), {
        exact: true,
      })
      .waitFor()
    await stage.picture('webhook-session')
  })

  part('it is paused and set going, gets a new secret, and is removed by typing its name', async () => {
    await page.getByRole('link', { name: word('portal.sessions.hand.done', { to: 'Billing' }) }).click()
    await dialog()
      .getByRole('button', { name: word('portal.close') })
      .click()
    await button('portal.webhooks.pause').click()
    await page.getByText(word('portal.webhooks.paused-note')).waitFor()
    await button('portal.webhooks.resume').click()
    await button('portal.webhooks.test').waitFor()
    await button('portal.webhooks.new-secret').click()
    await dialog()
      .getByRole('button', { name: word('portal.webhooks.new-secret') })
      .click()
    await button('portal.webhooks.secret.done').click()
    const { items } = await network.rest.get<List<{ id: string; formerSecretUntil?: string }>>('/v1/webhooks')
    expect(items[0]?.formerSecretUntil).toBeDefined()
    await button('portal.webhooks.remove-do').click()
    const remove = dialog().getByRole('button', { name: word('portal.webhooks.remove-do') })
    expect(await remove.isDisabled()).toBe(true)
    await dialog()
      .getByLabel(word('portal.webhooks.remove.type', { name: 'Billing' }))
      .fill('Billing')
    await remove.click()
    await page.getByText(word('portal.webhooks.none.title')).waitFor()
    await found(async () => {
      const left = await network.rest.get<List<unknown>>('/v1/webhooks')
      return left.items.length === 0 ? true : undefined
    })
  })
})
