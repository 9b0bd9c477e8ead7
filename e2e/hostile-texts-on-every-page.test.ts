import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, newContext } from './browser.ts'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { type HostileStation, openHostile } from './kit/hostile-station.ts'
import type { Network } from './kit/network.ts'
import type { List, Reply } from './kit/rest.ts'
import { restOf } from './kit/rest.ts'
import { openStage, type Stage } from './kit/stage.ts'
import { knock } from './kit/station-socket.ts'
import { until } from './kit/until.ts'
import { cut, payloads } from './kit/xss-corpus.ts'

/**
 * Attack 13 on the pages: each of twenty texts in every field that a station of either version, a program or a person fills,
 * then every page that shows one. `hostile-texts.test.ts` looks at logs and REST.
 */

let borrowed: Borrowed
let browser: Browser
let network: Network
let stations: readonly HostileStation[]
let stage: Stage
let page: Page
const trips: string[] = []
const notTaken: string[] = []

beforeAll(async () => {
  ;[borrowed, browser] = await Promise.all([startBorrowed(), launchBrowser()])
  network = await hostileNetwork()
  stations = await Promise.all(
    payloads.map(async (text, n) => openHostile(network, n, text, await leaveTexts(text, n))),
  )
  await until(
    async () => (await network.rest.get<List<unknown>>('/v1/sessions?limit=200')).items.length >= payloads.length,
  )
  stage = await openStage(browser, borrowed.server.url, { viewport: { width: 1280, height: 900 } })
  page = stage.page
  await watchFor(page)
})
afterAll(async () => {
  await browser?.close()
  for (const { socket } of stations ?? []) socket.socket.terminate()
  await borrowed?.close()
})

describe('attack 13: hostile texts on pages', () => {
  it('would be noticed if they ran', async () => {
    const context = await newContext(browser)
    const bare = await context.newPage()
    await watchFor(bare)
    await bare.setContent(payloads.join('\n'))
    await until(() => trips.length > 0)
    await context.close()
    trips.length = 0
  })

  it('are taken or refused, and never break the server', () => {
    expect(notTaken).toEqual([])
    expect(stations).toHaveLength(payloads.length)
  })

  it('run on no page of the console', { timeout: 240_000 }, async () => {
    await page.goto(await invitation())
    await page.getByRole('button', { name: 'Not now' }).click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    for (const path of await pathsOfConsole()) await look(path)
    await page.goto('/docs')
    await page.goto('/')
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(trips).toEqual([])
    expect(stage.faults()).toEqual([])
  })

  it('run on no page of a station, with its log and its last words open', { timeout: 240_000 }, async () => {
    for (const [n, { id }] of stations.entries()) {
      await look(`/stations/${id}`)
      // They came as far as the page, and stand there as texts.
      const text = cut(payloads[n] ?? '', 20)
      if (n < 16) await expect.poll(() => page.locator('body').innerText()).toContain(text)
      await page.locator('.log-row', { hasText: 'DataTransfer' }).first().click()
      await page.locator('.log-detail').waitFor()
      await rested()
    }
    expect(trips).toEqual([])
    expect(stage.faults()).toEqual([])
  })

  it('run on no phone', async () => {
    for (const { number } of stations) await look(`/s/${number}`)
    expect(trips).toEqual([])
    expect(stage.faults()).toEqual([])
  })
})

/** A network whose own name is hostile. */
async function hostileNetwork(): Promise<Network> {
  const { server } = borrowed
  const slug = 'hostile'
  const { id, key } = await server.platform.post<{ id: string; key: string }>('/v1/tenants', {
    slug,
    name: payloads[3],
    currency: 'EUR',
    country: 'FI',
    timeZone: 'Europe/Helsinki',
    languages: ['en'],
  })
  return { id, slug, key, rest: restOf(server.url, key), stationsUrl: server.stationsUrl(slug) }
}

/** Whatever REST lets a text into; returns a site to put a station at. */
async function leaveTexts(text: string, n: number): Promise<string> {
  const { rest, stationsUrl } = network
  const uid = `04${String(n).padStart(2, '0')}C0FFEE`
  const element = { price_components: [{ type: 'ENERGY', price: '0.25', vat: '24', step_size: 1 }] }
  const asked: readonly (readonly [path: string, body: unknown])[] = [
    ['/v1/id-tokens', { uid, type: 'ISO14443', label: cut(text, 60) }],
    ['/v1/id-tokens', { uid: cut(text, 20) }],
    [
      '/v1/tariffs',
      {
        name: cut(text, 60),
        tariff: { currency: 'EUR', elements: [element], tariff_alt_text: [{ language: 'en', text }] },
      },
    ],
    ['/v1/keys', { name: cut(text, 60), role: 'viewer' }],
    ['/v1/staff', { name: cut(text, 60), mail: `person-${n}@hostile.example`, role: 'viewer' }],
  ]
  for (const [path, body] of asked) judge(path, await rest.send('POST', path, body))
  await knock({ url: `${stationsUrl}/${encodeURIComponent(text)}`, user: 'x', password: 'a-password-of-nobody' })
  const site = await rest.send<{ id: string }>('POST', '/v1/sites', {
    name: cut(text, 60),
    address: text,
    city: cut(text, 60),
  })
  judge('/v1/sites', site)
  if (site.status === 201) return site.body.id
  return (await rest.post<{ id: string }>('/v1/sites', { name: 'Plain' })).id
}

function judge(path: string, { status, text }: Reply): void {
  if (status >= 500 || status === 404) notTaken.push(`${path}: ${status} ${text}`)
}

/** A person whose name is hostile too. */
async function invitation(): Promise<string> {
  const person = { name: payloads[0], mail: 'mallory@hostile.example', role: 'administrator' }
  return (await network.rest.post<{ invitationUrl: string }>('/v1/staff', person)).invitationUrl
}

async function pathsOfConsole(): Promise<readonly string[]> {
  const ids = async (path: string) => (await network.rest.get<List<{ id: string }>>(`${path}?limit=200`)).items
  const sessions = await ids('/v1/sessions')
  const tariffs = await ids('/v1/tariffs')
  const finding = (text: string): string => `/stations?q=${encodeURIComponent(text)}`
  // Never the same page twice in a row: each is waited for by its new heading.
  return [
    '/stations',
    '/stations/add',
    finding(payloads[2] ?? ''),
    '/sessions',
    finding(payloads[1] ?? ''),
    '/cards',
    '/tariffs',
    '/alerts',
    '/map',
    ...sessions.map(({ id }) => `/sessions/${id}`),
    ...tariffs.slice(0, 4).map(({ id }) => `/tariffs/${id}`),
  ]
}

/** Goes there as a link would, without loading the whole program anew for each of so many pages. */
async function look(path: string): Promise<void> {
  await page.evaluate((to) => {
    document.querySelector('h1')?.setAttribute('data-before', '')
    history.pushState(null, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
  }, path)
  await page.locator('h1:not([data-before])').first().waitFor({ state: 'attached' })
  await rested()
}

/** All is loaded, all that can be unfolded is. */
async function rested(): Promise<void> {
  await page.locator('.bone').first().waitFor({ state: 'detached' })
  await page.evaluate(() => {
    for (const folded of document.querySelectorAll('details')) folded.open = true
  })
}

async function watchFor(watched: Page): Promise<void> {
  await watched.exposeFunction('tripped', () => void trips.push(watched.url()))
  watched.on('dialog', (dialog) => void trips.push(`dialog: ${dialog.message()}`))
}
