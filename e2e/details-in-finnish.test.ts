import pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testTarget, type TestTarget } from '../server/src/events/webhooks/testing-target.ts'
import { launchBrowser } from './browser.ts'
import { axeFaults } from './kit/axe.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, addTariff, makeNetwork, type Network } from './kit/network.ts'
import { isWiderThanScreen } from './kit/page-reading.ts'
import { tellQueuedCharge } from './kit/queued-charge.ts'
import type { List } from './kit/rest.ts'
import { signInAs } from './kit/people.ts'
import { openStage, type Stage } from './kit/stage.ts'
import { englishOn, wordsOf } from './kit/texts.ts'
import { found } from './kit/until.ts'
import { allowTargets } from './kit/webhooks.ts'

/** The pages of one webhook and of one doubtful record, in each state they have, as somebody reads them in Finnish (GEN-L10N). */

const word = wordsOf('fi')
const card = '04F1A5C0DE0001'
const everything = ['session-record.created', 'alert.raised', 'alert.changed', 'alert.cleared']

let borrowed: Borrowed
let browser: Browser
let stage: Stage
let page: Page
let network: Network
let targets: readonly TestTarget[]

beforeAll(async () => {
  ;[borrowed, browser, ...targets] = await Promise.all([startBorrowed(), launchBrowser(), testTarget(), testTarget()])
  network = await makeNetwork(borrowed.server, 'suomeksi')
  await addTariff(network)
  await addCard(network, card)
  await allowTargets(
    borrowed.server,
    network,
    targets.map(({ port }) => port),
  )
  const options = { viewport: { width: 1440, height: 900 }, locale: 'fi-FI' } as const
  stage = await openStage(browser, borrowed.server.url, options)
  page = stage.page
  const person = { name: 'Aino', mail: 'aino@suomeksi.example', role: 'administrator' } as const
  await signInAs(page, network, person, word)
})
afterAll(async () => {
  await browser?.close()
  await borrowed?.close()
  await Promise.all((targets ?? []).map((target) => target.close()))
})

/** Light and dark, wide and narrow: nothing in English, nothing that axe finds, nothing to scroll sideways for. */
async function looksRight(name: string): Promise<void> {
  const faults: string[] = []
  for (const width of [1440, 320]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: width === 320 ? 700 : 900 })
      await page.locator('.bone').first().waitFor({ state: 'detached' })
      const where = `${name}, ${width} px, ${colorScheme}`
      faults.push(...(await axeFaults(page)).map((fault) => `${where}: ${fault}`))
      if (await isWiderThanScreen(page)) faults.push(`${where}: too wide`)
      await stage.picture(`fi-detail-${name}-${width}-${colorScheme}`)
    }
    faults.push(...(await cutOff()).map((text) => `${name}, ${width} px: cut off: ${text}`))
  }
  faults.push(...(await englishOn(page, 'fi')).map((text) => `${name}: in English: ${text}`))
  expect(faults).toEqual([])
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.setViewportSize({ width: 1440, height: 900 })
}

/** Words that do not fit into what holds them, where it does not scroll. */
async function cutOff(): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main *, [role="dialog"] *')]
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      // What only screen readers have is one pixel wide.
      .filter((element) => element.clientWidth > 1)
      .filter((element) => ['hidden', 'clip'].includes(getComputedStyle(element).overflowX))
      .filter((element) => (element.textContent ?? '').trim() !== '')
      .map((element) => `${element.className}: ${(element.textContent ?? '').trim().slice(0, 60)}`),
  )
}

interface Delivery {
  readonly id: string
  readonly state: string
  readonly attempts: number
}

const addWebhook = (name: string, url: string, types = everything) =>
  network.rest.post<{ id: string }>('/v1/webhooks', { name, url, types })

const deliveriesOf = async (id: string): Promise<readonly Delivery[]> =>
  (await network.rest.get<List<Delivery>>(`/v1/webhooks/${id}/deliveries`)).items

/** As after four days of tries: a page test has no four days. */
async function giveUp(webhookId: string): Promise<Delivery> {
  const isTold = async () => (await deliveriesOf(webhookId)).find(({ attempts }) => attempts > 0)
  const { id } = await found(isTold)
  const client = new pg.Client(borrowed.owner)
  await client.connect()
  try {
    return await found(async () => {
      await client.query(
        `update webhook_deliveries set state = 'dead', due_at = null, dead_at = now() where id = $1 and state = 'waiting'`,
        [id],
      )
      return (await deliveriesOf(webhookId)).find((one) => one.id === id && one.state === 'dead')
    })
  } finally {
    await client.end()
  }
}

/** More than the server answers at once. */
const MANY = 230

/** As after months of handing on: later ones, like the given one. */
async function copyDeliveries(id: string, count: number): Promise<void> {
  const client = new pg.Client(borrowed.owner)
  await client.connect()
  try {
    const columns = async (
      table: string,
      other: Readonly<Record<string, string>>,
    ): Promise<readonly [string, string]> => {
      const { rows } = await client.query<{ name: string }>(
        `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
        [table],
      )
      const names = rows.map(({ name }) => name)
      return [names.join(', '), names.map((name) => other[name] ?? `row.${name}`).join(', ')]
    }
    const own = { id: 'ids.id', event_id: 'ids.id', key: 'row.key || ids.k', position: 'row.position + ids.k' }
    const [eventNames, events] = await columns('webhook_events', own)
    const [names, deliveries] = await columns('webhook_deliveries', own)
    await client.query(
      `with ids as materialized (select uuidv7() as id, k from generate_series(1, ${count}) as k), events as (
         insert into webhook_events (${eventNames}) select ${events} from ids, webhook_events as row
         where row.id = (select event_id from webhook_deliveries where id = '${id}'))
       insert into webhook_deliveries (${names}) select ${deliveries} from ids, webhook_deliveries as row where row.id = '${id}'`,
    )
  } finally {
    await client.end()
  }
}

async function openWebhook(id: string, name: string): Promise<void> {
  await page.goto(`/webhooks/${id}`)
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

describe('one webhook, in Finnish', () => {
  it('that works and has given up: its health, its deliveries, one of them, and what removes it', async () => {
    const [target] = targets
    if (target === undefined) throw new Error('no target')
    const name = 'Kaupunkilatauksen laskutusjärjestelmä'
    const { id } = await addWebhook(name, target.url)
    await openWebhook(id, name)
    await page.getByText(word('portal.webhooks.health.unused')).waitFor()
    await looksRight('webhook-unused')
    target.behave(() => ({ status: 422, headers: {}, text: 'tuntematon_asiakas_'.repeat(20) }))
    const station = await addStation(network, { identity: 'FI-1' })
    await tellQueuedCharge(network, station, { card, minutesAgo: 300, registers: [1_000, 2_000] })
    const dead = await giveUp(id)
    target.behave(() => 503)
    await tellQueuedCharge(network, station, { card, minutesAgo: 200, registers: [2_000, 3_000] })
    await found(async () => (await deliveriesOf(id)).find((one) => one.state === 'waiting' && one.attempts > 0))
    await openWebhook(id, name)
    await page.getByText(word('portal.webhooks.delivery.dead'), { exact: true }).first().waitFor()
    await looksRight('webhook-failing')
    await page.goto(`/webhooks/${id}?delivery=${dead.id}`)
    await page.getByRole('dialog').locator('pre').waitFor()
    await looksRight('webhook-delivery')
    await openWebhook(id, name)
    await page.getByRole('button', { name: word('portal.webhooks.remove-do') }).click()
    await page.getByRole('dialog').getByLabel(word('portal.webhooks.remove.type', { name })).waitFor()
    await looksRight('webhook-remove')
  }, 240_000)

  it('that has handed on hundreds: each of them can be reached, the oldest too', async () => {
    const [target] = targets
    if (target === undefined) throw new Error('no target')
    target.behave(() => 200)
    const { id } = await addWebhook('Arkisto', target.url)
    const { id: first } = await network.rest.post<Delivery>(`/v1/webhooks/${id}/test`)
    await found(async () => (await deliveriesOf(id)).find(({ state }) => state === 'delivered'))
    await copyDeliveries(first, MANY)
    await openWebhook(id, 'Arkisto')
    const rows = page.locator('[data-row]')
    const more = page.getByRole('button', { name: word('portal.more') })
    for (let shown = 50; shown < MANY + 1; shown += 50) {
      await rows.nth(shown - 1).waitFor()
      await more.click()
    }
    await rows.nth(MANY).waitFor()
    await more.waitFor({ state: 'detached' })
    expect(await page.locator(`[data-row][href*="${first}"]`).count()).toBe(1)
  }, 240_000)

  it('that was disabled by its target, and one that is paused', async () => {
    const [, gone] = targets
    if (gone === undefined) throw new Error('no target')
    gone.behave(() => 410)
    const disabled = await addWebhook('Varmuuskopio', gone.url)
    await network.rest.post(`/v1/webhooks/${disabled.id}/test`)
    await found(async () => {
      const { state } = await network.rest.get<{ state: string }>(`/v1/webhooks/${disabled.id}`)
      return state === 'disabled' ? true : undefined
    })
    await openWebhook(disabled.id, 'Varmuuskopio')
    await page.getByText(word('portal.webhooks.state.disabled')).first().waitFor()
    // Nothing is tried while it is disabled, so no time is promised.
    expect(await page.getByText(/seuraava yritys/).count()).toBe(0)
    await looksRight('webhook-disabled')
    const paused = await addWebhook('Huolto', `${gone.url}/${'erittain-pitka-polku/'.repeat(12)}`, ['alert.raised'])
    await network.rest.patch(`/v1/webhooks/${paused.id}`, { state: 'paused' })
    await network.rest.post(`/v1/webhooks/${paused.id}/rotate-secret`)
    await openWebhook(paused.id, 'Huolto')
    await page.getByText(word('portal.webhooks.paused-note')).waitFor()
    await looksRight('webhook-paused')
  }, 240_000)
})

interface Held {
  readonly id: string
  readonly findings: readonly { readonly check: string }[]
}

const heldFor = (check: string): Promise<Held> =>
  found(async () => {
    const { items } = await network.rest.get<List<Held>>('/v1/usage-errors?state=held')
    return items.find(({ findings }) => findings.some((one) => one.check === check))
  })

async function openError(id: string): Promise<void> {
  await page.goto(`/usage-errors/${id}`)
  await page.getByRole('heading', { level: 1, name: /^Käyttötiedot, lataustapahtuma/ }).waitFor()
  await page.locator('.usage-frame').first().waitFor()
}

describe('one doubtful record, in Finnish', () => {
  it('with a proposal: as it waits, with own figures, and decided', async () => {
    const station = await addStation(network, { identity: 'FI-2' })
    await tellQueuedCharge(network, station, { card, minutesAgo: 200, registers: [1_100_000, 1_102_000, 50, 1_050] })
    const { id } = await heldFor('register-reset')
    await openError(id)
    await page.getByText(/1\s102,000\skWh → 0,050\skWh/u).waitFor()
    await looksRight('usage-held')
    await page.locator('.usage-frame').first().click()
    await page.getByText(word('portal.usage.way.own-figures'), { exact: true }).click()
    await page.getByText(word('portal.usage.would-cost')).waitFor()
    await looksRight('usage-own')
    await page.getByLabel(word('portal.usage.energy'), { exact: true }).fill('900000')
    const refusal = page.getByRole('region', { name: word('portal.usage.decision') }).getByRole('alert')
    await refusal.getByText(word('portal.usage.energy')).waitFor()
    expect(await refusal.innerText()).not.toContain('/energyWh')
    await looksRight('usage-refused')
    const decision = { decision: 'correct', reason: 'Mittari vaihdettiin. '.repeat(12) }
    await network.rest.post(`/v1/usage-errors/${id}/decide`, decision)
    await openError(id)
    await page.getByText(word('portal.usage.outcome.correct')).waitFor()
    await looksRight('usage-decided')
  }, 240_000)

  it('without a proposal', async () => {
    const station = await addStation(network, { identity: 'FI-3' })
    await tellQueuedCharge(network, station, { card, minutesAgo: 100, registers: [1_050, 2_050, 3_302_050] })
    const { id } = await heldFor('power-too-high')
    await openError(id)
    await page.getByText(word('portal.usage.no-proposal')).waitFor()
    // Nobody is told off before they have said anything.
    await page.getByText(word('portal.usage.no-preview')).waitFor()
    await looksRight('usage-no-proposal')
  }, 240_000)

  it('the browser had nothing to complain about', () => {
    expect(stage.faults()).toEqual([])
  })
})
