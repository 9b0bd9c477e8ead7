import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, addTariff, makeNetwork, type MadeStation, type Network } from './kit/network.ts'
import { cutOff, overlaps } from './kit/overlaps.ts'
import { isWiderThanScreen, must } from './kit/page-reading.ts'
import { signInAs } from './kit/people.ts'
import { tellQueuedCharge } from './kit/queued-charge.ts'
import type { List } from './kit/rest.ts'
import { openStage, type Stage, word } from './kit/stage.ts'

/** Names of sixty characters without a space, and amounts of millions: no page scrolls sideways, and nothing is cut off. */

const card = '04F1A5C0DE0002'
const named = (what: string): string => `${what}-Yövuorolaistenpysäköintialueenlatausasemienhoitokunta`.padEnd(60, 'n')

let borrowed: Borrowed
let browser: Browser
let network: Network
let station: MadeStation
let stage: Stage
let paths: readonly string[]

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed(), launchBrowser()])
  network = await makeNetwork(borrowed.server, 'long', named('Network'))
  const { rest } = network
  const tariffId = await addTariff(network, named('Tariff'))
  await rest.post('/v1/id-tokens', { uid: '04F1A5C0DE0003', type: 'ISO14443', label: named('Card') })
  await addCard(network, card)
  const site = { name: named('Site'), address: named('Street'), city: named('Town') }
  const { id: siteId } = await rest.post<{ id: string }>('/v1/sites', site)
  const more = { siteId, name: named('Station') }
  station = await addStation(network, { identity: 'N'.repeat(48), evses: 2, more })
  await tellQueuedCharge(network, station, { card, minutesAgo: 60, registers: [0, 1_000, 49_581_000_000] })
  const target = {
    name: named('Webhook'),
    url: 'https://billing.example.com/events',
    types: ['session-record.created'],
  }
  const { id: webhookId } = await rest.post<{ id: string }>('/v1/webhooks', target)
  const { items } = await rest.get<List<{ id: string }>>('/v1/sessions')
  const lists = ['alerts', 'map', 'stations', 'sites', 'sessions', 'usage-errors?state=all', 'cards', 'tariffs']
  const one = [`stations/${station.id}`, `sessions/${items[0]?.id}`, `tariffs/${tariffId}`, `webhooks/${webhookId}`]
  paths = [...lists, 'webhooks', 'people', ...one, `s/${station.number}`].map((path) => `/${path}`)
  stage = await openStage(browser, borrowed.server.url, { viewport: { width: 1440, height: 900 } })
  await signInAs(stage.page, network, { name: named('Person'), mail: 'ilma@long.example', role: 'administrator' })
})
afterAll(async () => {
  await browser?.close()
  await borrowed?.close()
})

describe('names as long as they may be', () => {
  it('are read whole on each page, from a phone to a desk', { timeout: 480_000 }, async () => {
    const { page } = stage
    const faults: string[] = []
    for (const path of paths) {
      await page.goto(path)
      await page.locator('h1').first().waitFor({ state: 'attached' })
      await page.locator('.bone').first().waitFor({ state: 'detached' })
      for (const width of [320, 768, 1024, 1440]) {
        await page.setViewportSize({ width, height: 900 })
        const found = [...(await cutOff(page)).map((text) => `cut off: ${text}`), ...(await overlaps(page))]
        if (await isWiderThanScreen(page)) found.push('scrolls sideways')
        faults.push(...found.map((fault) => `${path}, ${width} px: ${fault}`))
      }
    }
    expect(faults).toEqual([])
  })

  it('leave the number of a station on one line', async () => {
    const { page } = stage
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto('/map')
    const number = page.getByRole('table').getByRole('link').first()
    expect((await number.boundingBox())?.height).toBeLessThan(24)
  })

  it('of a dozen sites and more are found by a part, and what was chosen stays in sight', async () => {
    const { page } = stage
    for (let n = 1; n <= 13; n += 1) await network.rest.post('/v1/sites', { name: `Depot ${n}` })
    await page.setViewportSize({ width: 360, height: 900 })
    await page.goto('/people')
    await page.getByRole('button', { name: word('portal.people.invite.title') }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(word('portal.people.named-sites'), { exact: true }).click()
    const find = dialog.getByLabel(word('portal.people.find-site'))
    await find.fill('depot 13')
    await expect.poll(() => dialog.getByRole('checkbox').count()).toBe(1)
    await dialog.getByRole('checkbox', { name: 'Depot 13' }).check()
    await find.press('Enter')
    await find.fill('-yövuoro')
    await expect.poll(() => dialog.getByRole('checkbox').count()).toBe(2)
    expect(await dialog.getByRole('checkbox', { name: 'Depot 13' }).isChecked()).toBe(true)
    const [inner, outer] = [
      must((await find.boundingBox()) ?? undefined),
      must((await dialog.boundingBox()) ?? undefined),
    ]
    expect(inner.x + inner.width).toBeLessThan(outer.x + outer.width)
  })
})
