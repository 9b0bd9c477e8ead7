import type { Browser, Locator } from 'playwright-core'
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

/** Large figures on a small screen, and all words at twice their size: nothing lies on anything, nothing that matters is cut. */

const card = '04F1A5C0DE0001'
const narrow = { width: 320, height: 700 }
const desk = { width: 1440, height: 900 }
/** As somebody sets it in the browser's own settings: the usual is 16. */
const twice = ['--blink-settings=defaultFontSize=32']

let borrowed: Borrowed
let browser: Browser
let large: Browser
let network: Network
let station: MadeStation

beforeAll(async () => {
  ;[borrowed, browser, large] = await Promise.all([startBorrowed(), launchBrowser(), launchBrowser(twice)])
  network = await makeNetwork(borrowed.server, 'words')
  await addTariff(network)
  await addCard(network, card)
  station = await addStation(network, { identity: 'WORDS-1' })
  const registers = Array.from({ length: 20 }, (_, index) => 1_050 + index * 1_000)
  await tellQueuedCharge(network, station, { card, minutesAgo: 300, registers: [...registers, 90_000_001_050] })
})
afterAll(async () => {
  await Promise.all([browser?.close(), large?.close()])
  await borrowed?.close()
})

async function signedIn(
  inside: Browser,
  viewport: { readonly width: number; readonly height: number },
  name: string,
  of = network,
) {
  const stage = await openStage(inside, borrowed.server.url, { viewport })
  await signInAs(stage.page, of, { name, mail: `${name}@words.example`, role: 'administrator' })
  return stage
}

async function openLog({ page }: Stage): Promise<void> {
  await page.goto(`/stations/${station.id}`)
  await page.locator('.log-row').first().waitFor()
}

/** On the screen as it stands, clear of the bar at its foot. */
const seenWhole = (one: Locator): Promise<boolean> =>
  one.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect()
    return top >= 0 && bottom < window.innerHeight - 60
  })

describe('words and figures', () => {
  it('says of usage data in which nothing was ever found that there is nothing, not that filters hide it', async () => {
    const calm = await makeNetwork(borrowed.server, 'calm')
    const { page, close } = await signedIn(browser, desk, 'ulla', calm)
    await page.goto('/usage-errors?state=all')
    await page.getByText(word('portal.usage.never.title')).waitFor()
    expect(await page.getByText(word('portal.filter.clear')).count()).toBe(0)
    await close()
  })

  it('stand apart in the figures of a session that are absurdly large, on a small screen', async () => {
    const stage = await signedIn(browser, narrow, 'sulo')
    const { items } = await network.rest.get<List<{ id: string }>>('/v1/sessions')
    await stage.page.goto(`/sessions/${items[0]?.id}`)
    await stage.page
      .getByText(/90,000,000.00/)
      .first()
      .waitFor()
    await stage.picture('fit-session-320')
    expect(await overlaps(stage.page)).toEqual([])
    expect(await isWiderThanScreen(stage.page)).toBe(false)
    await stage.close()
  })

  it('of a list of sessions are there to the last column where a tablet is held upright', async () => {
    const stage = await signedIn(browser, desk, 'tatu')
    await stage.page.goto('/sessions')
    const amount = stage.page
      .getByRole('row')
      .filter({ hasText: /90,000,000.00/ })
      .getByRole('cell')
      .last()
    const list = stage.page.getByRole('region', { name: word('portal.sessions.title') })
    for (const width of [641, 700, 768]) {
      await stage.page.setViewportSize({ width, height: 900 })
      const [inner, outer] = [
        must((await amount.boundingBox()) ?? undefined),
        must((await list.boundingBox()) ?? undefined),
      ]
      expect(inner.x + inner.width, `${width}`).toBeLessThanOrEqual(outer.x + outer.width)
    }
    await stage.close()
  })

  it('of the log say on a small screen what was asked', async () => {
    const stage = await signedIn(browser, narrow, 'lotta')
    await openLog(stage)
    await stage.picture('fit-log-320')
    const cut = await stage.page.locator('.log-row b').evaluateAll((actions) =>
      actions
        .filter((one) => {
          const box = one.parentElement?.getBoundingClientRect()
          return box !== undefined && one.getBoundingClientRect().right > box.right
        })
        .map((one) => one.textContent),
    )
    expect(cut).toEqual([])
    // What went well is said to a screen reader all the same.
    const row = stage.page.getByRole('button', { name: /MeterValues.*\bAnswered/ }).first()
    // What it holds stands below the list there, and is brought before one's eyes.
    await row.click()
    const detail = stage.page.locator('.log-detail').getByRole('heading', { name: 'MeterValues' })
    await detail.waitFor()
    await expect.poll(() => seenWhole(detail)).toBe(true)
    await stage.picture('fit-log-detail-320')
    await stage.close()
  })

  it('that nothing live comes are read as sentences on a small screen', async () => {
    const stage = await signedIn(browser, narrow, 'kaino')
    await stage.page.route(/\/v1\/events/, (route) => route.abort())
    await stage.page.goto('/cards')
    const told = stage.page.getByText(word('portal.live.down-text'))
    await told.waitFor()
    await stage.picture('fit-banner-320')
    expect((await told.boundingBox())?.width).toBeGreaterThan(200)
    expect(await overlaps(stage.page)).toEqual([])
    await stage.close()
  })

  it('of a session and of its station are read whole on a phone at twice their size', async () => {
    const stage = await signedIn(large, { width: 360, height: 740 }, 'veera')
    const { items } = await network.rest.get<List<{ id: string }>>('/v1/sessions?limit=1')
    for (const path of [`/sessions/${items[0]?.id}`, `/stations/${station.id}`]) {
      await stage.page.goto(path)
      await stage.page.locator('.bone').first().waitFor({ state: 'detached' })
      await stage.page.locator('main h2').first().waitFor()
      expect(await cutOff(stage.page), path).toEqual([])
      expect(await isWiderThanScreen(stage.page), path).toBe(false)
    }
    await stage.picture('fit-station-large-360')
    await stage.close()
  })

  it('of the log stand apart at twice their size', async () => {
    const stage = await signedIn(large, desk, 'taina')
    await openLog(stage)
    await stage.picture('fit-log-large')
    expect(await overlaps(stage.page)).toEqual([])
    await stage.close()
  })
})
