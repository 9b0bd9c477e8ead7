import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Fleet, startFleet } from '../simulator/index.ts'
import { launchBrowser } from './browser.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { centsIn, factOf, must, numberIn, part as section } from './kit/page-reading.ts'
import { home } from './kit/server.ts'
import { openStage, type Stage, word } from './kit/stage.ts'
import { openStory } from './kit/story.ts'
import { until } from './kit/until.ts'

const card = '04A1B2C3D4E5F6'
const password = 'a password that is a sentence'
const stranger = { identity: 'STRANGER-7', password: 'the-strangers-own-password' }

let borrowed: Borrowed
let browser: Browser
let stage: Stage
let page: Page
let player: ChildProcess | undefined
let said = ''
let fleet: Fleet | undefined

const field = (key: string, values: Readonly<Record<string, string | number>> = {}): Locator =>
  page.getByLabel(word(key, values), { exact: true })
const press = (key: string): Promise<void> => page.getByRole('button', { name: word(key), exact: true }).click()
const goTo = (key: string): Promise<void> =>
  page
    .getByRole('navigation')
    .getByRole('link', { name: new RegExp(`^${word(key)}`) })
    .click()
const done = (text: string): Locator =>
  page.getByRole('listitem').filter({ hasText: `${word('portal.step.done')} ${text}` })

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed(), launchBrowser()])
  stage = await openStage(browser, borrowed.server.url, { viewport: { width: 1440, height: 900 } })
  page = stage.page
})
afterAll(async () => {
  await browser?.close()
  await fleet?.stop()
  if (player?.exitCode === null) {
    player.kill('SIGTERM')
    await once(player, 'exit')
  }
  await borrowed?.close()
})

/** The form says what is wrong by the names of its fields, and drops nothing that was typed. */
async function refusesWhatIsWrong(): Promise<void> {
  await field('portal.stations.add.identity').fill('KOTKA 1')
  await press('portal.stations.add.make')
  await page
    .getByRole('alert')
    .getByText(`${word('portal.stations.add.identity')}:`)
    .waitFor()
  const longitude = field('portal.stations.add.longitude')
  const isRight = () => longitude.evaluate((input) => (input as HTMLInputElement).checkValidity())
  await field('portal.stations.add.latitude').fill('60,1699')
  expect(await isRight(), 'half a place').toBe(false)
  await longitude.fill('east')
  expect(await isRight(), 'a word for a number').toBe(false)
  await longitude.fill('24,9384')
  expect(await isRight()).toBe(true)
}

/** The cookie of another browser of the same person. */
async function signedInElsewhere(): Promise<string> {
  const { headers } = await fetch(`${borrowed.server.url}/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mail: 'kaisa@kotka.example', password }),
  })
  return must(headers.get('set-cookie')?.split(';')[0])
}

describe('the story of a new network, from an empty installation', () => {
  const part = openStory(() => stage)

  part('the link that the start printed opens "make your network"', async () => {
    await until(() => /http\S+sign-in#\S+/.test(borrowed.server.stdout()))
    await page.goto(must(/http\S+sign-in#\S+/.exec(borrowed.server.stdout())?.[0]))
    await field('portal.sign-in.make.name').fill('Kotka Lataus')
    await field('portal.sign-in.make.person').fill('Kaisa Virta')
    await field('portal.sign-in.mail').fill('kaisa@kotka.example')
    await stage.picture('new-1-make')
    await press('portal.sign-in.make.make')
    await field('portal.sign-in.set.new').fill(password)
    await press('portal.sign-in.set.save')
    await page.getByText(word('portal.stations.none.title')).waitFor()
    await stage.picture('new-2-empty')
  })

  part('the password opens it again', async () => {
    await page.getByRole('button', { name: word('portal.shell.person', { name: 'Kaisa Virta' }) }).click()
    await page.getByRole('menuitem', { name: word('portal.shell.sign-out'), exact: true }).click()
    await field('portal.sign-in.mail').fill('kaisa@kotka.example')
    await field('portal.sign-in.password').fill(password)
    await press('portal.sign-in.enter')
    await page.getByText(word('portal.stations.none.title')).waitFor()
  })

  part('a machine that was stolen is signed out from here, and so is this one', async () => {
    const cookie = await signedInElsewhere()
    const reads = () => fetch(`${borrowed.server.url}/v1/me`, { headers: { cookie } })
    expect((await reads()).status).toBe(200)
    await page.getByRole('button', { name: word('portal.shell.person', { name: 'Kaisa Virta' }) }).click()
    await page.getByRole('menuitem', { name: word('portal.shell.everywhere') }).click()
    await page.getByRole('dialog').getByText(word('portal.shell.everywhere-text')).waitFor()
    await stage.picture('new-2-everywhere')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: word('portal.shell.everywhere') })
      .click()
    await field('portal.sign-in.mail').fill('kaisa@kotka.example')
    expect((await reads()).status).toBe(401)
    await field('portal.sign-in.password').fill(password)
    await press('portal.sign-in.enter')
    await page.getByText(word('portal.stations.none.title')).waitFor()
  })

  part('a tariff is made, and the calculator beside it shows the right price', async () => {
    await goTo('portal.tariffs.nav')
    await page
      .getByRole('link', { name: word('portal.tariffs.new') })
      .first()
      .click()
    await field('portal.tariffs.name').fill('Everyday')
    await field('portal.tariffs.price').fill('0.35')
    await field('portal.price.tax').fill('25.5')
    await press('portal.dimension.FLAT')
    await field('portal.tariffs.price').nth(1).fill('0,50')
    const calculator = section(page, word('portal.tariffs.calculator'))
    await calculator.getByLabel(word('portal.sessions.energy'), { exact: true }).fill('30')
    const total = calculator.locator('.sum td.num')
    await total.waitFor()
    // 30 kWh × 0.35 and 0.50 for the session, VAT in it.
    await until(async () => centsIn(await total.innerText()) === 1100)
    await stage.picture('new-3-tariff')
    await press('portal.tariffs.make')
    // The first one holds for the whole network.
    await page.getByText(word('portal.tariffs.is-default')).waitFor()
  })

  part('a card is added', async () => {
    await goTo('portal.cards.nav')
    await page
      .getByRole('button', { name: word('portal.cards.add.title') })
      .first()
      .click()
    await field('portal.cards.add.uid').fill('04:A1:B2:C3:D4:E5:F6')
    await field('portal.cards.add.label').fill('Kaisa’s own')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: word('portal.cards.add.do'), exact: true })
      .click()
    const added = page.getByRole('row').filter({ hasText: 'Kaisa’s own' })
    await added.waitFor()
    expect(await added.innerText()).not.toContain(card)
  })

  part('a station is added: address and password to copy, and its first boot is seen live', async () => {
    await goTo('portal.map.nav')
    await page.getByRole('link', { name: word('portal.stations.add.title') }).click()
    await refusesWhatIsWrong()
    await field('portal.stations.add.identity').fill('KOTKA-1')
    await field('portal.stations.name').fill('By the gate')
    await press('portal.stations.add.make')
    const url = await field('portal.stations.add.url').inputValue()
    const secret = await field('portal.stations.add.password').inputValue()
    expect(url).toBe(`${borrowed.server.stationsUrl('kotka-lataus')}/KOTKA-1`)
    await done(word('portal.stations.add.wait.made')).waitFor()
    await stage.picture('new-4-waiting-room')

    // Exactly what the page offers, and the card that was added.
    const line = (await page.locator('pre.code').innerText()).trim()
    expect(line).toContain(secret)
    play(`${line} --card ${card} --interval 1`)
    await done(word('portal.stations.add.wait.connected')).waitFor()
    await done(word('portal.stations.add.wait.booted-as', { device: '' }).trim()).waitFor()
    await done(word('portal.stations.add.wait.status')).waitFor()
    await stage.picture('new-5-first-boot')
  })

  part('its session is seen, stopped from the page, and priced', async () => {
    await page.getByRole('link', { name: word('portal.stations.add.wait.open') }).click()
    const evse = page.locator('.ev').first()
    await evse.getByText(word('portal.state.charging'), { exact: true }).waitFor()
    const energy = factOf(evse, word('portal.sessions.energy'))
    await energy.waitFor()
    await until(async () => numberIn(await energy.innerText()) > 0)
    await stage.picture('new-6-charging')
    const address = must((await evse.locator('a[href^="/sessions/"]').getAttribute('href')) ?? undefined)
    await evse.getByRole('button', { name: word('portal.stations.stop') }).click()
    await done(
      word('portal.stations.step.effect', { effect: word('portal.stations.effect.transaction-ended') }),
    ).waitFor()
    await goTo('portal.sessions.nav')
    const line = page.getByRole('row').filter({ has: page.locator(`a[href="${address}"]`) })
    await line.getByText(word('portal.sessions.state.ended')).waitFor()
    expect(centsIn(await line.locator('td').last().innerText())).toBeGreaterThanOrEqual(50)
    await line.getByRole('link').click()
    const amounts = section(page, word('portal.sessions.cost')).locator('tbody tr').filter({ hasText: '×' })
    await amounts.first().waitFor()
    const cents = (await amounts.locator('td.num').allInnerTexts()).map((text) => centsIn(text))
    const total = await section(page, word('portal.sessions.cost')).locator('.sum td.num').innerText()
    expect(cents.reduce((sum, one) => sum + one, 0)).toBe(centsIn(total))
    expect(said).toMatch(/KOTKA-1/)
    await stage.picture('new-7-priced')
  })

  part('a station that nobody knows is refused and listed, adopted by a click, and connects', async () => {
    await goTo('portal.stations.nav')
    await page
      .getByRole('link', { name: word('portal.stations.add.title') })
      .first()
      .click()
    fleet = startFleet({
      url: borrowed.server.stationsUrl('kotka-lataus'),
      stations: [
        {
          ...stranger,
          protocol: 'ocpp1.6',
          settings: { backOffMinimum: '1', backOffRandom: '1', backOffDoublings: '0' },
        },
      ],
    })
    const refused = section(page, word('portal.stations.add.refused.title'))
      .getByRole('listitem')
      .filter({ hasText: stranger.identity })
    await refused.waitFor()
    await refused.getByLabel(word('portal.stations.add.refused.keep')).check()
    await stage.picture('new-8-refused')
    await refused.getByRole('button', { name: new RegExp(`^${word('portal.stations.add.refused.adopt')}`) }).click()
    await done(word('portal.stations.add.wait.connected')).waitFor()
    await done(word('portal.stations.add.wait.status')).waitFor()
    await fleet.station(stranger.identity).until((state) => state.registration === 'Accepted')
    await refused.waitFor({ state: 'detached' })
    await stage.picture('new-9-adopted')
  })

  part('the browser had nothing to complain about', async () => {
    expect(stage.faults()).toEqual([])
  })
})

/** Runs the command line that a page shows, with our own Node in the place of npx. */
function play(line: string): void {
  const [npx, lataamo, ...words] = line.split(/\s+/)
  expect([npx, lataamo]).toEqual(['npx', 'lataamo'])
  player = spawn(process.execPath, [path.join(home, 'bin', 'lataamo.js'), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const take = (chunk: Buffer): void => void (said += chunk.toString())
  player.stdout?.on('data', take)
  player.stderr?.on('data', take)
}
