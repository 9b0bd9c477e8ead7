import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import type { StationHandle } from '../simulator/index.ts'
import { launchBrowser } from './browser.ts'
import { type DemoHere, startDemoHere } from './kit/demo.ts'
import type { List } from './kit/rest.ts'
import { centsIn, factOf, must, numberIn, part as section, type ReadLanguage } from './kit/page-reading.ts'
import { openStage, spoken, type Stage } from './kit/stage.ts'
import { openStory } from './kit/story.ts'
import { wordsOf } from './kit/texts.ts'
import { found, until } from './kit/until.ts'

let here: DemoHere
let browser: Browser
let stage: Stage
let page: Page
let hands: StationHandle
let station: Listed
let sessionId: string

const firstEvse = (): Locator => page.locator('.ev').first()

beforeAll(async () => {
  ;[here, browser] = await Promise.all([startDemoHere(), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await here?.close()
})

interface Telling {
  readonly language: ReadLanguage
  readonly locale: string
  readonly person: string
  readonly card: string
}

/** GEN-L10N: the whole story in each language; people who chose none read their browser's. */
const tellings: readonly Telling[] = [
  { language: 'en', locale: 'en-GB', person: 'Otto Laine', card: '04C0FFEE5707' },
  { language: 'fi', locale: 'fi-FI', person: 'Aino Koski', card: '04C0FFEE5708' },
]

describe.each(tellings)(
  'the story of a charge in the demo, told in $language',
  ({ language, locale, person, card }) => {
    const part = openStory(() => stage)
    const word = wordsOf(language)
    const read = (text: string) => numberIn(text, language)
    const cents = (text: string) => centsIn(text, language)
    const picture = (name: string) => stage.picture(`${language}-${name}`)

    beforeAll(async () => {
      stage = await openStage(browser, here.url, { locale, viewport: { width: 1440, height: 900 } })
      page = stage.page
    })
    afterAll(() => stage?.close())

    part('an operator signs in by the link that the start printed, and sees the network on map and list', async () => {
      const link = new RegExp(`${person}.* (http\\S+)`).exec(here.greeting)?.[1] ?? ''
      await page.goto(link)
      await page.getByRole('button', { name: word('portal.sign-in.set.later') }).click()
      await page.getByRole('link', { name: new RegExp(`^${word('portal.map.nav')}`) }).click()
      await section(page, word('portal.map.map')).locator('canvas').waitFor()
      const stations = await stage.rest.get<List<Listed>>('/v1/stations?limit=200')
      await page
        .getByText(word('portal.map.of_other', { count: stations.items.length, all: stations.items.length }))
        .waitFor()
      for (const { number } of stations.items) await row(number).waitFor()
      await picture('charge-1-map')

      // The one that does nothing by itself, so that the whole story is ours.
      const fleet = must(here.demo.fleets['rantatie'])
      const waiting = fleet.identities
        .map((identity) => fleet.station(identity))
        .filter((one) => one.isWaitingForHands())
      hands = must(waiting[tellings.findIndex((telling) => telling.language === language)])
      await expect.poll(() => page.locator('html').getAttribute('lang')).toBe(language)
      await hands.until((state) => state.registration === 'Accepted')
      station = must(stations.items.find(({ identity }) => identity === hands.identity))
    })

    part('a card is held to a station, and its place on the list turns to charging by itself', async () => {
      await page.evaluate('window.isStillTheSame = true')
      await sampleEverySecond()
      await expect.poll(() => row(station.number).innerText()).toMatch(new RegExp(word('portal.state.free'), 'i'))
      await stage.rest.post('/v1/id-tokens', { uid: card, type: 'ISO14443', label: 'Of the story' })
      hands.plug(1, { car: { batteryWh: 80_000, socPercent: 20, maxAcPowerW: 22_000, phases: 3 } })
      hands.presentCard(1, card)
      await expect.poll(() => row(station.number).innerText()).toMatch(new RegExp(word('portal.state.charging'), 'i'))
      expect(await page.evaluate('window.isStillTheSame')).toBe(true)
      await picture('charge-2-map-charging')
    })

    part('the station’s page shows the power curve moving, energy and cost rising', async () => {
      await row(station.number).getByRole('link').click()
      const curve = firstEvse().locator('.plot canvas')
      await curve.waitFor()
      const energy = factOf(firstEvse(), word('portal.sessions.energy'))
      const costs = factOf(firstEvse(), word('portal.sessions.cost-so-far'))
      const before = {
        picture: await pixels(curve),
        wh: read(await energy.innerText()),
        cents: cents(await costs.innerText()),
      }
      await picture('charge-3-station')
      await until(async () => (await pixels(curve)) !== before.picture)
      await until(async () => read(await energy.innerText()) > before.wh)
      await until(async () => cents(await costs.innerText()) > before.cents)
      await until(async () => read(await firstEvse().locator('.evse-power .t22').innerText()) > 10)
      await picture('charge-4-station-later')
    })

    part('the OCPP log shows what was said, request and answer paired', async () => {
      const log = section(page, word('portal.stations.log.title'))
      await log.getByLabel(word('portal.stations.log.filter')).fill(version().start)
      const line = log.locator('.log-row', { hasText: version().start }).first()
      await line.click()
      const detail = log.locator('.log-detail')
      await detail.getByText(word('portal.stations.log.request'), { exact: true }).waitFor()
      await detail.getByText(word('portal.stations.log.answer'), { exact: true }).waitFor()
      await expect.poll(() => detail.innerText()).toContain(version().member)
      expect(await detail.innerText()).not.toContain(card)
      await picture('charge-5-log')
      await detail.getByRole('button', { name: word('portal.close') }).click()
    })

    part('it is stopped from the page, each step of the command seen', async () => {
      const link = firstEvse().locator('a[href^="/sessions/"]')
      sessionId = must((await link.getAttribute('href'))?.split('/').pop())
      await firstEvse()
        .getByRole('button', { name: word('portal.stations.stop') })
        .click()
      const steps = section(page, word('portal.stations.commands')).getByRole('listitem')
      for (const text of [
        word('portal.stations.step.queued'),
        word('portal.stations.step.sent'),
        word('portal.stations.step.answered-with', { answer: 'Accepted' }),
        word('portal.stations.step.effect', { effect: word('portal.stations.effect.transaction-ended') }),
      ])
        await steps.filter({ hasText: `${word('portal.step.done')} ${text}` }).waitFor()
      await picture('charge-6-stopped')
      await hands.until((state) => state.evses[0]?.transaction === undefined)
      hands.unplug(1)
    })

    part(
      'it stands in the list of sessions with its price, and its price lines are the total to the cent',
      async () => {
        await page.getByRole('link', { name: new RegExp(`^${word('portal.sessions.nav')}`) }).click()
        const session = await ended()
        const line = page.getByRole('row').filter({ has: page.locator(`a[href="/sessions/${sessionId}"]`) })
        await expect.poll(() => line.innerText()).toContain(word('portal.sessions.state.ended'))
        const total = Number(session.cost.totals.inclTax.minor)
        await expect.poll(async () => cents(await line.locator('td').last().innerText())).toBe(total)
        await picture('charge-7-sessions')

        await line.getByRole('link').click()
        const bill = section(page, word('portal.sessions.cost'))
        await bill.locator('.sum').waitFor()
        const amounts = await bill.locator('tbody tr').filter({ hasText: '×' }).locator('td.num').allInnerTexts()
        expect(amounts.length).toBeGreaterThanOrEqual(2)
        expect(amounts.map(cents).reduce((sum, amount) => sum + amount, 0)).toBe(total)
        expect(cents(await bill.locator('.sum td.num').innerText())).toBe(total)
        expect(session.lines.reduce((sum, { inclTax }) => sum + Number(inclTax.minor), 0)).toBe(total)
        await picture('charge-8-session')
      },
    )

    part('END-SDR: exactly one record was made, and handed on', async () => {
      const records = async () =>
        (await stage.rest.get<List<Recorded>>(`/v1/session-records?sessionId=${sessionId}`)).items
      await until(async () => (await records()).some(({ handedOn }) => handedOn.some(({ state }) => state === 'done')))
      const made = await records()
      expect(made.map(({ revision, handedOn }) => ({ revision, handedOn: handedOn.length }))).toEqual([
        { revision: 1, handedOn: 1 },
      ])
      expect(made[0]?.totals).toEqual((await ended()).cost.totals)
    })

    part('the browser had nothing to complain about', async () => {
      expect(stage.faults()).toEqual([])
    })
  },
)

interface Listed {
  readonly id: string
  readonly number: string
  readonly identity: string
  readonly protocol?: Protocol
}

type Protocol = 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1'

/** What a version calls the interval of readings, and a message with the start of a transaction. */
const second = { interval: 'SampledDataCtrlr.TxUpdatedInterval', start: 'TransactionEvent', member: '"eventType"' }
const versions = {
  'ocpp1.6': { interval: 'MeterValueSampleInterval', start: 'StartTransaction', member: '"meterStart"' },
  'ocpp2.0.1': second,
  'ocpp2.1': second,
}

interface Totals {
  readonly inclTax: { readonly minor: string }
}

interface Ended {
  readonly state: string
  readonly cost: { readonly totals: Totals }
  readonly lines: readonly { readonly inclTax: { readonly minor: string } }[]
}

interface Recorded {
  readonly revision: number
  readonly totals: Totals
  readonly handedOn: readonly { readonly state: string }[]
}

const row = (number: string): Locator => page.getByRole('row').filter({ has: stationLink(number) })
const version = () => versions[must(station.protocol)]
const stationLink = (number: string): Locator => page.getByRole('link', { name: spoken(number), exact: true })

const pixels = (canvas: Locator): Promise<string> =>
  canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL())

/** The station is asked for a reading each second, as staff would ask it. */
async function sampleEverySecond(): Promise<void> {
  const setting = { name: version().interval, value: '1' }
  const { id } = await stage.rest.post<{ id: string }>(`/v1/stations/${station.id}/commands`, {
    kind: 'write-settings',
    settings: [setting],
  })
  await until(async () => (await stage.rest.get<{ state: string }>(`/v1/commands/${id}`)).state === 'answered')
}

function ended(): Promise<Ended> {
  return found(async () => {
    const session = await stage.rest.get<Ended>(`/v1/sessions/${sessionId}`)
    return session.state === 'ended' ? session : undefined
  })
}
